"""How runs fare and how long they wait, as `/metrics` tells it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from integrations.choices import Outcome, Purpose, RunKind, RunState
from integrations.models import BudgetPermit, Entry, Run
from integrations.runs.request import request_run
from tests.builders import make_credential
from tests.halobridge.test_health import scrape

pytestmark = pytest.mark.django_db


def ended(minutes_ago: float, seconds: float, state: str = RunState.SUCCEEDED, **more: Any) -> Run:
    end = timezone.now() - timedelta(minutes=minutes_ago)
    more.setdefault("started_at", end - timedelta(seconds=seconds))
    return Run.objects.create(kind="match", state=state, ended_at=end, **more)


def test_durations_calls_and_ends_are_those_of_the_last_hour() -> None:
    ended(5, 10, calls=3)
    ended(30, 50, calls=4)
    ended(61, 900, calls=100)
    ended(1, 0, RunState.CANCELLED, started_at=None)
    told = scrape()
    done = ("match", "succeeded")
    assert told["halobridge_runs"][done] == 3
    assert told["halobridge_runs_ended_last_hour"] == {done: 2, ("match", "cancelled"): 1}
    assert told["halobridge_run_seconds_last_hour"] == {done: 60, ("match", "cancelled"): 0}
    assert told["halobridge_run_seconds_longest_last_hour"][done] == 50
    assert told["halobridge_run_calls_last_hour"][done] == 7


def test_failures_are_results_of_runs_that_ended_within_the_hour() -> None:
    for run in (ended(5, 1), ended(61, 1)):
        for outcome in (Outcome.REFUSED, Outcome.REFUSED, Outcome.FAILED, Outcome.DONE):
            Entry.objects.create(run=run, action="create", outcome=outcome, subject="PC")
    assert scrape()["halobridge_failures_last_hour"] == {
        ("refused",): 2,
        ("failed",): 1,
        ("uncertain",): 0,
        ("changed_meanwhile",): 0,
    }


def test_calls_are_counted_by_instance_and_purpose() -> None:
    credential = make_credential()
    for minutes in (1, 59, 61):
        BudgetPermit.objects.create(
            instance=credential.instance,
            taken_at=timezone.now() - timedelta(minutes=minutes),
            purpose=int(Purpose.MIRROR),
        )
    label = (str(credential.instance_id), str(credential.instance))
    told = scrape()["halobridge_calls_last_hour"]
    assert told[*label, "mirror"] == 2
    assert told[*label, "tickets"] == 0


def test_the_age_of_a_queue_is_that_of_its_oldest_work_that_could_be_done() -> None:
    slow, delivery = (settings.Q_CLUSTER["name"],), (settings.DELIVERY_CLUSTER,)
    assert scrape()["halobridge_queue_oldest_seconds"] == {slow: 0, delivery: 0}
    request_run(RunKind.MATCH, delay=timedelta(hours=1))
    assert scrape()["halobridge_queue_oldest_seconds"][slow] == 0
    for kind, seconds in ((RunKind.MATCH, 90), (RunKind.MATCH, 30), (RunKind.ROUTE, 20)):
        run = request_run(kind)
        Run.objects.filter(pk=run.pk).update(requested_at=timezone.now() - timedelta(seconds=seconds))
    told = scrape()["halobridge_queue_oldest_seconds"]
    assert 90 <= told[slow] < 120
    assert 20 <= told[delivery] < 50


def test_a_rest_that_is_over_waits_since_its_end() -> None:
    run = request_run(RunKind.MATCH, delay=timedelta(hours=1))
    Run.objects.filter(pk=run.pk).update(state=RunState.RUNNING, started_at=timezone.now())
    run.steps.update(not_before=timezone.now() - timedelta(seconds=40))
    told = scrape()
    assert 40 <= told["halobridge_queue_oldest_seconds"][settings.Q_CLUSTER["name"],] < 70
    assert told["halobridge_run_oldest_running_seconds"]["match",] < 30
