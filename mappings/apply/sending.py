"""One call with one or several objects, and what every answer has in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction

from integrations.choices import Answer, IntentionState
from integrations.models import Intention
from integrations.records import WriteAnswer
from integrations.runs.writing import begin, too_late
from integrations.sync.safety import BudgetExhausted, WritesStopped
from mappings.apply import settling
from mappings.apply.job import Job, Paused
from mappings.apply.settling import Batch

FORBIDDEN = 403


def begin_all(batch: Batch, still_wanted: Callable[[Batch], Batch] = list) -> list[Intention]:
    """Commit them as *sending*; those that are ours and still fresh enough to be called.

    `still_wanted` leaves out what is not to be sent any more; its locks hold until the others are committed.
    """
    with transaction.atomic():
        wanted = still_wanted(batch)
        began = begin(wanted) if wanted else []
    if began and too_late(began[0]):
        settling.put_back(began)
        return []
    return began


def post(job: Job, batch: Batch, payloads: list[dict[str, Any]]) -> WriteAnswer:
    """Send. Raises `Paused`, `BudgetExhausted` or `WritesStopped`; then nothing is left half done."""
    try:
        if len(payloads) == 1:
            answer = job.writer.send_asset(payloads[0])
        else:
            answer = job.writer.send_assets(payloads)
    except (BudgetExhausted, WritesStopped):
        settling.put_back(batch)
        raise
    if answer.outcome == Answer.PAUSE:
        if answer.safe_to_repeat:
            settling.put_back(batch)
        else:
            # A 503 does not prove that nothing was done. It uses up no attempt all the same.
            settling.uncertain(batch, answer.message, sent_with=len(batch), free_repeat=True)
        raise Paused(answer.message)
    return answer


def is_forbidden(answer: WriteAnswer) -> bool:
    return answer.outcome == Answer.REFUSED and answer.status in (FORBIDDEN, None)


def blames_one(answer: WriteAnswer) -> bool:
    """Halo refused the batch for something in it, with one message for all: to be halved at once."""
    return answer.outcome in (Answer.REFUSED, Answer.UNCERTAIN) and 400 <= (answer.status or 0) < 500


def batch_of(job: Job, rows: Batch, unproven: int) -> list[Intention]:
    """The next ones to go together: as many as the first one may go with, that may go with as many."""
    size = size_for(job, rows[0], unproven)
    if size == 1:
        return [rows[0]]
    return [row for row in rows if size_for(job, row, unproven) == size][:size]


def size_for(job: Job, intention: Intention, unproven: int) -> int:
    """`unproven`: objects of a batch while nobody knows whether the instance can do batches."""
    if not job.instance.batches_allowed:
        return 1
    if intention.kind == "create_asset" and intention.content.get("marker_field") is None:
        return 1
    proven = job.instance.batch_size or unproven
    at_most: int = intention.content.get("at_most", proven)
    return max(1, min(proven, at_most))


def planned(job: Job, kind: str, most: int) -> list[Intention]:
    return list(job.intentions(IntentionState.PLANNED).filter(kind=kind)[:most])
