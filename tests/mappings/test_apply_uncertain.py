from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from integrations.choices import Answer, IntentionState, Outcome, RunState
from integrations.models import Entry, Instance, Intention, Run
from integrations.net.errors import Forbidden, LostAnswer
from integrations.records import WriteAnswer
from integrations.sync.safety import BudgetExhausted
from mappings.models import ComputerMapping
from tests.mappings.builders import NAME, WORKSTATION, Scene, make_asset
from tests.mappings.fake_halo import (
    FakeHalo,
    Killed,
    Payload,
    half_done,
    lost_answer,
    never_arrived,
    unavailable_but_done,
    unreachable,
    work_off,
)
from tests.mappings.test_apply_creates import assert_each_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_short_rests")]


def proven(scene: Scene) -> Scene:
    Instance.objects.update(batch_size=100)
    return scene


# ---- batches --------------------------------------------------------------------------------


def test_a_batch_whose_answer_was_lost_is_found_by_one_list_read() -> None:
    scene, halo = proven(Scene(computers=40, marker=True)), FakeHalo()
    halo.faults = [lost_answer]
    run = work_off(scene.run(scene.plan()), halo)
    assert run.state == RunState.SUCCEEDED
    assert halo.calls == ["write 40", "page"]
    assert_each_once(halo, 40)
    assert set(Entry.objects.values_list("reason", flat=True)) == {
        "Its answer was lost; found again in HaloPSA."
    }


def test_of_a_batch_that_was_half_executed_only_the_other_half_is_sent_again() -> None:
    scene, halo = proven(Scene(computers=40, marker=True)), FakeHalo()
    halo.faults = [half_done]
    run = work_off(scene.run(scene.plan()), halo)
    assert run.totals == {"created": 40}
    assert halo.calls == ["write 40", "page", "page", "write 20"]
    assert_each_once(halo, 40)


def test_a_batch_that_never_arrived_is_sent_again_in_halves() -> None:
    scene, halo = proven(Scene(computers=40, marker=True)), FakeHalo()
    halo.faults = [never_arrived]
    work_off(scene.run(scene.plan()), halo)
    assert halo.calls == ["write 40", "page", "page", "write 20", "write 20"]
    assert_each_once(halo, 40)


def test_an_object_on_which_halo_always_fails_waits_for_staff_and_the_others_are_done() -> None:
    def fails(payloads: list[Payload], execute: Any) -> WriteAnswer:
        halo.faults.append(fails)
        if any(payload["inventory_number"] == "ALD-PC00005" for payload in payloads):
            return never_arrived(payloads, execute)
        return halo.answer(payloads)

    scene, halo = proven(Scene(computers=16, marker=True)), FakeHalo()
    halo.faults = [fails]
    run = work_off(scene.run(scene.plan()), halo)
    assert run.state == RunState.PARTIAL
    assert run.totals == {"created": 15, "uncertain": 1}
    assert_each_once(halo, 15)
    left = Intention.objects.get(state=IntentionState.STAFF)
    assert left.content["subject"].startswith("ALD-PC00005")
    assert left.attempts == 2
    assert "staff have to look" in Entry.objects.get(outcome=Outcome.UNCERTAIN).reason
    skipped = scene.plan().changes.get()
    assert "staff have to look" in skipped.reason


# ---- single objects -------------------------------------------------------------------------


def test_a_single_create_without_a_reference_is_found_by_its_tag() -> None:
    scene, halo = Scene(computers=2), FakeHalo()
    halo.faults = [lost_answer]
    run = work_off(scene.run(scene.plan()), halo)
    assert run.totals == {"created": 2}
    assert sorted(halo.calls) == ["tag", "write 1", "write 1"]
    assert_each_once(halo, 2)


