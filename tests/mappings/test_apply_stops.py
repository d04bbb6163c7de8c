from __future__ import annotations

from typing import Any

import pytest

from integrations.choices import Action, IntentionState, Outcome, PlanState, RunState, WriteMode
from integrations.models import Computer, Entry, HaloCredential, Instance, Intention, Run
from integrations.records import WriteAnswer
from integrations.runs.request import cancel
from integrations.sync.safety import WritesStopped
from mappings.models import ComputerMapping
from mappings.planning import tick
from tests.mappings.builders import Scene
from tests.mappings.fake_halo import FakeHalo, Payload, fine, work_off
from tests.mappings.test_apply_creates import assert_each_once, outcomes
from tests.mappings.test_apply_updates import make_outdated

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_short_rests")]


# ---- observe --------------------------------------------------------------------------------


def test_in_observe_mode_everything_is_told_and_nothing_is_sent() -> None:
    scene = Scene(write_mode=WriteMode.OBSERVE)
    halo = make_outdated(scene, 2)
    scene.computer("A")
    scene.computer("B", product=None)
    plan = scene.plan()
    run = work_off(scene.run(plan), halo)
    plan.refresh_from_db()
    assert (run.state, plan.state) == (RunState.SUCCEEDED, PlanState.READY)
    assert halo.calls == []
    assert run.totals == {"observed": 3, "skipped": 1}
    told = Entry.objects.filter(outcome=Outcome.OBSERVED)
    assert set(told.values_list("action", flat=True)) == {Action.CREATE, Action.UPDATE}
    assert set(told.values_list("reason", flat=True)) == {
        "The HaloPSA credential is in observe mode: planned, not written."
    }
    assert not Intention.objects.exists()
    assert not ComputerMapping.objects.filter(halo_asset=None).exists()


def test_what_was_observed_can_be_applied_when_writing_is_on() -> None:
    scene, halo = Scene(computers=2, write_mode=WriteMode.OBSERVE), FakeHalo()
    plan = scene.plan()
    work_off(scene.run(plan), halo)
    HaloCredential.objects.update(write_mode=WriteMode.WRITE)
    run = work_off(scene.run(plan), halo)
    assert run.totals == {"created": 2}
    assert_each_once(halo, 2)


# ---- what you looked at is what runs --------------------------------------------------------


def test_it_refuses_when_the_world_has_changed() -> None:
    scene, halo = Scene(computers=3), FakeHalo()
    plan = scene.plan()
    Computer.objects.filter(name="ALD-PC00001").update(os_name="Windows 12")
    run = work_off(scene.run(plan), halo)
    plan.refresh_from_db()
    assert halo.calls == []
    assert (run.state, plan.state) == (RunState.FAILED, PlanState.STALE)
    assert run.error == plan.error
    assert run.error.startswith("1 of 3 changes is out of date: ALD-PC00001")
    assert not ComputerMapping.objects.exists()


def test_it_refuses_a_checksum_that_is_not_the_plans() -> None:
    scene, halo = Scene(computers=3), FakeHalo()
    plan = scene.plan()
    checksum = plan.checksum
    tick(plan, [1], selected=False)
    run = work_off(scene.run(plan, checksum=checksum), halo)
    assert run.state == RunState.FAILED
    assert "not the one that was confirmed" in run.error
    assert halo.calls == []


def test_the_right_checksum_is_accepted() -> None:
    scene, halo = Scene(computers=1), FakeHalo()
    plan = scene.plan()
    assert work_off(scene.run(plan, checksum=plan.checksum), halo).state == RunState.SUCCEEDED


def test_a_plan_is_applied_once() -> None:
    scene, halo = Scene(computers=1), FakeHalo()
    plan = scene.plan()
    work_off(scene.run(plan), halo)
    run = work_off(scene.run(plan), halo)
    assert (run.state, run.error) == (RunState.FAILED, "This preview is applied; make a new one.")
    assert_each_once(halo, 1)


# ---- stopped on the way ---------------------------------------------------------------------


def stop_all_writing() -> None:
    Instance.objects.update(writes_stopped=True)


