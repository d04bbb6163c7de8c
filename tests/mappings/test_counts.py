"""Counts by client, product and asset type: now, at months' ends, before and after a plan."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from integrations.choices import Action
from integrations.models import Computer, Console, HaloAsset, HaloClient
from mappings.counts import CountLine, count_month_end, counts_of_plan, left_out, months_of, present_counts
from mappings.linking import ignore_computers
from mappings.models import ComputerMapping, IgnoredCompany, MonthCount, MonthEnd
from tests.builders import make_credential
from tests.mappings.builders import (
    SERVER,
    Scene,
    make_asset,
    make_asset_type,
    make_client,
    make_company,
    make_computer,
)

pytestmark = pytest.mark.django_db

FIRST = datetime(2026, 11, 1, 0, 20, tzinfo=UTC)
CLIENT = "Alder Dental Group"


def counts(scene: Scene) -> dict[tuple[str, str, str], int]:
    rows = present_counts(scene.credential)
    return {(r["client_name"], r["product_name"], r["asset_type_name"]): r["number"] for r in rows}


def linked(scene: Scene, name: str, *, asset: Any = None, **values: Any) -> Computer:
    computer = scene.computer(name, **values)
    scene.link(computer, asset or make_asset(scene.client))
    return computer


# ---- now ----------------------------------------------------------------------------------------


def test_a_computer_counts_under_client_product_and_the_type_of_its_asset() -> None:
    scene = Scene()
    server = make_asset_type(scene.credential, SERVER, "Server")
    linked(scene, "PC-1")
    linked(scene, "SRV-1", asset=make_asset(scene.client, asset_type=server))
    scene.computer("not in HaloPSA")
    make_computer(scene.company, "no product")

    assert counts(scene) == {
        (CLIENT, "Desktop", "Workstation"): 1,
        (CLIENT, "Desktop", "Server"): 1,
        (CLIENT, "Desktop", ""): 1,
        (CLIENT, "", ""): 1,
    }


def test_what_is_gone_counts_until_its_asset_is_inactive() -> None:
    scene = Scene()
    linked(scene, "retired", active=False)
    assert counts(scene) == {(CLIENT, "Desktop", "Workstation"): 1}

    HaloAsset.objects.update(active=False)

    assert counts(scene) == {}


def test_an_asset_that_was_moved_counts_with_its_new_client() -> None:
    scene = Scene()
    linked(scene, "moved", asset=make_asset(make_client(scene.credential, "Birch Law")))

    assert counts(scene) == {("Birch Law", "Desktop", "Workstation"): 1}


def test_computers_of_unmapped_companies_are_told_and_not_counted() -> None:
    scene = Scene()
    make_computer(make_company(scene.console))
    make_computer(scene.company, company=None)
    make_computer(scene.company, eligible=False)

    ignored = make_company(scene.console)
    make_computer(ignored)
    IgnoredCompany.objects.create(company=ignored, halo_credential=scene.credential)

    assert counts(scene) == {}
    assert left_out(scene.credential) == 2


def test_an_ignored_computer_counts_only_while_it_has_an_asset() -> None:
    scene = Scene()
    ignored = [
        linked(scene, "has one"),
        scene.computer("has none"),
        make_computer(make_company(scene.console)),
    ]
    ignore_computers(computer.pk for computer in ignored)

    assert counts(scene) == {(CLIENT, "Desktop", "Workstation"): 1}
    assert left_out(scene.credential) == 0


def test_a_credential_counts_only_what_is_mapped_in_it() -> None:
    scene, other = Scene(), make_credential()
    linked(scene, "PC-1")

    assert list(present_counts(other)) == []


class EveryComputerCountsOnce(TestCase):
    @settings(deadline=None, max_examples=25)
    @given(st.lists(st.sampled_from(["linked", "inactive", "waiting", "gone", "unmapped"]), max_size=12))
    def test_whatever_state_it_is_in(self, states: list[str]) -> None:
        scene = Scene()
        elsewhere = make_company(scene.console)
        for state in states:
            of = elsewhere if state == "unmapped" else scene.company
            computer = make_computer(of, active=state != "gone")
            if state in ("linked", "inactive"):
                scene.link(computer, make_asset(scene.client, active=state == "linked"))

        told = sum(row["number"] for row in present_counts(scene.credential))

        assert told == sum(state in ("linked", "inactive", "waiting") for state in states)


# ---- months' ends -------------------------------------------------------------------------------


def test_a_month_is_counted_on_the_day_after_and_kept_as_it_was() -> None:
    scene = Scene()
    linked(scene, "PC-1")
    month = count_month_end(scene.credential, FIRST)
    assert month is not None
    assert (month.ends_on, month.counted_at) == (date(2026, 10, 31), FIRST)

    linked(scene, "PC-2")
    HaloClient.objects.update(name="Renamed")

    assert count_month_end(scene.credential, FIRST + timedelta(hours=1)) is None
    kept = MonthCount.objects.get()
    assert (kept.client_name, kept.product, kept.asset_type_name, kept.number) == (
        *(CLIENT, "Desktop", "Workstation"),
        1,
    )


def test_deleting_a_console_or_client_leaves_the_counts_of_the_past() -> None:
    scene = Scene()
    linked(scene, "PC-1")
    count_month_end(scene.credential, FIRST)

    Console.objects.all().delete()
    scene.client.delete()

    assert MonthCount.objects.get().client_name == CLIENT


def test_on_other_days_nothing_is_counted_for_the_month_before() -> None:
    scene = Scene()
    linked(scene, "PC-1")

    assert count_month_end(scene.credential, FIRST + timedelta(days=1)) is None
    assert not MonthEnd.objects.exists()


def test_days_are_cut_in_the_zone_of_the_bridge(settings: Any) -> None:
    settings.TIME_ZONE = "America/New_York"
    from django.utils import timezone

    with timezone.override("America/New_York"):
        assert count_month_end(Scene().credential, FIRST) is None
        month = count_month_end(Scene().credential, FIRST + timedelta(hours=5))

    assert month is not None
    assert month.ends_on == date(2026, 10, 31)


def test_missing_months_are_told_and_never_made_up() -> None:
    scene = Scene()
    for ends_on in (date(2026, 7, 31), date(2026, 9, 30)):
        MonthEnd.objects.create(halo_credential=scene.credential, ends_on=ends_on)

    months = months_of(scene.credential, date(2026, 11, 12))

    assert [(month.key, month.counted is not None) for month in months] == [
        ("2026-10", False),
        ("2026-09", True),
        ("2026-08", False),
        ("2026-07", True),
    ]
    assert months_of(make_credential(), date(2026, 11, 12)) == []


def test_a_console_that_was_not_read_lately_is_named_with_the_month() -> None:
    scene = Scene()
    Console.objects.update(name="Old backup", synced_at=FIRST - timedelta(days=3))

    month = count_month_end(scene.credential, FIRST)

    assert month is not None
    assert month.stale_consoles == ["Old backup"]


# ---- around a plan ------------------------------------------------------------------------------


def test_a_plan_tells_the_counts_before_and_after_its_ticked_changes() -> None:
    scene = Scene(computers=3)
    linked(scene, "PC-0")
    plan = scene.plan()

    told = counts_of_plan(plan)

    assert told is not None
    assert (told.before, told.after, told.more) == (1, 4, 0)
    assert told.lines == [
        CountLine(CLIENT, "Desktop", "", 3, 0),
        CountLine(CLIENT, "Desktop", "Workstation", 1, 4),
    ]


def test_unticked_changes_do_not_count() -> None:
    scene = Scene(computers=2)
    plan = scene.plan()
    plan.changes.filter(position=1).update(selected=False)

    told = counts_of_plan(plan)

    assert told is not None
    assert (told.before, told.after) == (0, 1)


def test_what_a_plan_makes_inactive_no_longer_counts() -> None:
    scene = Scene()
    gone, other = linked(scene, "gone", active=False), linked(scene, "stays")
    plan = scene.plan()
    plan.changes.all().delete()
    for position, computer in enumerate((gone, other), 1):
        mapping = ComputerMapping.objects.get(computer=computer)
        plan.changes.create(
            position=position,
            action=Action.DEACTIVATE,
            subject_kind="computer_mapping",
            subject_id=mapping.pk,
        )

    told = counts_of_plan(plan)

    assert told is not None
    assert (told.before, told.after) == (2, 0)
    assert told.lines == [
        CountLine(CLIENT, "Desktop", "Workstation", 2, 0),
        CountLine(CLIENT, "Desktop", "", 0, 1),
    ]


def test_an_export_that_waits_for_its_asset_counts_like_any_other() -> None:
    scene = Scene()
    ComputerMapping.objects.create(computer=scene.computer("PC-1"), halo_credential=scene.credential)

    told = counts_of_plan(scene.plan())

    assert told is not None
    assert (told.before, told.after) == (0, 1)


def test_the_counts_of_a_plan_cost_four_statements_whatever_its_size() -> None:
    for size in (2, 40):
        plan = Scene(computers=size).plan()
        plan.refresh_from_db()
        assert plan.halo_credential is not None
        with CaptureQueriesContext(connection) as captured:
            counts_of_plan(plan)
        assert len(captured) == 4