def test_somebody_elses_asset_with_that_tag_is_not_taken_for_ours() -> None:
    scene, halo = Scene(computers=1), FakeHalo()
    halo.assets[77] = {
        "client_id": scene.client.halo_id,
        "assettype_id": WORKSTATION,
        "inventory_number": "ALD-PC00000",
        "fields": {str(NAME): "ALD-PC00000", "2": "another serial number"},
        "inactive": False,
        "updated": timezone.now(),
    }
    halo.faults = [never_arrived]
    work_off(scene.run(scene.plan()), halo)
    assert len(halo.writes()) == 2
    asset = ComputerMapping.objects.get().halo_asset
    assert asset is not None
    assert asset.halo_id != 77


def test_it_is_sent_three_times_at_most() -> None:
    scene, halo = Scene(computers=1), FakeHalo()
    halo.faults = [never_arrived] * 9
    run = work_off(scene.run(scene.plan()), halo)
    assert halo.calls == ["write 1", "tag", "tag"] * 3
    assert run.state == RunState.PARTIAL
    assert Intention.objects.get().state == IntentionState.STAFF


# ---- pauses ---------------------------------------------------------------------------------


def test_an_unreachable_instance_rests_and_uses_up_no_attempt() -> None:
    scene, halo = Scene(computers=2), FakeHalo()
    halo.faults = [unreachable] * 5
    run = work_off(scene.run(scene.plan()), halo)
    assert run.totals == {"created": 2}
    assert halo.calls.count("probe") == 5
    assert_each_once(halo, 2)
    assert not Intention.objects.filter(attempts__gt=0).exists()
    assert Instance.objects.get().paused_until is None


def test_a_503_that_was_executed_all_the_same_makes_no_double() -> None:
    scene, halo = proven(Scene(computers=5, marker=True)), FakeHalo()
    halo.faults = [unavailable_but_done]
    work_off(scene.run(scene.plan()), halo)
    assert halo.writes() == ["write 5"]
    assert_each_once(halo, 5)


def test_a_look_up_that_fails_says_nothing() -> None:
    scene, halo = Scene(computers=1), FakeHalo()
    halo.faults = [lost_answer]
    halo.read_faults = [LostAnswer("The answer was lost.")]
    run = work_off(scene.run(scene.plan()), halo)
    assert run.totals == {"created": 1}
    assert_each_once(halo, 1)
    assert Intention.objects.get().lookups == 0


def test_a_read_that_always_fails_ends_the_run_with_its_sentence() -> None:
    scene, halo = Scene(computers=1), FakeHalo()
    halo.faults = [lost_answer]
    halo.read_faults = [LostAnswer("The answer was lost.") for _ in range(20)]
    run = work_off(scene.run(scene.plan()), halo)
    assert (run.state, run.error) == (RunState.FAILED, "The answer was lost.")
    assert halo.calls.count("tag") == 6


def test_a_read_that_is_forbidden_ends_the_run_with_its_sentence() -> None:
    scene, halo = Scene(computers=1), FakeHalo()
    halo.faults = [lost_answer]
    halo.read_faults = [Forbidden("The application may not read assets.", status=403)]
    run = work_off(scene.run(scene.plan()), halo)
    assert (run.state, run.error) == (RunState.FAILED, "The application may not read assets.")
    assert Intention.objects.get().state == IntentionState.UNCERTAIN


def test_the_next_run_settles_what_that_one_left_open() -> None:
    scene, halo = Scene(computers=2), FakeHalo()
    halo.faults = [lost_answer]
    halo.read_faults = [Forbidden("The application may not read assets.", status=403)]
    work_off(scene.run(scene.plan()), halo)
    run = work_off(scene.run(scene.plan()), halo)
    assert run.totals["created"] == 2 - len(Entry.objects.exclude(run=run).filter(outcome=Outcome.DONE))
    assert_each_once(halo, 2)


