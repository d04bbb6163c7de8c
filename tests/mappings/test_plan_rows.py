from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.choices import Action, PlanState
from integrations.models import Computer, Instance, Plan, PlannedChange
from mappings.planning import compute_changes, plan_assets, tick, verify
from tests.mappings.builders import NAME, SYSTEM, Scene, make_asset

pytestmark = pytest.mark.django_db


# ---- checksum and ticks ---------------------------------------------------------------------


def test_two_plans_of_one_world_have_one_checksum() -> None:
    scene = Scene(computers=3)
    assert scene.plan().checksum == scene.plan().checksum != ""


def test_another_world_has_another_checksum() -> None:
    scene = Scene(computers=3)
    before = scene.plan().checksum
    Computer.objects.filter(name="ALD-PC00001").update(os_name="Windows 12")
    assert scene.plan().checksum != before


def test_planning_again_replaces_the_rows() -> None:
    scene = Scene(computers=3)
    plan = scene.plan()
    plan_assets(plan)
    assert plan.changes.count() == 3
    assert [change.position for change in plan.changes.all()] == [1, 2, 3]


def test_unticking_changes_checksum_counts_and_forecast_and_ticking_restores_them() -> None:
    scene = Scene(computers=3)
    plan = scene.plan()
    assert (plan.counts["selected"], plan.forecast_calls) == (3, 3)
    less = tick(plan, [2], selected=False)
    assert (less.counts["selected"], less.forecast_calls) == (2, 2)
    assert less.checksum != plan.checksum
    assert tick(plan, None, selected=True).checksum == plan.checksum


def test_skips_cannot_be_ticked() -> None:
    scene = Scene()
    scene.computer("A", product=None)
    plan = scene.plan()
    assert tick(plan, None, selected=True).checksum == plan.checksum
    assert not plan.changes.get().selected


def test_a_plan_that_was_applied_cannot_be_ticked() -> None:
    scene = Scene(computers=1)
    plan = scene.plan()
    Plan.objects.update(state=PlanState.APPLIED)
    with pytest.raises(ValidationError, match="This preview is applied; make a new one"):
        tick(plan, None, selected=False)


def test_rows_come_in_one_order() -> None:
    scene = Scene()
    scene.link(scene.computer("Z", os_name="new"), make_asset(scene.client, {NAME: "Z", SYSTEM: "old"}))
    scene.computer("b")
    scene.computer("A")
    scene.computer("C", product=None)
    rows = scene.plan().changes.values_list("action", "subject")
    assert [(action, subject[0]) for action, subject in rows] == [
        (Action.CREATE, "A"),
        (Action.CREATE, "b"),
        (Action.UPDATE, "Z"),
        (Action.SKIP, "C"),
    ]


# ---- verify ---------------------------------------------------------------------------------


def test_a_plan_of_an_unchanged_world_is_up_to_date() -> None:
    scene = Scene(computers=3)
    scene.link(scene.computer("Z", os_name="new"), make_asset(scene.client, {NAME: "Z", SYSTEM: "old"}))
    assert verify(scene.plan()) is None


def test_it_names_the_changes_that_are_out_of_date() -> None:
    scene = Scene(computers=3)
    plan = scene.plan()
    Computer.objects.filter(name="ALD-PC00001").update(os_name="Windows 12")
    words = "1 of 3 changes is out of date: ALD-PC00001 (Alder Dental). Make a new preview."
    assert verify(plan) == words


def test_it_counts_what_disappeared() -> None:
    scene = Scene(computers=5)
    plan = scene.plan()
    Computer.objects.update(active=False)
    assert str(verify(plan)).startswith("5 of 5 changes are out of date: ALD-PC00000 (Alder Dental); ")


def test_rows_that_are_not_ticked_may_change() -> None:
    scene = Scene(computers=3)
    plan = tick(scene.plan(), [2], selected=False)
    Computer.objects.filter(name="ALD-PC00001").update(os_name="Windows 12")
    assert verify(plan) is None


def test_a_lost_type_makes_a_plan_out_of_date() -> None:
    scene = Scene(computers=2)
    plan = scene.plan()
    scene.type.active = False
    scene.type.save()
    assert "2 of 2" in str(verify(plan))


