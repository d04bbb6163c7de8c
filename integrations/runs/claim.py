"""Claiming a step by conditional update, renewing the lease, giving it back."""

from __future__ import annotations

import os
import secrets
import socket
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from integrations.choices import RunState, StepState
from integrations.models import Heartbeat, Run, Step
from integrations.runs.pauses import LEASE, span

MOST_CLAIMS = 5
"""Claims of one step without progress after which its run fails: worker died."""


class LeaseLost(Exception):
    """Somebody else has the step by now; whatever this worker still holds must not be written."""


def stamp(cluster: str) -> None:
    """Say that this host's cluster does real work (read by the watcher and `/readyz`)."""
    Heartbeat.objects.update_or_create(
        host=socket.gethostname(), cluster=cluster, defaults={"stamped_at": timezone.now()}
    )


def _claimable(now: datetime) -> Q:
    free = Q(state=StepState.QUEUED) | Q(state=StepState.LEASED, lease_until__lt=now)
    return free & (Q(not_before__isnull=True) | Q(not_before__lte=now))


def claim(run_id: int) -> Step | None:
    """Take the run's next step, or None if there is none to take (ended, resting, or in other hands)."""
    now = timezone.now()
    step = Step.objects.filter(_claimable(now), run_id=run_id).order_by("id").first()
    if step is None:
        return None
    token = secrets.token_hex(16)
    with transaction.atomic():
        taken = Step.objects.filter(_claimable(now), pk=step.pk, lease_token=step.lease_token).update(
            state=StepState.LEASED,
            lease_token=token,
            lease_until=now + span(LEASE),
            claims=F("claims") + 1,
            worker=f"{socket.gethostname()}:{os.getpid()}",
        )
        if not taken or not _start(run_id, now):
            transaction.set_rollback(True)
            return None
    step.refresh_from_db()
    return step


def _start(run_id: int, now: datetime) -> bool:
    """Move a queued run to running; False if the run has ended meanwhile."""
    if Run.objects.filter(pk=run_id, state=RunState.QUEUED).update(state=RunState.RUNNING, started_at=now):
        return True
    return Run.objects.filter(pk=run_id, state=RunState.RUNNING).exists()


def renew(step: Step) -> None:
    """Extend the lease. Raises `LeaseLost` if another worker has taken the step over."""
    held = Step.objects.filter(pk=step.pk, lease_token=step.lease_token, state=StepState.LEASED)
    if not held.update(lease_until=timezone.now() + span(LEASE)):
        raise LeaseLost(f"Step {step.pk} is in other hands.")


def give_back(step: Step, *, cursor: dict[str, Any], not_before: datetime | None, progressed: bool) -> None:
    """Put the step back with its new cursor; progress resets the count of claims."""
    changes: dict[str, Any] = {
        "state": StepState.QUEUED,
        "cursor": cursor,
        "not_before": not_before,
        "lease_until": None,
    }
    if progressed:
        changes["claims"] = 0
    if not Step.objects.filter(pk=step.pk, lease_token=step.lease_token, state=StepState.LEASED).update(
        **changes
    ):
        raise LeaseLost(f"Step {step.pk} is in other hands.")


def finish(step: Step, *, then: tuple[str, dict[str, Any]] | None) -> None:
    """End the step; `then` names the step that follows."""
    with transaction.atomic():
        if not Step.objects.filter(pk=step.pk, lease_token=step.lease_token, state=StepState.LEASED).update(
            state=StepState.DONE, lease_until=None
        ):
            raise LeaseLost(f"Step {step.pk} is in other hands.")
        if then:
            Step.objects.create(run_id=step.run_id, name=then[0], cursor=then[1])