def test_a_create_that_was_left_open_is_given_up_when_staff_linked_the_computer() -> None:
    scene, halo = Scene(), FakeHalo()
    computer = scene.computer("A", serial_number="5CG1")
    halo.faults = [never_arrived]
    halo.read_faults = [Forbidden("The application may not read assets.", status=403)]
    work_off(scene.run(scene.plan()), halo)
    asset = make_asset(scene.client, {NAME: "A"})
    computer.mappings.update(halo_asset=asset)
    halo.adopt_mirror()
    run = work_off(scene.run(scene.plan()), halo)
    assert run.totals == {"changed_meanwhile": 1}
    assert work_off(scene.run(scene.plan()), halo).totals == {"updated": 1}
    assert set(halo.assets) == {asset.halo_id}


def test_a_used_up_api_limit_makes_it_rest() -> None:
    def full(payloads: list[Payload], execute: Any) -> WriteAnswer:
        raise BudgetExhausted(0.01)

    scene, halo = proven(Scene(computers=3, marker=True)), FakeHalo()
    halo.faults = [full, full]
    run = work_off(scene.run(scene.plan()), halo)
    assert run.totals == {"created": 3}
    assert halo.calls == ["write 3"] * 3
    assert_each_once(halo, 3)


# ---- dying ----------------------------------------------------------------------------------


class DyingAt:
    """Kills the worker at its n-th statement, once. Counts on without killing for n = 0."""

    def __init__(self, statement: int) -> None:
        self.statement = statement
        self.seen = 0

    def __call__(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.split()[0] in {"SELECT", "INSERT", "UPDATE", "DELETE"}:
            self.seen += 1
            if self.seen == self.statement:
                raise Killed
        return execute(sql, *rest)


def export_dying_at(statement: int) -> tuple[Run, FakeHalo, int]:
    scene, halo = Scene(computers=3, marker=True), FakeHalo()
    run = scene.run(scene.plan())
    dying = DyingAt(statement)
    with connection.execute_wrapper(dying), contextlib.suppress(Killed):
        work_off(run, halo)
    return work_off(run, halo), halo, dying.seen


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the dead close no cursor
@pytest.mark.parametrize("stride", [7, pytest.param(1, marks=pytest.mark.long)])
def test_it_may_die_at_any_statement_and_makes_each_asset_once(stride: int) -> None:
    _, _, statements = export_dying_at(0)
    assert statements > 50
    for statement in range(1, statements + 1, stride):
        ComputerMapping.objects.all().delete()
        run, halo, _ = export_dying_at(statement)
        told = list(Entry.objects.filter(run=run).values_list("outcome", flat=True))
        assert told == [Outcome.DONE] * 3, f"died at statement {statement}"
        assert run.state == RunState.SUCCEEDED
        assert run.totals == {"created": 3}
        assert_each_once(halo, 3)


@pytest.mark.parametrize("executed", [True, False])
def test_a_worker_that_dies_in_the_call_leaves_a_question_and_no_double(executed: bool) -> None:
    def dies(payloads: list[Payload], execute: Any) -> WriteAnswer:
        if executed:
            execute(payloads)
        raise Killed

    scene, halo = proven(Scene(computers=3, marker=True)), FakeHalo()
    halo.faults = [dies]
    run = scene.run(scene.plan())
    with pytest.raises(Killed):
        work_off(run, halo)
    assert set(Intention.objects.values_list("state", flat=True)) == {IntentionState.SENDING}
    run = work_off(run, halo)
    assert run.totals == {"created": 3}
    assert len(halo.writes()) == (1 if executed else 2)
    assert_each_once(halo, 3)


def test_an_answer_that_comes_too_late_changes_nothing() -> None:
    """Another worker has looked it up meanwhile: the late one finds the row in other hands."""

    def taken_over(payloads: list[Payload], execute: Any) -> WriteAnswer:
        execute(payloads)
        Intention.objects.update(
            state=IntentionState.UNCERTAIN, claim_token="another worker", not_before=None
        )
        return WriteAnswer(Answer.REFUSED, message="late")

    scene, halo = Scene(computers=1), FakeHalo()
    halo.faults = [taken_over]
    run = work_off(scene.run(scene.plan()), halo)
    assert run.totals == {"created": 1}
    assert_each_once(halo, 1)
