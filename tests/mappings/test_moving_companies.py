"""Another client or site for a mapped company: what moves along, what is unlinked, what stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from integrations.admin.changes import differences
from integrations.choices import (
    Action,
    IntentionKind,
    IntentionState,
    Outcome,
    PlanState,
    RunState,
    WriteMode,
)
from integrations.models import Computer, Entry, HaloAsset, Intention, Location, Plan, Run
from mappings.linking import ignore_computers, map_company, map_locations
from mappings.models import CompanyChange, CompanyMapping, ComputerMapping, LocationMapping
from mappings.planning import compute_changes, new_move, new_undo, plan_assets, verify
from tests.builders import make_console
from tests.mappings.builders import (
    NAME,
    Scene,
    make_asset,
    make_client,
    make_company,
    make_computer,
    make_site,
)
from tests.mappings.fake_halo import FakeHalo, Killed, lost_answer, work_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_short_rests")]


class Moving(Scene):
    """A company with an asset that we created and one that was merely linked, and a client to go to."""

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.other = make_client(self.credential, "Birch Ltd")
        self.there = make_site(self.other, "Birch Main")
        self.ours = self.linked("OURS", created_by_us=True)
        self.theirs = self.linked("THEIRS")

    def linked(self, name: str, **values: Any) -> HaloAsset:
        asset = make_asset(self.client, {NAME: name}, site=self.site)
        self.link(self.computer(name), asset, **values)
        return asset

    def move(self, **to: Any) -> Plan:
        plan = new_move(self.mapping, **{"halo_client": self.other, **to})
        plan_assets(plan)
        plan.refresh_from_db()
        return plan

    def told(self, **to: Any) -> dict[str, tuple[str, bool]]:
        rows = self.move(**to).changes.values_list("subject", "action", "selected")
        return {subject.partition(" (")[0]: (action, selected) for subject, action, selected in rows}

    def reason(self, name: str, **to: Any) -> str:
        return str(self.move(**to).changes.get(subject__startswith=name).reason)


def apply(scene: Scene, plan: Plan, halo: FakeHalo | None = None) -> tuple[Run, FakeHalo]:
    halo = halo or FakeHalo().adopt_mirror()
    return work_off(scene.run(plan, checksum=plan.checksum), halo), halo


def undo(scene: Scene, run: Run, halo: FakeHalo) -> Run:
    plan = new_undo(run)
    plan_assets(plan)
    return work_off(scene.run(plan), halo)


# ---- the preview ----------------------------------------------------------------------------


def test_what_we_created_moves_what_was_linked_is_unlinked_and_the_mapping_is_a_row() -> None:
    scene = Moving()
    assert scene.told() == {
        "OURS": (Action.UPDATE, True),
        "THEIRS": (Action.UNLINK, True),
        "Alder Dental": (Action.LINK, True),
    }
    row = scene.move().changes.get(subject="Alder Dental")
    assert (row.before["client_name"], row.after["client_name"]) == ("Alder Dental Group", "Birch Ltd")
    assert (row.before["site_name"], row.after["site_name"]) == ("Main", "Birch Main")


def test_a_preview_changes_nothing_yet() -> None:
    scene = Moving()
    scene.move()
    scene.mapping.refresh_from_db()
    assert scene.mapping.halo_client == scene.client
    assert ComputerMapping.objects.count() == 2


def test_what_halopsa_has_with_the_new_client_already_stays_linked() -> None:
    scene = Moving()
    HaloAsset.objects.update(client=scene.other, site=scene.there)
    plan = scene.move()
    assert list(plan.changes.values_list("action", flat=True)) == [Action.LINK]
    assert plan.counts["unchanged"] == 2


def test_an_asset_that_also_stands_for_a_company_which_stays_is_not_ticked() -> None:
    scene = Moving()
    company = make_company(make_console(), "Alder elsewhere")
    scene.map(company, scene.client, scene.site)
    scene.link(make_computer(company, "TWIN"), scene.ours)
    assert scene.told()["OURS"] == (Action.UPDATE, False)
    assert "It also stands for TWIN of Alder elsewhere" in scene.reason("OURS")


def test_an_asset_shared_with_a_company_that_is_there_already_moves() -> None:
    scene = Moving()
    company = make_company(make_console(), "Birch elsewhere")
    scene.map(company, scene.other, scene.there)
    scene.link(make_computer(company, "TWIN"), scene.ours)
    assert scene.told()["OURS"] == (Action.UPDATE, True)


def test_held_ignored_and_inactive_ones_are_left_alone_with_a_reason() -> None:
    scene = Moving()
    scene.linked("HELD", created_by_us=True, held=True)
    HaloAsset.objects.filter(pk=scene.linked("OFF", created_by_us=True).pk).update(active=False)
    scene.linked("IGNORED", created_by_us=True)
    ignore_computers([ComputerMapping.objects.get(computer__name="IGNORED").computer_id], "", None)
    told = scene.told()
    assert {told[name][0] for name in ("HELD", "OFF", "IGNORED")} == {Action.SKIP}
    assert scene.reason("OFF") == "Its asset is inactive in HaloPSA, so it stays where it is."
    assert scene.reason("IGNORED") == "Staff ignore its computer, so its asset is left alone."


def test_another_site_of_the_same_client_moves_what_is_at_the_old_one() -> None:
    scene = Moving()
    branch, third = make_site(scene.client, "Branch"), make_site(scene.client, "Third")
    HaloAsset.objects.filter(pk=scene.linked("ELSEWHERE", created_by_us=True).pk).update(site=third)
    place = Location.objects.create(company=scene.company, external_id="l1", name="Depot")
    LocationMapping.objects.create(location=place, company_mapping=scene.mapping, halo_site=scene.site)
    scene.linked("AT-DEPOT", created_by_us=True)
    Computer.objects.filter(name="AT-DEPOT").update(location=place)
    told = scene.told(halo_client=scene.client, halo_site=branch)
    assert told == {"OURS": (Action.UPDATE, True), "Alder Dental": (Action.LINK, True)}


def test_locations_that_lose_their_site_are_told() -> None:
    scene = Moving()
    place = Location.objects.create(company=scene.company, external_id="l1", name="Depot")
    LocationMapping.objects.create(location=place, company_mapping=scene.mapping, halo_site=scene.site)
    assert "1 location of it, mapped until now, will go to the default site." in scene.reason("Alder")


def test_the_number_of_statements_does_not_grow(django_assert_num_queries: Callable[..., Any]) -> None:
    scene = Moving()
    plan = scene.move()
    plan = Plan.objects.select_related("halo_credential").get(pk=plan.pk)
    for number in range(20):
        scene.linked(f"OURS-{number}", created_by_us=True)
        scene.linked(f"THEIRS-{number}")
    with django_assert_num_queries(8):
        assert len(compute_changes(plan).changes) == 43


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_mappings_does_not_matter(order: int) -> None:
    scene = Scene()
    other = make_client(scene.credential, "Birch Ltd")
    make_site(other)
    for name in sorted(("A", "B", "C"))[::order]:
        asset = make_asset(scene.client, {NAME: name}, site=scene.site)
        scene.link(scene.computer(name), asset, created_by_us=name != "B")
    plan = new_move(scene.mapping, other)
    plan_assets(plan)
    rows = plan.changes.values_list("subject", "action")
    assert [(subject[0], action) for subject, action in rows] == [
        ("A", "update"), ("C", "update"), ("A", "link"), ("B", "unlink"),
    ]  # fmt: skip


# ---- what is refused ------------------------------------------------------------------------


def test_a_client_without_a_site_an_inactive_one_and_the_present_one_are_refused() -> None:
    scene = Moving()
    with pytest.raises(ValidationError, match="has no active site"):
        new_move(scene.mapping, make_client(scene.credential))
    with pytest.raises(ValidationError, match="is not active"):
        new_move(scene.mapping, make_client(scene.credential, active=False))
    with pytest.raises(ValidationError, match="already"):
        new_move(scene.mapping, scene.client)


def test_while_assets_are_being_created_there_is_no_preview() -> None:
    scene = Moving()
    mapping = ComputerMapping.objects.get(halo_asset=scene.ours)
    Intention.objects.create(
        instance=scene.credential.instance,
        halo_credential=scene.credential,
        kind=IntentionKind.CREATE_ASSET,
        state=IntentionState.SENDING,
        cause="x",
        lane=f"asset:{mapping.pk}",
        sequence=1,
        subject_id=mapping.pk,
    )
    plan = scene.move()
    assert plan.state == PlanState.FAILED
    assert plan.error.startswith("Assets are just being created for computers of Alder Dental.")


def test_a_mapping_that_was_changed_since_the_preview_is_not_moved() -> None:
    scene = Moving()
    plan = scene.move()
    third = make_client(scene.credential, "Cedar")
    map_company(scene.company, third, halo_site=make_site(third))
    assert "out of date" in (verify(plan) or "")
    run, halo = apply(scene, plan)
    assert (run.state, halo.writes()) == (RunState.FAILED, [])


# ---- HaloPSA --------------------------------------------------------------------------------


def test_applying_moves_unlinks_and_maps_and_a_second_preview_is_refused() -> None:
    scene = Moving()
    run, halo = apply(scene, scene.move())
    assert run.state == RunState.SUCCEEDED
    assert run.totals == {"updated": 1, "linked": 1, "unlinked": 1}
    held = halo.assets[scene.ours.halo_id]
    assert (held["client_id"], held["site_id"]) == (scene.other.halo_id, scene.there.halo_id)
    assert halo.assets[scene.theirs.halo_id]["client_id"] == scene.client.halo_id
    assert list(ComputerMapping.objects.values_list("computer__name", flat=True)) == ["OURS"]
    scene.mapping.refresh_from_db()
    assert (scene.mapping.halo_client, scene.mapping.halo_site) == (scene.other, scene.there)
    assert "Client: Alder Dental Group → Birch Ltd." in CompanyChange.objects.values_list("text", flat=True)
    with pytest.raises(ValidationError, match="already"):
        scene.move()


def test_the_switches_of_the_mapping_stay() -> None:
    scene = Moving()
    CompanyMapping.objects.update(create_tickets=True, enable_configuration=True)
    scene.mapping.refresh_from_db()
    apply(scene, scene.move())
    scene.mapping.refresh_from_db()
    assert (scene.mapping.create_tickets, scene.mapping.enable_configuration) == (True, True)


def test_an_unticked_asset_stays_with_its_client() -> None:
    scene = Moving()
    plan = scene.move()
    plan.changes.filter(action=Action.UPDATE).update(selected=False)
    _, halo = apply(scene, plan)
    assert halo.writes() == []
    assert CompanyMapping.objects.get().halo_client == scene.other


def test_a_lost_answer_is_looked_up_and_nothing_is_sent_twice() -> None:
    scene = Moving()
    halo = FakeHalo().adopt_mirror()
    halo.faults = [lost_answer]
    run, _ = apply(scene, scene.move(), halo)
    assert run.state == RunState.SUCCEEDED
    assert halo.writes() == ["write 1"]
    assert Entry.objects.filter(run=run, action=Action.LINK).count() == 1


def test_a_worker_that_dies_while_sending_leaves_one_change_of_each() -> None:
    scene = Moving()
    halo = FakeHalo().adopt_mirror()

    def killed(payloads: Any, execute: Any) -> Any:
        execute(payloads)
        raise Killed

    halo.faults = [killed]
    run = scene.run(scene.move())
    with pytest.raises(Killed):
        work_off(run, halo)
    work_off(run, halo)
    assert halo.writes() == ["write 1"]
    assert sorted(run.entries.values_list("action", "outcome")) == [
        ("link", "done"), ("unlink", "done"), ("update", "done"),
    ]  # fmt: skip


def test_an_asset_that_somebody_moved_meanwhile_is_left_alone() -> None:
    scene = Moving()
    plan = scene.move()
    halo = FakeHalo().adopt_mirror()
    halo.assets[scene.ours.halo_id] |= {"client_id": 4711}
    run, _ = apply(scene, plan, halo)
    assert halo.writes() == []
    assert Entry.objects.get(run=run, action=Action.UPDATE).outcome == Outcome.CHANGED_MEANWHILE


def test_in_observe_mode_all_is_told_and_nothing_changes() -> None:
    scene = Moving(write_mode=WriteMode.OBSERVE)
    run, halo = apply(scene, scene.move())
    assert halo.writes() == []
    assert set(run.entries.values_list("action", "outcome")) == {("update", "observed")}
    assert CompanyMapping.objects.get().halo_client == scene.client
    assert ComputerMapping.objects.count() == 2


def test_what_needs_nothing_of_halopsa_is_done_in_observe_mode_too() -> None:
    scene = Moving(write_mode=WriteMode.OBSERVE)
    ComputerMapping.objects.filter(created_by_us=True).delete()
    run, halo = apply(scene, scene.move())
    assert (run.state, halo.calls) == (RunState.SUCCEEDED, [])
    assert CompanyMapping.objects.get().halo_client == scene.other
    assert not ComputerMapping.objects.exists()


# ---- undo -----------------------------------------------------------------------------------


def test_undo_brings_assets_links_and_the_mapping_back() -> None:
    scene = Moving()
    run, halo = apply(scene, scene.move())
    undone = undo(scene, run, halo)
    assert undone.state == RunState.SUCCEEDED
    assert halo.assets[scene.ours.halo_id]["client_id"] == scene.client.halo_id
    scene.mapping.refresh_from_db()
    assert (scene.mapping.halo_client, scene.mapping.halo_site) == (scene.client, scene.site)
    again = ComputerMapping.objects.get(computer__name="THEIRS")
    assert (again.halo_asset, again.created_by_us) == (scene.theirs, False)


def test_undo_gives_locations_their_sites_again() -> None:
    scene = Moving()
    branch, closed = make_site(scene.client, "Branch"), make_site(scene.client, "Closed")
    places = [
        Location.objects.create(company=scene.company, external_id=name, name=name)
        for name in ("Depot", "Shop", "Lab")
    ]
    map_locations(scene.mapping, dict(zip(places, (branch, closed, branch), strict=True)))
    plan = scene.move()
    row = plan.changes.get(subject_kind="company_mapping")
    told = [(line.name, line.before, line.after) for line in differences(row.before, row.after)]
    assert ("Depot", "Branch", "default site") in told

    run, halo = apply(scene, plan)
    assert not LocationMapping.objects.exists()
    type(closed).objects.filter(pk=closed.pk).update(active=False)
    places[2].delete()
    assert undo(scene, run, halo).state == RunState.SUCCEEDED
    assert list(LocationMapping.objects.values_list("location", "halo_site")) == [(places[0].pk, branch.pk)]


def test_undo_leaves_what_was_changed_since() -> None:
    scene = Moving()
    run, _ = apply(scene, scene.move())
    computer = scene.console.computers.get(name="THEIRS")
    scene.link(computer, make_asset(scene.other))
    third = make_client(scene.credential, "Cedar")
    map_company(scene.company, third, halo_site=make_site(third))
    rows = {row.subject.partition(" (")[0]: row for row in compute_changes(new_undo(run)).changes}
    assert rows["THEIRS"].reason == "The computer has another mapping by now, so it stays as it is."
    assert rows["Alder Dental"].reason == "The mapping was changed or removed since, so it stays as it is."


def test_undo_tells_that_the_former_client_is_gone() -> None:
    scene = Moving()
    run, _ = apply(scene, scene.move())
    type(scene.client).objects.filter(pk=scene.client.pk).update(active=False)
    rows = {row.subject: row.reason for row in compute_changes(new_undo(run)).changes}
    assert rows["Alder Dental"].startswith("The former client or site is no longer in use in HaloPSA")
