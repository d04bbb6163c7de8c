"""A run that only reads is ended when it has been at it for too long; what writes is not cut off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from halobridge.checks import run_limit_is_usable
from integrations.choices import RunKind, RunState
from integrations.models import Run, Step
from integrations.runs.request import request_run
from integrations.runs.steps import Again, Done, Result, Then, Work, work
from integrations.runs.time_limit import READING
from integrations.sync.safety import BudgetExhausted

pytestmark = pytest.mark.django_db
WRITING = (RunKind.DELIVER, RunKind.APPLY_ASSETS)


def age(run: Run, hours: float) -> None:
    Run.objects.filter(pk=run.pk).update(started_at=timezone.now() - timedelta(hours=hours))


def worked(run: Run, start: Any) -> Run:
    Step.objects.filter(run=run).update(not_before=None)
    work(run.pk, {run.kind: {"start": start, "next": start}})
    run.refresh_from_db()
    return run


def resting(doing: Work) -> Result:
    raise BudgetExhausted(60)


def begun(kind: str, hours: float, **more: Any) -> Run:
    """A run that has rested once and is so old."""
    run = worked(request_run(kind, **more), resting)
    assert run.state == RunState.RUNNING
    age(run, hours)
    return run


@pytest.mark.parametrize("kind", sorted(READING))
def test_a_run_that_reads_is_ended_when_its_next_step_is_claimed(kind: str) -> None:
    called: list[int] = []

    def reading(doing: Work) -> Result:
        called.append(1)
        return Again()

    run = worked(begun(kind, 6.01), reading)
    assert (run.state, called) == (RunState.FAILED, [])
    assert run.ended_at
    assert run.error.startswith("It was ended after 6 hours, the total limit of a run.")


@pytest.mark.parametrize("handed_back", [Again(), Then("next")], ids=["again", "then"])
def test_it_is_ended_when_a_step_hands_back_too_late(handed_back: Result) -> None:
    def slow(doing: Work) -> Result:
        age(doing.run, 7)
        doing.run.refresh_from_db()
        return handed_back

    run = worked(request_run(RunKind.SYNC_HALO), slow)
    assert (run.state, Step.objects.filter(run=run).count()) == (RunState.FAILED, 1)


def test_what_is_done_in_its_last_step_is_done() -> None:
    def slow(doing: Work) -> Result:
        age(doing.run, 7)
        doing.run.refresh_from_db()
        return Done()

    assert worked(request_run(RunKind.SYNC_HALO), slow).state == RunState.SUCCEEDED


def test_before_the_limit_it_goes_on() -> None:
    assert worked(begun(RunKind.SYNC_HALO, 5.9), lambda _: Done()).state == RunState.SUCCEEDED


@pytest.mark.parametrize("kind", WRITING)
def test_deliveries_and_exports_are_never_cut_off(kind: str) -> None:
    assert worked(begun(kind, 100), lambda _: Done()).state == RunState.SUCCEEDED


def test_the_limit_is_a_setting(settings: Any) -> None:
    settings.HALOBRIDGE_RUN_HOURS = 0.5
    run = worked(begun(RunKind.SYNC_HALO, 0.6), lambda _: Done())
    assert run.error.startswith("It was ended after 0.5 hours")


def test_what_was_asked_for_meanwhile_gets_a_run_of_its_own() -> None:
    run = begun(RunKind.SYNC_HALO, 7, slot="sync")
    assert request_run(RunKind.SYNC_HALO, slot="sync") == run
    assert worked(run, lambda _: Done()).state == RunState.FAILED
    following = Run.objects.exclude(pk=run.pk).get()
    assert (following.kind, following.state) == (RunKind.SYNC_HALO, RunState.QUEUED)


@pytest.mark.parametrize(("hours", "problems"), [(6.0, 0), (0.0, 1), (-1.0, 1)])
def test_a_limit_that_ends_everything_at_once_is_said_at_start(
    hours: float, problems: int, settings: Any
) -> None:
    settings.HALOBRIDGE_RUN_HOURS = hours
    assert len(run_limit_is_usable()) == problems
