"""Enable configuration: assets are kept up to date by schedule, within limits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations.choices import PlanState, RunKind, RunState, WriteMode
from integrations.models import Computer, Entry, HaloAsset, HaloClient, Plan, Run
from integrations.runs.request import cancel, request_run
from integrations.runs.steps import work
from mappings.keeping import keep_assets, release
from mappings.models import AssetRules, CompanyMapping, ComputerMapping, SyncLimits
from mappings.planning import GRACE, new_undo, plan_assets, tick
from mappings.schedules import request_keeping
from tests.builders import make_console
from tests.mappings.builders import NAME, RACK, SERIAL, SYSTEM, Scene, make_asset, make_company, make_site
from tests.mappings.fake_halo import FakeHalo, work_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_short_rests")]

TABLE = {RunKind.KEEP_ASSETS: {"start": lambda doing: keep_assets(doing, doing.run.halo_credential)}}


class Kept(Scene):
    """So many computers with assets that are as they should be; the company is switched on."""

    def __init__(self, computers: int = 10, *, limits: bool = True, kind: str = "push") -> None:
        super().__init__(computers=computers, kind=kind)
        self.mapping.enable_configuration = True
        self.mapping.save()
        if limits:
            SyncLimits.objects.create(halo_credential=self.credential)
        for computer in Computer.objects.order_by("pk"):
            fields = {
                NAME: computer.name,
                SERIAL: computer.serial_number,
                SYSTEM: computer.os_name,
                RACK: "R",
            }
            self.link(computer, make_asset(self.client, fields), created_by_us=True)
        self.halo = FakeHalo().adopt_mirror()

    def upgrade(self, number: int) -> None:
        """So many computers get another operating system."""
        wanted = Computer.objects.order_by("pk").values("pk")[:number]
        Computer.objects.filter(pk__in=list(wanted.values_list("pk", flat=True))).update(os_name="Windows 12")

    def update(self) -> Run:
        """One scheduled update, and what it applies by itself."""
        run = request_keeping(self.credential)
        work(run.pk, TABLE)
        for applying in Run.objects.filter(kind=RunKind.APPLY_ASSETS, state=RunState.QUEUED):
            work_off(applying, self.halo)
        run.refresh_from_db()
        return run

    def systems(self) -> list[str]:
        return sorted(asset["fields"]["5"] for asset in self.halo.assets.values())


def everything() -> list[Any]:
    rows: list[Any] = []
    for model in (HaloAsset, ComputerMapping, Computer, Plan, Entry):
        rows += list(model.objects.order_by("pk").values())
    return rows


# ---- nothing to do --------------------------------------------------------------------------


def test_an_unchanged_world_costs_nothing() -> None:
    scene = Kept()
    before = everything()
    run = scene.update()
    assert (run.state, run.totals, run.plan) == (RunState.SUCCEEDED, {"unchanged": 10}, None)
    assert everything() == before
    assert scene.halo.calls == []


def test_a_second_update_finds_nothing_left() -> None:
    scene = Kept()
    scene.upgrade(3)
    scene.update()
    before, calls = everything(), list(scene.halo.calls)
    assert scene.update().totals == {"unchanged": 10}
    assert (everything(), scene.halo.calls) == (before, calls)


def test_off_leaves_the_assets_as_they_are() -> None:
    scene = Kept()
    scene.upgrade(3)
    scene.mapping.enable_configuration = False
    scene.mapping.save()
    assert scene.update().totals == {}
    assert scene.halo.calls == []
    assert not Plan.objects.exists()


def test_what_is_left_alone_is_told_once_with_its_reason() -> None:
    scene = Kept()
    mapping = ComputerMapping.objects.order_by("pk")[0]
    mapping.held = True
    mapping.save()
    first = scene.update()
    assert first.totals == {"unchanged": 9, "skipped": 1}
    entry = Entry.objects.get(run=first)
    assert (entry.outcome, entry.reason) == ("skipped", "Held until released.")
    assert scene.update().totals == {"unchanged": 9, "skipped": 1}
    assert Entry.objects.count() == 1


# ---- within the limits ----------------------------------------------------------------------


def test_few_changes_are_applied_by_themselves_with_a_plan_like_any_other() -> None:
    scene = Kept()
    scene.upgrade(3)
    run = scene.update()
    assert (run.state, run.totals) == (RunState.SUCCEEDED, {"unchanged": 7, "to_do": 3})
    assert scene.systems().count("Windows 12") == 3
    plan = Plan.objects.get()
    assert (plan.state, plan.counts["update"]) == (PlanState.APPLIED, 3)
    assert set(Entry.objects.values_list("action", "outcome")) == {("update", "done")}


def test_new_computers_become_assets_unless_staff_want_to_export_those_themselves() -> None:
    scene = Kept()
    scene.computer("NEW")
    SyncLimits.objects.update(create_assets=False)
    assert scene.update().totals == {"unchanged": 10}
    SyncLimits.objects.update(create_assets=True)
    scene.update()
    assert len(scene.halo.assets) == 11


def test_it_looks_at_an_asset_over_all_consoles_and_at_companies_that_are_on_only() -> None:
    scene = Kept(1)
    now = timezone.now()
    other = make_company(make_console(), "Alder elsewhere")
    scene.map(other, scene.client, scene.site)
    seen = Computer.objects.create(
        console=other.console, company=other, external_id="x", name="ALD-PC00000", os_name="W", last_seen=now
    )
    scene.link(seen, HaloAsset.objects.get())
    Computer.objects.create(console=other.console, company=other, external_id="y", name="OTHER")
    HaloAsset.objects.update(fields={"1": "ALD-PC00000", "2": "5CG0000000X", "5": "Windows 10"})
    scene.halo.adopt_mirror()
    scene.update()
    assert scene.systems() == ["W"]


# ---- beyond them ----------------------------------------------------------------------------


def test_many_changes_wait_for_an_approval_and_applying_the_preview_is_the_approval() -> None:
    scene = Kept(30)
    scene.upgrade(20)
    run = scene.update()
    assert run.state == RunState.WAITING
    assert run.error == (
        "20 asset changes of 1 company wait for an approval: Alder Dental (20 of 30 assets would change, "
        "more than 20 %). Apply its preview, or cancel this run to leave the assets as they are."
    )
    assert scene.halo.writes() == []
    assert run.plan is not None and run.plan.state == PlanState.READY
    work_off(scene.run(run.plan), scene.halo)
    run.refresh_from_db()
    assert (run.state, run.error) == (RunState.SUCCEEDED, "Approved: it was applied.")
    assert scene.systems().count("Windows 12") == 20


def test_what_waits_is_asked_once_and_its_ticks_stay() -> None:
    scene = Kept(30)
    scene.upgrade(20)
    first = scene.update()
    assert first.plan is not None
    tick(first.plan, [1], selected=False)
    assert scene.update().state == RunState.SUCCEEDED
    first.refresh_from_db()
    assert (first.state, first.plan.state) == (RunState.WAITING, PlanState.READY)
    assert Plan.objects.count() == 1


def test_a_cancelled_run_keeps_everything_and_is_asked_again_only_if_it_changes() -> None:
    scene = Kept(30)
    scene.upgrade(20)
    first = scene.update()
    assert cancel(first)
    assert scene.update().state == RunState.SUCCEEDED
    assert Plan.objects.count() == 1
    scene.upgrade(21)
    assert scene.update().state == RunState.WAITING


def test_a_later_run_that_waits_takes_the_place_of_the_earlier_one() -> None:
    scene = Kept(30)
    scene.upgrade(20)
    first = scene.update()
    scene.upgrade(25)
    second = scene.update()
    first.refresh_from_db()
    assert (first.state, first.error) == (RunState.PARTIAL, f"Run {second.pk} has compared it again.")
    assert first.plan is not None and first.plan.state == PlanState.STALE
    Computer.objects.update(os_name="Windows 11 Pro")
    scene.update()
    second.refresh_from_db()
    assert second.state == RunState.PARTIAL


def test_one_company_that_waits_does_not_hold_up_the_others() -> None:
    scene = Kept(30)
    other = make_company(scene.console, "Birch")
    client = scene.client
    mapping = scene.map(other, client, make_site(client))
    mapping.enable_configuration = True
    mapping.save()
    computer = Computer.objects.create(
        console=scene.console, company=other, external_id="b", name="B", os_name="W"
    )
    scene.link(computer, make_asset(client, {NAME: "B"}))
    scene.halo.adopt_mirror()
    scene.upgrade(20)
    run = scene.update()
    assert run.totals == {"unchanged": 10, "to_do": 1, "waiting": 20}
    assert "W" in scene.systems()
    assert "Windows 12" not in scene.systems()


def test_without_limits_nothing_happens_by_itself() -> None:
    scene = Kept(limits=False)
    scene.upgrade(1)
    run = scene.update()
    assert run.state == RunState.WAITING
    assert "nobody has set limits" in run.error
    assert scene.halo.calls == []


def test_gone_computers_are_retired_up_to_the_limit() -> None:
    scene = Kept(40, kind="msp360")
    Computer.objects.filter(name__lt="ALD-PC00003").update(
        active=False, gone_since=timezone.now() - GRACE * 2
    )
    SyncLimits.objects.update(most_deactivations=2)
    run = scene.update()
    assert (run.state, run.totals["waiting"]) == (RunState.WAITING, 3)
    SyncLimits.objects.update(most_deactivations=3)
    scene.update()
    assert sum(asset["inactive"] for asset in scene.halo.assets.values()) == 3


# ---- what Halo does not take ----------------------------------------------------------------


def test_what_halo_refused_is_not_sent_again_by_every_run() -> None:
    scene = Kept()
    scene.upgrade(1)
    scene.halo.refuses = lambda payload: "No."
    scene.update()
    assert len(scene.halo.writes()) == 1
    scene.update()
    assert len(scene.halo.writes()) == 1
    Plan.objects.update(created_at=timezone.now() - timedelta(days=2))
    scene.update()
    assert len(scene.halo.writes()) == 2


def test_what_was_undone_is_due_at_once_when_it_is_released() -> None:
    scene = Kept()
    scene.credential.synced_at = timezone.now()
    scene.credential.save()
    scene.upgrade(2)
    scene.update()
    applied = Run.objects.get(kind=RunKind.APPLY_ASSETS)
    undo = new_undo(applied)
    plan_assets(undo)
    work_off(scene.run(undo), scene.halo)
    assert scene.systems().count("Windows 12") == 0
    scene.update()
    assert scene.systems().count("Windows 12") == 0

    before = Run.objects.filter(kind=RunKind.KEEP_ASSETS).count()
    assert release(ComputerMapping.objects.all()) == 2
    assert Run.objects.filter(kind=RunKind.KEEP_ASSETS, state=RunState.QUEUED).count() == 1
    scene.update()
    assert Run.objects.filter(kind=RunKind.KEEP_ASSETS).count() == before + 1
    assert scene.systems().count("Windows 12") == 2


def test_releasing_mappings_of_a_company_that_is_off_asks_for_nothing() -> None:
    scene = Kept()
    scene.mapping.enable_configuration = False
    scene.mapping.save()
    ComputerMapping.objects.update(held=True)
    assert release(ComputerMapping.objects.all()) == 10
    assert not Run.objects.exists()


def test_in_observe_mode_it_is_recorded_once_what_would_be_done() -> None:
    scene = Kept()
    scene.credential.write_mode = WriteMode.OBSERVE
    scene.credential.save()
    scene.upgrade(1)
    for _ in range(3):
        scene.update()
    assert scene.halo.calls == []
    assert [row.outcome for row in Entry.objects.all()] == ["observed"]
    scene.credential.write_mode = WriteMode.WRITE
    scene.credential.save()
    scene.update()
    assert "Windows 12" in scene.systems()


def test_old_plans_of_updates_are_forgotten_with_other_history() -> None:
    scene = Kept()
    scene.upgrade(1)
    scene.update()
    by_hand = scene.plan()
    Plan.objects.update(created_at=timezone.now() - timedelta(days=9999))
    scene.update()
    assert list(Plan.objects.all()) == [by_hand]


# ---- what it costs --------------------------------------------------------------------------


def test_comparing_costs_the_same_for_few_assets_and_for_many() -> None:
    def cost(computers: int) -> int:
        scene = Kept(computers)
        run = request_run(RunKind.KEEP_ASSETS, halo_credential=scene.credential)
        with CaptureQueriesContext(connection) as queries:
            work(run.pk, TABLE)
        Computer.objects.all().delete()
        return len(queries)

    cost(1)  # what is made once does not count
    few, many = cost(3), cost(60)
    assert few == many <= 60


# ---- companies without a default site ---------------------------------------------------------


@pytest.mark.parametrize("main_site", [True, False])
def test_asset_rules_say_whether_new_assets_go_to_the_main_site_of_the_client(main_site: bool) -> None:
    scene = Kept()
    AssetRules.objects.create(halo_credential=scene.credential, main_site=main_site)
    HaloClient.objects.filter(pk=scene.client.pk).update(main_site_id=scene.site.halo_id)
    CompanyMapping.objects.update(halo_site=None)
    scene.computer("NEW")

    scene.update()

    made = ComputerMapping.objects.filter(computer__name="NEW", halo_asset__site=scene.site)
    assert made.exists() == main_site