def test_one_click_stops_it_on_the_way() -> None:
    def stopping(payloads: list[Payload], execute: Any) -> WriteAnswer:
        stop_all_writing()
        return fine(payloads, execute)

    scene, halo = Scene(computers=5), FakeHalo()
    halo.faults = [stopping]
    plan = scene.plan()
    run = work_off(scene.run(plan), halo)
    plan.refresh_from_db()
    assert (run.state, plan.state) == (RunState.PARTIAL, PlanState.STALE)
    words = "All writing to this HaloPSA instance has been stopped."
    assert run.error == f"{words} 4 changes were not sent."
    assert outcomes(run) == {Outcome.DONE: 1, Outcome.SKIPPED: 4}
    assert not Intention.objects.filter(state=IntentionState.PLANNED).exists()
    assert_each_once(halo, 1)


def test_the_gate_in_front_of_the_call_stops_it_too() -> None:
    def stopped(payloads: list[Payload], execute: Any) -> WriteAnswer:
        stop_all_writing()
        raise WritesStopped("All writing to this HaloPSA instance has been stopped.")

    scene, halo = Scene(computers=2), FakeHalo()
    halo.faults = [stopped]
    run = work_off(scene.run(scene.plan()), halo)
    assert outcomes(run) == {Outcome.SKIPPED: 2}
    assert halo.assets == {}
    assert set(Intention.objects.values_list("state", flat=True)) == {IntentionState.CANCELLED}


def test_what_is_uncertain_is_still_looked_up_after_the_stop() -> None:
    def lost_and_stopped(payloads: list[Payload], execute: Any) -> WriteAnswer:
        stop_all_writing()
        execute(payloads)
        return WriteAnswer("uncertain", message="The answer was lost.")

    scene, halo = Scene(computers=2), FakeHalo()
    halo.faults = [lost_and_stopped]
    run = work_off(scene.run(scene.plan()), halo)
    assert outcomes(run) == {Outcome.DONE: 1, Outcome.SKIPPED: 1}
    assert_each_once(halo, 1)


def test_what_was_stopped_can_be_planned_and_applied_again() -> None:
    def stopping(payloads: list[Payload], execute: Any) -> WriteAnswer:
        stop_all_writing()
        return fine(payloads, execute)

    scene, halo = Scene(computers=3), FakeHalo()
    halo.faults = [stopping]
    work_off(scene.run(scene.plan()), halo)
    Instance.objects.update(writes_stopped=False)
    run = work_off(scene.run(scene.plan()), halo)
    assert run.totals == {"created": 2, "unchanged": 1}
    assert_each_once(halo, 3)


# ---- cancelled, and beside each other -------------------------------------------------------


def test_a_cancelled_run_stops_and_the_next_one_does_the_rest() -> None:
    def cancelling(payloads: list[Payload], execute: Any) -> WriteAnswer:
        cancel(Run.objects.get(plan=plan))
        return fine(payloads, execute)

    scene, halo = Scene(computers=4), FakeHalo()
    halo.faults = [cancelling]
    plan = scene.plan()
    run = work_off(scene.run(plan), halo)
    assert run.state == RunState.CANCELLED
    assert len(halo.assets) == 1
    again = work_off(scene.run(scene.plan()), halo)
    assert again.totals == {"created": 3, "unchanged": 1}
    assert_each_once(halo, 4)
    assert Intention.objects.filter(state=IntentionState.CANCELLED).count() == 3


def two_runs_at_once(scene: Scene, halo: FakeHalo) -> tuple[Run, Run]:
    """The second one runs while the first waits for the answer to its first write."""

    def other_run_meanwhile(payloads: list[Payload], execute: Any) -> WriteAnswer:
        work_off(second, halo)
        return fine(payloads, execute)

    first, second = scene.run(scene.plan()), scene.run(scene.plan())
    halo.faults = [other_run_meanwhile]
    return work_off(first, halo), second


def test_a_second_plan_of_the_same_computers_is_out_of_date_at_once() -> None:
    scene, halo = Scene(computers=3), FakeHalo()
    first, second = two_runs_at_once(scene, halo)
    assert_each_once(halo, 3)
    assert outcomes(first) == {Outcome.DONE: 3}
    assert (second.state, outcomes(second)) == (RunState.FAILED, {})
    assert "3 of 3 changes are out of date" in second.error


def test_what_another_run_is_sending_is_not_sent_beside_it() -> None:
    scene, halo = Scene(computers=3), FakeHalo()
    for computer in Computer.objects.all():
        scene.link(computer, None)
    first, second = two_runs_at_once(scene, halo)
    assert_each_once(halo, 3)
    assert outcomes(first) == {Outcome.DONE: 3}
    assert outcomes(second) == {Outcome.CHANGED_MEANWHILE: 3}
    told = set(Entry.objects.filter(run=second).values_list("reason", flat=True))
    assert told == {"Another run is working on it."}
