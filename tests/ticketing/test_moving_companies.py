"""Another client for a mapped company: its open tickets move along, closed ones are listed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from integrations.choices import Action, IntentionKind, IntentionState, Outcome, RunKind, RunState, WriteMode
from integrations.models import Computer, HaloCredential, Instance, Intention, Location, Plan, Run
from integrations.runs.request import request_run
from integrations.runs.steps import Done, Table, Then, work
from mappings.apply import apply_plan
from mappings.linking import map_locations
from mappings.models import ComputerMapping
from mappings.planning import new_move, new_undo, plan_assets
from tests.mappings.fake_halo import FakeHalo as FakeAssets
from tests.ticketing.fake_halo import FakeHalo, run_once, send
from tests.ticketing.world import World, make_client, make_computer, make_site
from ticketing import apply as tickets_apply
from ticketing.models import Ticket, TicketState
from ticketing.planning import rows_of_tickets

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _short_rests(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HALOBRIDGE_PAUSE_FACTOR = 0.0002
    # Long enough that the run hands over to delivery, on a slow machine as well.
    monkeypatch.setattr("ticketing.apply.previews.LOOK_EVERY", 250.0)


class Moving(World):
    """A company with one open ticket, and a client to go to."""

    def __init__(self, **credential: Any) -> None:
        super().__init__(**credential)
        self.halo = FakeHalo()
        self.other = make_client(self.credential, name="Birch Ltd", halo_id=13)
        self.there = make_site(self.other, halo_id=41, general_user_id=99)
        self.opened()
        run_once(self.halo, self.instance)

    @property
    def ticket(self) -> Ticket:
        return self.tickets()[0]

    def preview(self, **to: Any) -> Plan:
        return self.computed(new_move(self.mapping, **{"halo_client": self.other, **to}))

    def computed(self, plan: Plan) -> Plan:
        plan_assets(plan, rows_of_tickets)
        plan.refresh_from_db()
        return plan

    def rows(self, plan: Plan | None = None) -> list[tuple[str, str]]:
        rows = (plan or self.preview()).changes.filter(subject_kind="ticket")
        return list(rows.values_list("action", "reason"))

    def apply(self, plan: Plan) -> Run:
        run = request_run(RunKind.APPLY_ASSETS, plan=plan, halo_credential=self.credential)
        return self.work_off(run)

    def work_off(self, run: Run, rounds: int = 200) -> Run:
        """The apply run and delivery side by side, as the queue has it."""
        for _ in range(rounds):
            work(run.pk, TABLE)
            send(self.halo, Instance.objects.get())
            run.refresh_from_db()
            if run.ended_at:
                return run
        raise AssertionError(f"The run did not end: {run.state} {run.phase}")


def apply_assets(doing: Any) -> Any:
    """As the pipeline has it, without a network."""
    halo = FakeAssets()
    result = apply_plan(doing, doing.run.plan, halo, halo)
    if not isinstance(result, Done) or result.state == RunState.FAILED:
        return result
    return Then("tickets", {"stopped": result.error}) if tickets_apply.has_tickets(doing.run.plan) else result


def apply_to_tickets(doing: Any) -> Any:
    return tickets_apply.apply_to_tickets(doing, doing.run.plan, doing.run.halo_credential)


TABLE: Table = {RunKind.APPLY_ASSETS: {"start": apply_assets, "tickets": apply_to_tickets}}


def moves() -> list[Intention]:
    return list(Intention.objects.filter(kind=IntentionKind.MOVE_TICKET))


# ---- the preview ----------------------------------------------------------------------------


def test_an_open_ticket_is_a_row_with_both_clients() -> None:
    scene = Moving()
    row = scene.preview().changes.get(subject_kind="ticket")
    assert (row.action, row.selected, row.reason) == (Action.UPDATE, True, "It is open, so it moves along.")
    assert (row.before["client_name"], row.after["client_name"]) == ("Alder Dental Group", "Birch Ltd")
    assert row.subject.startswith("Ticket 4242: ")


def test_a_closed_ticket_is_listed_for_correction_by_hand() -> None:
    scene = Moving()
    scene.resolved()
    run_once(scene.halo, scene.instance)
    told = "Closed: it stays with Alder Dental Group. Where that matters, correct it by hand in HaloPSA."
    assert scene.rows() == [(Action.SKIP, told)]


def test_of_very_many_closed_tickets_the_newest_are_listed_and_the_rest_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = Moving()
    Ticket.objects.update(state=TicketState.CLOSED, current=False)
    for number in range(3):
        copy = scene.ticket
        copy.pk, copy.marker, copy.halo_id = None, f"HB-{number}", 5000 + number
        copy.save()
    monkeypatch.setattr("ticketing.planning.moving.MOST_CLOSED", 2)
    subjects = scene.preview().changes.filter(action=Action.SKIP).values_list("subject", flat=True)
    assert [subject.partition(":")[0] for subject in subjects] == [
        "2 more closed tickets", "Ticket 5001", "Ticket 5002",
    ]  # fmt: skip


def test_what_a_person_has_moved_elsewhere_stays_there() -> None:
    scene = Moving()
    Ticket.objects.update(halo_client=4711)
    told = "A person has moved it to another client in HaloPSA, so it stays there."
    assert scene.rows() == [(Action.SKIP, told)]


def test_a_ticket_that_is_with_the_new_client_already_is_no_row() -> None:
    scene = Moving()
    Ticket.objects.update(halo_client=scene.other.halo_id)
    assert scene.rows() == []


def test_a_ticket_that_waits_for_staff_is_left_to_them() -> None:
    scene = Moving()
    Ticket.objects.update(state=TicketState.STAFF)
    assert scene.rows() == [(Action.SKIP, "It waits for staff. Correct it by hand in HaloPSA.")]


def test_while_a_ticket_is_being_created_there_is_no_preview() -> None:
    scene = Moving()
    Ticket.objects.update(halo_id=None, state=TicketState.PLANNED)
    Intention.objects.update(state=IntentionState.UNCERTAIN)
    assert scene.preview().error.startswith("A ticket of Alder Dental is just being created.")


def test_tickets_of_other_companies_are_not_touched() -> None:
    scene = Moving()
    Ticket.objects.update(company=None)
    assert scene.rows() == []


def test_another_site_moves_the_tickets_whose_assets_are_at_the_old_one() -> None:
    scene = Moving()
    branch = make_site(scene.client)
    assert scene.rows(scene.preview(halo_client=scene.client, halo_site=branch)) == [
        (Action.UPDATE, "It is open, so it moves along.")
    ]
    scene.map_asset(site=make_site(scene.client))
    assert scene.rows(scene.preview(halo_client=scene.client, halo_site=branch)) == []


def test_the_number_of_statements_does_not_grow(django_assert_num_queries: Callable[..., Any]) -> None:
    scene = Moving()
    plan = Plan.objects.select_related("halo_credential").get(pk=scene.preview().pk)
    for number in range(20):
        scene.opened(series_key=f"plan:{number + 2}", computer=make_computer(scene.company))
    run_once(scene.halo, scene.instance)
    with django_assert_num_queries(9):
        assert len(list(rows_of_tickets(plan, []))) == 21


# ---- HaloPSA --------------------------------------------------------------------------------


def test_applying_moves_it_quietly_with_the_new_sites_general_user() -> None:
    scene = Moving()
    run = scene.apply(scene.preview())
    assert run.state == RunState.SUCCEEDED
    assert scene.halo.updates == [
        {"id": 4242, "client_id": 13, "site_id": 41, "user_id": 99, "dont_do_rules": True, "sendack": False}
    ]
    assert scene.ticket.halo_client == 13
    entry = run.entries.get(subject_kind="ticket")
    assert (entry.outcome, entry.subject_id) == (Outcome.DONE, scene.ticket.pk)
    scene.mapping.refresh_from_db()
    assert scene.mapping.halo_client == scene.other


def test_the_next_alert_of_the_company_goes_to_the_new_client() -> None:
    scene = Moving()
    scene.apply(scene.preview())
    scene.opened(series_key="plan:2")
    run_once(scene.halo, scene.instance)
    assert scene.halo.tickets[4243]["client_id"] == 13


def test_a_lost_answer_is_looked_up_and_nothing_is_sent_twice() -> None:
    scene = Moving()
    scene.halo.answers = ["lost"]
    scene.halo.meanwhile = [lambda: scene.halo.change(4242, client_id=13, site_id=41)]
    run = scene.apply(scene.preview())
    assert (run.state, len(scene.halo.updates)) == (RunState.SUCCEEDED, 1)
    assert [row.state for row in moves()] == [IntentionState.DONE]


def test_what_never_arrived_is_sent_again() -> None:
    scene = Moving()
    scene.halo.answers = ["unheard"]
    assert scene.apply(scene.preview()).state == RunState.SUCCEEDED
    assert len(scene.halo.updates) == 1


def test_a_ticket_that_somebody_moved_meanwhile_stays_there() -> None:
    scene = Moving()
    plan = scene.preview()
    scene.halo.change(4242, client_id=4711)
    run = scene.apply(plan)
    assert scene.halo.updates == []
    entry = run.entries.get(subject_kind="ticket")
    assert (run.state, entry.outcome) == (RunState.PARTIAL, Outcome.CHANGED_MEANWHILE)
    assert entry.reason == "Somebody has moved the ticket in HaloPSA meanwhile, so it stays there."


def test_a_ticket_that_was_closed_meanwhile_is_not_touched() -> None:
    scene = Moving()
    plan = scene.preview()
    scene.halo.change(4242, closed=True)
    run = scene.apply(plan)
    assert scene.halo.updates == []
    assert run.entries.get(subject_kind="ticket").reason == "The ticket 4242 had been closed in HaloPSA."


def test_what_halopsa_has_moved_itself_is_not_sent() -> None:
    scene = Moving()
    plan = scene.preview()
    scene.halo.change(4242, client_id=13)
    run = scene.apply(plan)
    assert (scene.halo.updates, run.state) == ([], RunState.SUCCEEDED)
    assert scene.ticket.halo_client == 13


def test_an_unticked_ticket_stays() -> None:
    scene = Moving()
    plan = scene.preview()
    plan.changes.filter(subject_kind="ticket").update(selected=False)
    assert scene.apply(plan).state == RunState.SUCCEEDED
    assert (moves(), scene.halo.updates) == ([], [])


def test_with_no_notification_nothing_is_written_and_it_says_so() -> None:
    scene = Moving()
    plan = scene.preview()
    type(scene.mapping).objects.update(no_notification=True)
    run = scene.apply(plan)
    assert scene.halo.updates == []
    assert "'No notification' is on" in run.entries.get(subject_kind="ticket").reason


def test_in_observe_mode_it_is_told_and_nothing_is_planned() -> None:
    scene = Moving()
    HaloCredential.objects.update(write_mode=WriteMode.OBSERVE)
    scene.credential.refresh_from_db()
    run = scene.apply(scene.preview())
    assert run.entries.get(subject_kind="ticket").outcome == Outcome.OBSERVED
    assert moves() == []
    scene.mapping.refresh_from_db()
    assert scene.mapping.halo_client == scene.client


def test_writing_that_is_stopped_on_the_way_takes_back_what_was_not_sent() -> None:
    scene = Moving()
    run = request_run(RunKind.APPLY_ASSETS, plan=scene.preview(), halo_credential=scene.credential)
    while not moves():
        work(run.pk, TABLE)
    Instance.objects.update(writes_stopped=True)
    run = scene.work_off(run)
    entry = run.entries.get(subject_kind="ticket")
    assert (run.state, entry.outcome, scene.halo.updates) == (RunState.PARTIAL, Outcome.SKIPPED, [])


def test_a_ticket_whose_lane_waits_for_staff_does_not_keep_the_run() -> None:
    scene = Moving()
    plan = scene.preview()
    Intention.objects.update(state=IntentionState.STAFF)
    run = scene.apply(plan)
    assert run.entries.get(subject_kind="ticket").reason.startswith("An earlier write about the ticket waits")


def test_a_step_that_is_repeated_plans_nothing_twice() -> None:
    scene = Moving()
    plan = scene.preview()
    run = scene.apply(plan)
    run.steps.create(name="tickets", cursor={})
    type(run).objects.update(state=RunState.RUNNING, ended_at=None)
    scene.work_off(run)
    assert len(moves()) == 1
    assert run.entries.filter(subject_kind="ticket").count() == 1


# ---- undo -----------------------------------------------------------------------------------


def test_undo_brings_the_open_ticket_back() -> None:
    scene = Moving()
    run = scene.apply(scene.preview())
    scene.halo.change(4242, client_id=13, site_id=41)
    undone = scene.apply(scene.computed(new_undo(run)))
    assert undone.state == RunState.SUCCEEDED
    assert (scene.halo.updates[-1]["client_id"], scene.halo.updates[-1]["site_id"]) == (12, 31)
    scene.mapping.refresh_from_db()
    assert scene.mapping.halo_client == scene.client


def test_undo_brings_a_ticket_back_to_the_site_of_its_location() -> None:
    scene = Moving()
    place = Location.objects.create(company=scene.company, external_id="l1", name="Depot")
    Computer.objects.update(location=place)
    map_locations(scene.mapping, {place: make_site(scene.client, halo_id=32, name="Branch")})
    run = scene.apply(scene.preview())
    scene.halo.change(4242, client_id=13, site_id=41)
    scene.apply(scene.computed(new_undo(run)))
    assert (scene.halo.updates[-1]["client_id"], scene.halo.updates[-1]["site_id"]) == (12, 32)


def test_undo_brings_a_ticket_back_to_the_site_where_its_asset_was() -> None:
    scene = Moving()
    run = scene.apply(scene.preview())
    scene.halo.change(4242, client_id=13, site_id=41)
    pair = ComputerMapping.objects.create(computer=scene.computer, halo_credential=scene.credential)
    run.entries.create(
        action=Action.UPDATE,
        outcome=Outcome.DONE,
        subject_kind="computer_mapping",
        subject_id=pair.pk,
        before={"site_id": 33, "site_name": "Annex"},
    )
    row = scene.computed(new_undo(run)).changes.get(subject_kind="ticket")
    assert (row.after["site_id"], row.after["site_name"]) == (33, "Annex")


@pytest.mark.parametrize(
    ("since", "told"),
    [({"state": TicketState.CLOSED}, "It is no longer open."), ({"halo_client": 4711}, "A person has moved")],
)
def test_undo_leaves_what_was_closed_or_moved_since(since: dict[str, Any], told: str) -> None:
    scene = Moving()
    run = scene.apply(scene.preview())
    Ticket.objects.update(**since)
    ((action, reason),) = scene.rows(scene.computed(new_undo(run)))
    assert action == Action.SKIP
    assert reason.startswith(told)
