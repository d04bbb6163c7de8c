"""What an instance has proven may be turned off, also while a run is under way, and proven anew."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.choices import Purpose, RunState
from integrations.models import BudgetPermit, Computer, Instance
from integrations.records import WriteAnswer
from integrations.runs.budget import BudgetGate
from mappings.planning import ways
from tests.mappings.builders import NAME, SERIAL, SYSTEM, Scene, make_asset
from tests.mappings.fake_halo import FakeHalo, Payload, fine, work_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_short_rests")]


def switch(**values: Any) -> None:
    Instance.objects.update(**values)


def make_outdated(scene: Scene, number: int) -> FakeHalo:
    """Assets of so many computers, each with an operating system of yesterday."""
    scene.add_computers(number)
    for computer in Computer.objects.filter(console=scene.console).order_by("name"):
        fields = {NAME: computer.name, SERIAL: computer.serial_number, SYSTEM: "Windows 10"}
        scene.link(computer, make_asset(scene.client, fields))
    return FakeHalo().adopt_mirror()


def told(scene: Scene) -> str:
    scene.credential.instance.refresh_from_db()
    return " ".join(ways(scene.credential))


# ---- several assets in one call ---------------------------------------------------------------


@pytest.mark.parametrize("proven", [0, 100])
def test_without_batches_each_new_asset_has_its_own_call_as_forecast(proven: int) -> None:
    scene, halo = Scene(computers=12, marker=True), FakeHalo()
    switch(batches_allowed=False, batch_size=proven)
    scene.credential.refresh_from_db()
    plan = scene.plan()
    run = work_off(scene.run(plan), halo)
    assert halo.calls == ["write 1"] * 12
    assert plan.forecast_calls == run.forecast_calls == len(halo.calls)
    assert run.totals == {"created": 12}
    assert Instance.objects.get().batch_size == proven, "nothing is proven or forgotten by that"


def test_without_batches_and_list_reads_each_change_is_one_read_and_one_write_as_forecast() -> None:
    scene = Scene()
    halo = make_outdated(scene, 7)
    switch(batches_allowed=False, list_reads_allowed=False, batch_size=100, list_fields_proven=True)
    scene.credential.refresh_from_db()
    plan = scene.plan()
    run = work_off(scene.run(plan), halo)
    assert (halo.reads(), halo.writes()) == (["asset"] * 7, ["write 1"] * 7)
    assert plan.forecast_calls == len(halo.calls) == 14
    assert run.state == RunState.SUCCEEDED


def test_turned_off_in_mid_run_it_holds_from_the_next_call() -> None:
    def switching(payloads: list[Payload], execute: Any) -> WriteAnswer:
        switch(batches_allowed=False)
        return fine(payloads, execute)

    scene, halo = Scene(computers=105, marker=True), FakeHalo()
    switch(batch_size=100)
    halo.faults = [switching]
    run = work_off(scene.run(scene.plan()), halo)
    assert halo.calls == ["write 100", *["write 1"] * 5]
    assert run.totals == {"created": 105}


def test_turned_on_again_what_was_proven_counts_at_once() -> None:
    scene, halo = Scene(computers=50, marker=True), FakeHalo()
    switch(batch_size=100, batches_allowed=False)
    switch(batches_allowed=True)
    work_off(scene.run(scene.plan()), halo)
    assert halo.calls == ["write 50"]


def test_a_forgotten_proof_is_made_anew() -> None:
    scene, halo = Scene(computers=50, marker=True), FakeHalo()
    switch(batch_size=1)
    switch(batch_size=0)
    work_off(scene.run(scene.plan()), halo)
    assert halo.calls == ["write 2", "write 48"]
    assert Instance.objects.get().batch_size == 100


# ---- fields from lists ------------------------------------------------------------------------


def test_without_list_reads_each_asset_is_read_and_no_list_is_tried() -> None:
    scene = Scene()
    halo = make_outdated(scene, 10)
    switch(batch_size=100, list_reads_allowed=False, list_fields_proven=False)
    work_off(scene.run(scene.plan()), halo)
    assert (halo.reads(), halo.writes()) == (["asset"] * 10, ["write 10"])
    assert not Instance.objects.get().list_fields_proven


def test_list_reads_turned_off_in_mid_run_hold_from_the_next_read() -> None:
    def switching(payloads: list[Payload], execute: Any) -> WriteAnswer:
        switch(list_reads_allowed=False)
        return fine(payloads, execute)

    scene = Scene()
    halo = make_outdated(scene, 103)
    switch(batch_size=100, list_fields_proven=True)
    halo.faults = [switching]
    work_off(scene.run(scene.plan()), halo)
    before, after = halo.calls.index("write 100"), halo.calls[halo.calls.index("write 100") + 1 :]
    assert set(halo.calls[:before]) == {"page"}
    assert "page" not in after


# ---- said on the preview ----------------------------------------------------------------------


def test_the_preview_says_in_words_how_it_will_go() -> None:
    scene = Scene(marker=True)
    assert "The first 2 new assets prove" in told(scene)
    switch(batch_size=100, list_fields_proven=True)
    assert "Up to 100 assets go in one call, as this HaloPSA has proven." in told(scene)
    assert "from lists" in told(scene)
    switch(batch_size=1)
    assert "does not take several in one call" in told(scene)
    switch(batches_allowed=False, list_reads_allowed=False)
    assert told(scene).count("switched off for this HaloPSA") == 2
    assert "Assets may use 144 calls in 300 s, 80 % of the API limit." in told(scene)


def test_new_assets_without_a_place_for_their_reference_are_said_to_go_one_by_one() -> None:
    scene = Scene()
    switch(batch_size=100)
    assert "New assets go one by one" in told(scene)


def test_calls_and_minutes_follow_the_window_that_halo_allows_at_present() -> None:
    scene = Scene(computers=100)
    assert scene.plan().forecast_seconds == 100
    gate = BudgetGate(scene.credential, Purpose.TICKETS)
    for _ in range(50):
        gate.take()
    gate.blocked(1)
    BudgetPermit.objects.all().delete()
    scene.credential.refresh_from_db()
    # 36 of the 45 calls that are allowed now are the share of assets: two windows are waited for.
    assert scene.plan().forecast_seconds == 2 * 300 + 100
    assert "allows less than the 180 calls" in told(scene)
