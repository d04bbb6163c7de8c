"""An export that is undone after its company was moved to another client and brought back."""

from __future__ import annotations

import pytest

from integrations.admin.changes import differences
from integrations.choices import Action, RunState
from integrations.models import Entry, Plan, Run
from mappings.models import ComputerMapping, MappingOrigin
from mappings.planning import compute_changes, new_move, new_undo, plan_assets
from tests.mappings.builders import NAME, SYSTEM, Scene, make_asset, make_client, make_site
from tests.mappings.fake_halo import FakeHalo, work_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_short_rests")]


class Exported(Scene):
    """A company whose export created one asset and updated one that was there before, matched."""

    def __init__(self) -> None:
        super().__init__()
        self.computer("NEW")
        there = make_asset(self.client, {NAME: "OLD", SYSTEM: "Windows 10"}, site=self.site)
        old = self.computer("OLD", os_name="Windows 11")
        self.old = self.link(old, there, origin=MappingOrigin.MATCHED)
        self.halo = FakeHalo().adopt_mirror()
        self.export = self.apply(self.plan())

    def apply(self, plan: Plan) -> Run:
        run = work_off(self.run(plan, checksum=plan.checksum), self.halo)
        assert run.state == RunState.SUCCEEDED
        return run

    def undo(self, run: Run) -> Run:
        return self.apply(planned(new_undo(run)))

    def move(self) -> Run:
        other = make_client(self.credential, "Birch Ltd")
        make_site(other, "Birch Main")
        self.mapping.refresh_from_db()
        return self.apply(planned(new_move(self.mapping, other)))


def planned(plan: Plan) -> Plan:
    plan_assets(plan)
    plan.refresh_from_db()
    return plan


def test_an_export_can_be_undone_after_a_move_and_its_undo() -> None:
    scene = Exported()
    scene.undo(scene.move())
    undone = scene.undo(scene.export)
    told = sorted(undone.entries.values_list("action", "outcome"))
    assert told == [("deactivate", "done"), ("update", "done")]
    systems = {asset["fields"].get(str(SYSTEM)) for asset in scene.halo.assets.values()}
    assert "Windows 10" in systems


def test_it_can_be_undone_after_any_number_of_moves() -> None:
    scene = Exported()
    for _ in range(2):
        scene.undo(scene.move())
    assert {row.action for row in compute_changes(new_undo(scene.export)).changes} == {"deactivate", "update"}


def test_while_the_company_is_with_the_other_client_the_unlinked_asset_is_left_alone() -> None:
    scene = Exported()
    scene.move()
    rows = {row.subject.partition(" (")[0]: row for row in compute_changes(new_undo(scene.export)).changes}
    assert rows["OLD"].action == Action.SKIP
    assert "removed or leads to another asset" in rows["OLD"].reason


def test_the_mapping_comes_back_as_it_was() -> None:
    scene = Exported()
    scene.undo(scene.move())
    again = ComputerMapping.objects.get(computer__name="OLD")
    assert (again.pk, again.origin) == (scene.old.pk, MappingOrigin.MATCHED)
    assert again.reason.startswith("Linked again by preview")


def test_a_mapping_that_was_made_anew_before_the_move_is_the_one_that_comes_back() -> None:
    scene = Exported()
    other = make_client(scene.credential, "Birch Ltd")
    make_site(other, "Birch Main")
    plan = planned(new_move(scene.mapping, other))
    computer, asset = scene.old.computer, scene.old.halo_asset
    scene.old.delete()
    anew = scene.link(computer, asset).pk
    scene.undo(scene.apply(plan))
    assert ComputerMapping.objects.get(computer=computer).pk == anew


def test_what_an_older_version_unlinked_is_linked_again_under_a_new_id() -> None:
    scene = Exported()
    run = scene.move()
    for entry in Entry.objects.filter(run=run, action=Action.UNLINK):
        entry.before = {key: entry.before[key] for key in ("halo_id", "name", "client_name")}
        entry.save()
    scene.undo(run)
    again = ComputerMapping.objects.get(computer__name="OLD")
    assert (again.halo_asset, again.origin) == (scene.old.halo_asset, MappingOrigin.CHOSEN)


def test_our_id_of_the_mapping_is_not_told_to_staff() -> None:
    scene = Exported()
    entry = Entry.objects.get(run=scene.move(), action=Action.UNLINK)
    assert entry.before["mapping_id"] == scene.old.pk
    assert {line.name for line in differences(entry.before, entry.after)} == {"Name", "Client", "Origin"}
