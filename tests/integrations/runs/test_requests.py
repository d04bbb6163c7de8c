"""Asking for work: one queued run per slot, nothing asked for is forgotten."""

from __future__ import annotations

import pytest
from django_q.models import OrmQ

from integrations.choices import RunKind, RunState, StepState
from integrations.models import Run, Step
from integrations.runs.request import (
    cancel,
    request_delivery,
    request_halo_sync,
    request_halo_test,
    request_routing,
    request_run,
)
from tests.builders import make_credential, make_instance

pytestmark = pytest.mark.django_db


def test_a_request_stores_run_step_and_wake_up_together() -> None:
    run = request_run(RunKind.CANARY)
    assert run.state == RunState.QUEUED
    assert run.steps.get().name == "start"
    assert OrmQ.objects.count() == 1


def test_two_requests_for_one_slot_share_the_queued_run() -> None:
    assert request_routing() == request_routing()
    assert Run.objects.count() == 1
    assert OrmQ.objects.count() == 1


def test_a_request_while_one_runs_makes_it_go_round_again() -> None:
    run = request_routing()
    Run.objects.update(state=RunState.RUNNING)
    assert request_routing() == run
    run.refresh_from_db()
    assert run.dirty


def test_a_request_wakes_a_run_that_rests() -> None:
    from django.utils import timezone

    run = request_delivery(make_instance())
    Run.objects.update(state=RunState.RUNNING)
    Step.objects.update(state=StepState.QUEUED, not_before=timezone.now())
    OrmQ.objects.all().delete()
    request_delivery(run.instance)
    assert run.steps.get().not_before is None
    assert OrmQ.objects.count() == 1


def test_an_ended_run_leaves_its_slot() -> None:
    first = request_routing()
    Run.objects.update(state=RunState.SUCCEEDED)
    assert request_routing() != first


def test_each_instance_has_its_own_delivery() -> None:
    assert request_delivery(make_instance()) != request_delivery(make_instance())


def test_tickets_go_to_a_queue_of_their_own() -> None:
    request_delivery(make_instance())
    request_run(RunKind.CANARY)
    assert sorted(OrmQ.objects.values_list("key", flat=True)) == ["delivery", "halobridge"]


def test_a_queued_run_is_cancelled_at_once_and_a_running_one_at_its_next_step() -> None:
    queued, running, ended = (request_run(RunKind.CANARY) for _ in range(3))
    Run.objects.filter(pk=running.pk).update(state=RunState.RUNNING)
    Run.objects.filter(pk=ended.pk).update(state=RunState.FAILED)
    assert [cancel(run) for run in (queued, running, ended)] == [True, True, False]
    queued.refresh_from_db()
    running.refresh_from_db()
    assert queued.state == RunState.CANCELLED
    assert running.cancel_requested


def test_a_full_sync_is_not_lost_in_a_queued_one_that_reads_changes_only() -> None:
    credential = make_credential()
    queued = request_halo_sync(credential)
    assert request_halo_sync(credential, full=True) == queued
    request_halo_sync(credential)
    queued.refresh_from_db()
    assert queued.parameters["full"] is True
    assert Run.objects.count() == 1


def test_a_full_sync_is_not_lost_while_one_runs_that_reads_changes_only() -> None:
    credential = make_credential()
    running = request_halo_sync(credential)
    Run.objects.update(state=RunState.RUNNING)
    assert request_halo_sync(credential, full=True) == running
    request_halo_sync(credential)
    running.refresh_from_db()
    assert running.dirty
    assert running.parameters["full"] is True


def test_a_sync_that_is_to_follow_a_test_is_not_lost_in_a_queued_test_alone() -> None:
    credential = make_credential()
    queued = request_halo_test(credential)
    request_halo_test(credential, sync=True)
    queued.refresh_from_db()
    assert queued.parameters == {"sync": True}
