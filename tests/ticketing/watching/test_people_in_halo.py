"""What people do to our tickets in HaloPSA is seen, respected and shown; against the sandbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from integrations.management.reporting import execute_here
from integrations.models import ApiToken, HaloClient, HaloCredential, Intention, RawDelivery, Run
from integrations.runs.request import request_preflight, request_watch
from integrations.sandbox.server import Sandbox
from tests.scene import Scene
from ticketing.models import (
    Alert,
    IntegrationProfile,
    Preflight,
    PreflightState,
    Ticket,
    TicketState,
    TicketWatch,
)

pytestmark = [pytest.mark.django_db]
TOKEN = "t" * 43


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start() as running:
        yield running


class Desk:
    """One open alert with its ticket, watched since."""

    def __init__(self, sandbox: Sandbox, **profile: Any) -> None:
        self.sandbox = sandbox
        self.scene = Scene(sandbox)
        IntegrationProfile.objects.update(note_minutes=0, reopen_hours=0, **profile)
        self.scene.event("a1")
        self.scene.deliver()
        self.ticket = Ticket.objects.get()
        assert self.ticket.halo_id
        self.number: int = self.ticket.halo_id
        self.look()

    def look(self, *, poll: bool = True, everything: bool = False) -> Run:
        run = execute_here(request_watch(self.scene.credential, poll=poll, everything=everything))
        self.ticket.refresh_from_db()
        return run

    def alert(self) -> Alert:
        return Alert.objects.get()

    def after(self, hours: float) -> None:
        """The person closed it so many hours ago; delivery looks again."""
        Ticket.objects.update(closed_at=timezone.now() - timedelta(hours=hours))
        Alert.objects.update(look_again_at=timezone.now())
        self.scene.deliver()
        self.ticket.refresh_from_db()

    def writes(self) -> int:
        return len(self.sandbox.halo.writes)


def test_a_quiet_desk_costs_one_call_a_look_and_no_write(sandbox: Sandbox) -> None:
    desk = Desk(sandbox)
    before = list(Ticket.objects.values())
    run = desk.look()
    assert run.calls == 1
    assert list(Ticket.objects.values()) == before


def test_without_tickets_nothing_is_asked(sandbox: Sandbox) -> None:
    scene = Scene(sandbox)
    run = execute_here(request_watch(scene.credential, poll=True))
    assert run.calls == 0


def test_a_ticket_closed_by_a_person_is_closed_here_and_its_alert_stays_quiet(sandbox: Sandbox) -> None:
    desk = Desk(sandbox)
    desk.sandbox.people.close(desk.number)
    run = desk.look()
    assert run.totals["closed"] == 1
    assert (desk.ticket.state, desk.ticket.closed_by_person) == (TicketState.CLOSED, True)
    assert desk.ticket.reason == f"A person closed ticket {desk.number} in HaloPSA with the status “Closed”."
    writes = desk.writes()
    desk.scene.event("a1", occurred_at=timezone.now())
    desk.scene.deliver()
    assert desk.writes() == writes
    assert "still open in the console" in desk.alert().reason


def test_what_comes_back_after_that_gets_a_new_ticket(sandbox: Sandbox) -> None:
    desk = Desk(sandbox)
    desk.sandbox.people.close(desk.number)
    desk.look()
    desk.scene.event("a1", state="resolved", occurred_at=timezone.now())
    desk.scene.event("a1", occurred_at=timezone.now())
    desk.scene.deliver()
    assert Ticket.objects.count() == 2
    assert Ticket.objects.latest("pk").previous == desk.ticket


@pytest.mark.parametrize("act", ["reopen", "new_ticket"])
def test_after_some_hours_the_profile_decides_if_it_is_still_open(sandbox: Sandbox, act: str) -> None:
    desk = Desk(sandbox, after_person=act, after_person_hours=4)
    desk.sandbox.people.close(desk.number)
    desk.look()
    desk.after(hours=3)
    assert Ticket.objects.count() == 1
    assert desk.ticket.state == TicketState.CLOSED
    assert "if that is still so at" in desk.alert().reason
    desk.after(hours=4)
    desk.scene.deliver()
    mine = [row for row in sandbox.tickets() if row["summary"] == desk.ticket.summary]
    open_tickets = [row for row in mine if not row["hasbeenclosed"]]
    assert len(open_tickets) == 1
    if act == "reopen":
        assert (Ticket.objects.count(), desk.ticket.state) == (1, TicketState.OPEN)
    else:
        assert Ticket.objects.latest("pk").previous == desk.ticket
    writes = desk.writes()
    desk.scene.deliver()
    assert desk.writes() == writes


def test_wont_fix_keeps_it_quiet_until_the_alert_was_gone_once(sandbox: Sandbox) -> None:
    desk = Desk(sandbox, after_person="reopen", after_person_hours=0, wont_fix_statuses=[9])
    desk.sandbox.people.close(desk.number)
    desk.look()
    desk.after(hours=100)
    assert desk.ticket.wont_fix
    assert "won't fix" in desk.alert().reason
    assert Ticket.objects.count() == 1
    desk.scene.event("a1", state="resolved", occurred_at=timezone.now())
    desk.scene.event("a1", occurred_at=timezone.now())
    desk.scene.deliver()
    assert Ticket.objects.count() == 2


def test_a_closing_taken_back_by_a_person_makes_it_the_tickets_of_its_alert_again(sandbox: Sandbox) -> None:
    desk = Desk(sandbox)
    desk.sandbox.people.close(desk.number)
    desk.look()
    desk.sandbox.people.reopen(desk.number)
    desk.look()
    assert (desk.ticket.state, desk.ticket.current) == (TicketState.OPEN, True)
    desk.scene.event("a1", state="resolved", occurred_at=timezone.now())
    desk.scene.deliver()
    desk.ticket.refresh_from_db()
    assert desk.ticket.state == TicketState.CLOSED


def test_an_old_ticket_that_a_person_reopens_is_left_to_them(sandbox: Sandbox) -> None:
    desk = Desk(sandbox)
    desk.scene.event("a1", state="resolved", occurred_at=timezone.now())
    desk.scene.deliver()
    desk.look()
    desk.sandbox.people.reopen(desk.number)
    desk.look()
    assert (desk.ticket.state, desk.ticket.current) == (TicketState.SUPERSEDED, False)
    desk.scene.event("a1", occurred_at=timezone.now())
    desk.scene.deliver()
    assert Ticket.objects.filter(current=True).get() != desk.ticket


def test_a_merged_ticket_is_left_alone(sandbox: Sandbox) -> None:
    desk = Desk(sandbox)
    other = next(number for number in sandbox.world.halo.tickets if number != desk.number)
    desk.sandbox.people.merge(desk.number, into=other)
    desk.look()
    assert desk.ticket.state == TicketState.SUPERSEDED
    assert desk.ticket.reason == f"A person merged ticket {desk.number} into {other} in HaloPSA."
    assert "a new one gets a new ticket" in desk.alert().reason


def test_a_deleted_ticket_is_noticed_by_the_nightly_look(sandbox: Sandbox) -> None:
    desk = Desk(sandbox)
    desk.sandbox.people.delete(desk.number)
    desk.look(everything=True)
    assert desk.ticket.state == TicketState.SUPERSEDED
    assert "a person has deleted it" in desk.ticket.reason


def test_a_ticket_that_was_moved_stays_ours_and_says_where_it_is(sandbox: Sandbox) -> None:
    desk = Desk(sandbox)
    client = HaloClient.objects.filter(active=True).exclude(pk=desk.scene.mapping.halo_client_id).first()
    assert client
    desk.sandbox.people.move(desk.number, client=client.halo_id)
    desk.look()
    assert desk.ticket.state == TicketState.OPEN
    assert desk.ticket.reason == f"A person moved ticket {desk.number} to the client “{client}” in HaloPSA."


def test_our_own_writes_coming_back_change_nothing(sandbox: Sandbox) -> None:
    desk = Desk(sandbox)
    desk.scene.event("a1", state="resolved", occurred_at=timezone.now())
    desk.scene.deliver()
    run = desk.look()
    assert (desk.ticket.state, desk.ticket.closed_by_person) == (TicketState.CLOSED, False)
    assert run.totals == {}


def test_a_ticket_that_stays_marked_as_closed_once_is_open_after_our_reopening(sandbox: Sandbox) -> None:
    sandbox.switches.change(reopening_resets_closed=False)
    desk = Desk(sandbox)
    IntegrationProfile.objects.update(reopen_hours=24)
    desk.scene.event("a1", state="resolved", occurred_at=timezone.now())
    desk.scene.deliver()
    desk.scene.event("a1", occurred_at=timezone.now())
    desk.scene.deliver()
    desk.look()
    desk.look(everything=True)
    assert (desk.ticket.state, desk.ticket.closed_by_person) == (TicketState.OPEN, False)


def test_many_missing_at_once_conclude_nothing(sandbox: Sandbox) -> None:
    desk = Desk(sandbox)
    for number in range(11):
        desk.scene.event(f"b{number}")
    desk.scene.deliver()
    sandbox.switches.change(hidden_clients=[desk.scene.mapping.halo_client.halo_id])
    run = desk.look(everything=True)
    assert not Ticket.objects.filter(state=TicketState.SUPERSEDED).exists()
    assert "12 of our open tickets are missing" in run.entries.get().reason


# ---- webhooks -------------------------------------------------------------------------------


@pytest.fixture
def hooked(sandbox: Sandbox, client: Any) -> Callable[[Desk], None]:
    """Pass on what the sandbox would send to our door."""

    def pass_on(desk: Desk, *bodies: Any) -> None:
        HaloCredential.objects.update(hook_token_digest=ApiToken.digest_of(TOKEN))
        for body in bodies:
            answer = client.post(f"/hooks/halo/{TOKEN}/", body, content_type="application/json")
            assert answer.status_code == 200

    return pass_on


def test_a_webhook_about_our_ticket_is_read_once_after_a_rest(sandbox: Sandbox, hooked: Any) -> None:
    desk = Desk(sandbox)
    desk.sandbox.people.close(desk.number)
    hooked(desk, *[{"ticket": {"id": desk.number}}, [{"ticket": {"id": desk.number}}]] * 3)
    run = Run.objects.get(kind="watch", state="queued")
    step = run.steps.get()
    assert step.not_before is not None
    run.steps.update(not_before=None)
    execute_here(run)
    run.refresh_from_db()
    desk.ticket.refresh_from_db()
    assert desk.ticket.state == TicketState.CLOSED
    # One by number, and one more to know whether it was merged.
    assert run.calls == 2
    assert not RawDelivery.objects.filter(processed_at__isnull=True).exists()


@pytest.mark.parametrize(
    "body",
    [
        '{"ticket": {"id": 999999}}',
        "{}",
        "[]",
        "no json",
        "[" * 3000,
        '{"ticket": {"id": true}}',
        '"x"',
        "\x00",
    ],
)
def test_what_is_not_about_our_tickets_costs_no_call(sandbox: Sandbox, client: Any, body: str) -> None:
    desk = Desk(sandbox)
    HaloCredential.objects.update(hook_token_digest=ApiToken.digest_of(TOKEN))
    answer = client.post(f"/hooks/halo/{TOKEN}/", body, content_type="application/json")
    assert answer.status_code == 200
    assert not Run.objects.filter(kind="watch", state="queued").exists()
    assert RawDelivery.objects.latest("pk").processed_at is not None
    assert desk.ticket.state == TicketState.OPEN


def test_our_own_note_coming_back_by_webhook_costs_no_call(sandbox: Sandbox, hooked: Any) -> None:
    desk = Desk(sandbox)
    desk.scene.event("a1", occurred_at=timezone.now())
    desk.scene.deliver()
    note = Intention.objects.get(kind="add_note")
    body = {"ticket": {"id": desk.number}, "action": {"id": note.halo_id, "ticket_id": desk.number}}
    hooked(desk, body)
    Run.objects.get(kind="watch", state="queued").steps.update(not_before=None)
    run = execute_here(Run.objects.get(kind="watch", state="queued"))
    assert run.calls == 0
    assert not RawDelivery.objects.filter(processed_at__isnull=True).exists()


def test_the_position_is_kept_by_halos_clock(sandbox: Sandbox) -> None:
    desk = Desk(sandbox)
    first = TicketWatch.objects.get().position
    desk.look()
    second = TicketWatch.objects.get().position
    assert first and second and second >= first


def test_a_status_that_closes_no_ticket_is_told_and_fails_the_profile(sandbox: Sandbox) -> None:
    desk = Desk(sandbox)
    IntegrationProfile.objects.update(status_closed=IntegrationProfile.objects.get().status_open)
    desk.scene.event("a1", state="resolved", occurred_at=timezone.now())
    desk.scene.deliver()
    desk.look()

    assert (desk.ticket.state, desk.ticket.not_closed) == (TicketState.CLOSED, True)
    assert "does not close one" in desk.ticket.reason
    execute_here(request_preflight(desk.scene.credential))
    preflight = Preflight.objects.get()
    assert preflight.state == PreflightState.FAILED
    assert [row["about"] for row in preflight.findings if row["level"] == "fails"] == ["status_closed"]

    # It is told once, and what people do with the ticket is their own.
    assert not desk.look(everything=True).entries.exists()
    desk.scene.event("a1", occurred_at=timezone.now())
    desk.scene.deliver()
    assert Ticket.objects.filter(current=True).get() != desk.ticket
