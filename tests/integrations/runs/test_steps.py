"""Working a run off: claims, leases, rests, failures, going round again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from integrations.choices import Action, Outcome, RunKind, RunState, StepState
from integrations.models import Entry, Run, Step
from integrations.net.errors import Forbidden
from integrations.runs.claim import MOST_CLAIMS, LeaseLost, claim, finish, give_back, renew
from integrations.runs.reaper import reap
from integrations.runs.request import request_halo_sync, request_routing, request_run
from integrations.runs.steps import Again, Done, Result, Then, Work, work
from integrations.sync.safety import BudgetExhausted
from tests.builders import make_credential

pytestmark = pytest.mark.django_db
KIND = RunKind.CANARY


def make_run() -> Run:
    return request_run(KIND)


def worked(run: Run, **steps: object) -> Run:
    work(run.pk, {KIND: steps, RunKind.ROUTE: steps})  # type: ignore[dict-item]
    run.refresh_from_db()
    return run


def test_it_works_step_after_step_until_done() -> None:
    seen: list[object] = []

    def start(doing: Work) -> Result:
        seen.append(doing.cursor)
        return Then("next", {"page": 1})

    def following(doing: Work) -> Result:
        seen.append(doing.cursor)
        return Again({"page": 2}) if doing.cursor["page"] == 1 else Done()

    run = worked(make_run(), start=start, next=following)
    assert seen == [{}, {"page": 1}, {"page": 2}]
    assert run.state == RunState.SUCCEEDED
    assert run.ended_at


def test_a_claimed_step_is_not_claimed_again() -> None:
    run = make_run()
    assert claim(run.pk)
    assert claim(run.pk) is None


def test_an_expired_lease_goes_to_the_next_worker_and_the_old_one_can_no_longer_write() -> None:
    run = make_run()
    first = claim(run.pk)
    assert first
    Step.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    second = claim(run.pk)
    assert second
    assert second.lease_token != first.lease_token
    with pytest.raises(LeaseLost):
        renew(first)
    with pytest.raises(LeaseLost):
        finish(first, then=None)
    with pytest.raises(LeaseLost):
        give_back(first, cursor={}, not_before=None, progressed=True)
    renew(second)


def test_a_step_that_kills_its_worker_every_time_fails_the_run() -> None:
    run = make_run()
    for _ in range(MOST_CLAIMS):
        assert claim(run.pk)
        Step.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    run = worked(run, start=lambda _: Done())
    assert run.state == RunState.FAILED
    assert "worker died" in run.error


def test_progress_resets_the_count_of_claims() -> None:
    run = make_run()
    step = claim(run.pk)
    assert step
    give_back(step, cursor={"page": 2}, not_before=None, progressed=True)
    assert Step.objects.get().claims == 0


def test_a_used_up_budget_makes_the_step_rest_and_the_reaper_wakes_it() -> None:
    def start(_: Work) -> Result:
        raise BudgetExhausted(30)

    run = worked(make_run(), start=start)
    assert run.state == RunState.RUNNING
    step = run.steps.get()
    assert step.not_before
    assert step.not_before > timezone.now() + timedelta(seconds=20)
    assert reap() == 0
    Step.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    Run.objects.update(woken_at=timezone.now() - timedelta(seconds=60))
    assert reap() == 1
    assert reap() == 0


def test_a_network_error_fails_the_run_with_its_sentence() -> None:
    def start(_: Work) -> Result:
        raise Forbidden("HaloPSA refuses to list assets.", status=403)

    run = worked(make_run(), start=start)
    assert (run.state, run.error) == (RunState.FAILED, "HaloPSA refuses to list assets.")


def test_an_unexpected_error_fails_the_run_without_telling_its_insides(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def start(_: Work) -> Result:
        raise ValueError("client_secret=abc")

    run = worked(make_run(), start=start)
    assert run.state == RunState.FAILED
    assert "abc" not in run.error


def test_a_step_that_the_database_broke_off_is_done_again_and_not_for_ever() -> None:
    tries: list[int] = []

    def start(_: Work) -> Result:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("deadlock detected")
        return Done()

    run = make_run()
    for _ in range(4):
        worked(run, start=start)
        Step.objects.update(not_before=None)
    run.refresh_from_db()
    assert (run.state, len(tries)) == (RunState.SUCCEEDED, 3)

    def always(_: Work) -> Result:
        raise OperationalError("deadlock detected")

    stuck = make_run()
    for _ in range(MOST_CLAIMS + 1):
        worked(stuck, start=always)
        Step.objects.update(not_before=None)
    stuck.refresh_from_db()
    assert stuck.state == RunState.FAILED


def test_entries_of_a_bad_outcome_make_the_run_partial() -> None:
    def start(doing: Work) -> Result:
        doing.entry(Action.CREATE, Outcome.REFUSED, "PC-1", reason="Asset tag must be unique")
        doing.entry(Action.CREATE, Outcome.DONE, "PC-2")
        doing.count(created=1, refused=1)
        return Done()

    run = worked(make_run(), start=start)
    assert run.state == RunState.PARTIAL
    assert run.totals == {"created": 1, "refused": 1}
    assert Entry.objects.count() == 2


def test_a_request_during_the_last_step_is_served_by_another_round() -> None:
    rounds: list[int] = []

    def start(_: Work) -> Result:
        rounds.append(1)
        if len(rounds) == 1:
            request_routing()
        return Done()

    run = worked(request_routing(), start=start)
    assert len(rounds) == 2
    assert run.state == RunState.SUCCEEDED
    assert not run.dirty
    assert Run.objects.count() == 1


def test_a_request_during_a_failing_run_gets_a_run_of_its_own() -> None:
    def start(_: Work) -> Result:
        request_routing()
        return Done(RunState.FAILED, "No.")

    run = worked(request_routing(), start=start)
    assert run.state == RunState.FAILED
    assert Run.objects.filter(state=RunState.QUEUED, slot="route").count() == 1


def test_a_cancelled_run_stops_at_its_next_step() -> None:
    def start(doing: Work) -> Result:
        Run.objects.update(cancel_requested=True)
        return Then("next")

    run = worked(make_run(), start=start, next=lambda _: pytest.fail("went on"))
    assert run.state == RunState.CANCELLED


def test_a_wake_up_for_an_ended_run_does_nothing() -> None:
    run = worked(make_run(), start=lambda _: Done())
    ended = run.ended_at
    assert worked(run, start=lambda _: pytest.fail("ran again")).ended_at == ended


def test_the_reaper_wakes_what_a_dead_worker_held() -> None:
    run = make_run()
    claim(run.pk)
    assert reap() == 0
    Step.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    Run.objects.update(woken_at=timezone.now() - timedelta(seconds=120))
    assert reap() == 1
    assert Step.objects.get().state == StepState.LEASED


def test_a_full_sync_that_is_asked_for_while_another_fails_follows_as_a_full_one() -> None:
    credential = make_credential()
    run = request_halo_sync(credential)

    def failing(doing: Work) -> Result:
        request_halo_sync(credential, full=True)
        return Done(RunState.FAILED, "It is down.")

    work(run.pk, {RunKind.SYNC_HALO: {"start": failing}})
    followed = Run.objects.exclude(pk=run.pk).get()
    assert (followed.state, followed.parameters["full"]) == (RunState.QUEUED, True)