# ---- forecast -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("marker", "batch_size", "calls"),
    [(False, 0, 300), (False, 100, 300), (True, 0, 4), (True, 100, 3), (True, 1, 300)],
)
def test_it_forecasts_the_calls_of_creates(marker: bool, batch_size: int, calls: int) -> None:
    scene = Scene(computers=300, marker=marker)
    Instance.objects.update(batch_size=batch_size)
    scene.credential.refresh_from_db()
    plan = scene.plan()
    assert (plan.forecast_calls, plan.lower_bound) == (calls, 3)


def outdated(assets: int, **instance: Any) -> Plan:
    scene = Scene()
    for number in range(assets):
        asset = make_asset(scene.client, {NAME: f"A{number}", SYSTEM: "old"})
        scene.link(scene.computer(f"A{number}", os_name="new"), asset)
    Instance.objects.update(**instance)
    scene.credential.refresh_from_db()
    return scene.plan()


@pytest.mark.parametrize(
    ("assets", "instance", "calls"),
    [
        (3, {"batch_size": 0}, 1 + 1 + 3),
        (2, {"batch_size": 0}, 2 + 2),
        (30, {"batch_size": 100}, 1 + 1 + 1),
        (30, {"batch_size": 100, "list_fields_proven": True}, 1 + 1),
        (230, {"batch_size": 100, "list_fields_proven": True}, 3 + 3),
        (30, {"batch_size": 100, "list_reads_allowed": False}, 30 + 1),
    ],
    ids=["lists to be proven", "too few for a proof", "batches proven", "both", "pages", "lists off"],
)
def test_it_forecasts_reads_by_list_where_they_take_fewer_calls(
    assets: int, instance: dict[str, Any], calls: int
) -> None:
    assert outdated(assets, **instance).forecast_calls == calls


def test_new_assets_prove_batches_for_the_changed_ones_of_the_same_plan() -> None:
    scene = Scene(computers=10, marker=True)
    for number in range(20):
        asset = make_asset(scene.client, {NAME: f"A{number}", SYSTEM: "old"})
        scene.link(scene.computer(f"A{number}", os_name="new"), asset)
    # Creates: the proof and the rest; reads: a list and one asset; updates: one batch.
    assert scene.plan().forecast_calls == 2 + 2 + 1


def test_what_does_not_fit_into_the_window_takes_a_window_more() -> None:
    scene = Scene(computers=200)
    # 80 % of 180 calls in 300 s may be used for assets.
    assert scene.plan().forecast_seconds == 300 + 200


# ---- statements -----------------------------------------------------------------------------


def test_the_number_of_statements_does_not_depend_on_the_number_of_computers() -> None:
    def statements(number: int) -> tuple[int, int]:
        scene = Scene(computers=number)
        for computer in Computer.objects.filter(console=scene.console)[: number // 2]:
            scene.link(computer, make_asset(scene.client, {NAME: computer.name, SYSTEM: "old"}))
        plan = Plan.objects.create(halo_credential=scene.credential, console=scene.console)
        with CaptureQueriesContext(connection) as queries:
            plan_assets(plan)
        assert plan.changes.count() == number
        inserts = [q for q in queries if q["sql"].startswith("INSERT")]
        return len(queries) - len(inserts), len(inserts)

    fields = [field for field in PlannedChange._meta.concrete_fields if not field.primary_key]
    # SQLite takes fewer rows a statement than the thousand that is asked for.
    rows = min(1000, connection.ops.bulk_batch_size(fields, [None] * 1000))
    few, some, many = statements(10), statements(100), statements(1000)
    assert few[0] == some[0] == many[0] <= 34
    assert [few[1], some[1], many[1]] == [-(-number // rows) for number in (10, 100, 1000)]


def test_comparing_writes_nothing() -> None:
    scene = Scene(computers=5)
    plan = scene.plan()
    with CaptureQueriesContext(connection) as queries:
        compute_changes(plan)
        verify(plan)
    # PostgreSQL streams through a declared cursor.
    assert {q["sql"].split()[0] for q in queries} <= {"SELECT", "DECLARE"}
