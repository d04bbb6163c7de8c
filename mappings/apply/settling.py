"""What an answer means for many intentions at once. Each function changes only what is still ours.

The life of an intention is that of `integrations.runs.writing`; here it is lived by the batch, in a fixed
number of statements. The entry [result] is stored in the same transaction, so there is exactly one.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from integrations.choices import IntentionState, Outcome
from integrations.models import Entry, Intention
from integrations.runs.pauses import BETWEEN_LOOK_UPS, LEASE, REST_BEFORE_LOOK_UP, span
from integrations.runs.writing import LOOK_UPS, MOST_REPEATS
from mappings.apply.job import Job, stale_after

Batch = Sequence[Intention]
IN_FLIGHT = (IntentionState.SENDING, IntentionState.UNCERTAIN)


@dataclass(frozen=True, slots=True)
class Held:
    """An asset as Halo holds it. `fields` (id as text → value) is None where the answer did not tell, `tag`
    is empty."""

    halo_id: int
    fields: dict[str, str] | None = None
    tag: str = ""


Follow = Callable[[Job, Sequence[tuple[Intention, Held]]], dict[int, str]]
"""Stores what follows from *done*, in its transaction; returns remarks for the entries, by intention."""


@contextmanager
def _ours(batch: Batch, *states: str) -> Iterator[list[Intention]]:
    """The part of the batch that nobody else has touched since, locked until the block ends."""
    with transaction.atomic():
        rows = Intention.objects.select_for_update().filter(
            pk__in=[intention.pk for intention in batch], state__in=states
        )
        tokens = dict(rows.values_list("pk", "claim_token"))
        yield [intention for intention in batch if tokens.get(intention.pk) == intention.claim_token]


def entry(
    job: Job, intention: Intention, outcome: str, reason: str = "", halo_id: int | None = None
) -> Entry:
    content = intention.content
    return Entry(
        run=job.run,
        action=content["action"],
        outcome=outcome,
        subject=content["subject"][:300],
        subject_kind=content.get("subject_kind", "computer_mapping"),
        subject_id=intention.subject_id,
        reason=reason,
        before=content["before"],
        after=content["after"] | ({"halo_id": halo_id} if halo_id is not None else {}),
    )


# ---- settled --------------------------------------------------------------------------------


def done(
    job: Job,
    pairs: Sequence[tuple[Intention, Held]],
    follow: Follow,
    reason: str = "",
    *,
    unsent: bool = False,
) -> None:
    """These are in Halo. `unsent`: they were found to be so before anything was sent."""
    states = (IntentionState.PLANNED,) if unsent else IN_FLIGHT
    with _ours([intention for intention, _ in pairs], *states) as ours:
        kept = [(intention, held) for intention, held in pairs if intention in ours]
        now = timezone.now()
        for intention, held in kept:
            intention.state, intention.halo_id = IntentionState.DONE, held.halo_id
            intention.finished_at, intention.not_before, intention.answer = now, None, reason
        _store([intention for intention, _ in kept], "halo_id", "finished_at", "not_before", "answer")
        remarks = follow(job, kept) if kept else {}
        Entry.objects.bulk_create(
            entry(
                job,
                intention,
                Outcome.DONE,
                " ".join(filter(None, (reason, remarks.get(intention.pk)))),
                held.halo_id,
            )
            for intention, held in kept
        )


def refused(job: Job, batch: Batch, words: str) -> None:
    """Halo said no, in its own words."""
    with _ours(batch, *IN_FLIGHT) as ours:
        _finish(ours, IntentionState.REFUSED, words)
        Entry.objects.bulk_create(entry(job, intention, Outcome.REFUSED, words) for intention in ours)


def dropped(job: Job, batch: Batch, outcome: str, words: str) -> None:
    """Planned, but not to be sent any more."""
    with _ours(batch, IntentionState.PLANNED) as ours:
        _finish(ours, IntentionState.CANCELLED, words)
        Entry.objects.bulk_create(entry(job, intention, outcome, words) for intention in ours)


def _finish(batch: Batch, state: str, words: str) -> None:
    now = timezone.now()
    for intention in batch:
        intention.state, intention.answer = state, words
        intention.finished_at, intention.not_before = now, None
    _store(batch, "answer", "finished_at", "not_before")


def _store(batch: Batch, *fields: str) -> None:
    Intention.objects.bulk_update(batch, ["state", *fields])


# ---- not settled ----------------------------------------------------------------------------


def put_back(batch: Batch) -> None:
    """Certainly not executed: as if nothing had been tried."""
    with _ours(batch, IntentionState.SENDING) as ours:
        for intention in ours:
            intention.state, intention.sent_at, intention.claim_token = IntentionState.PLANNED, None, ""
        _store(ours, "sent_at", "claim_token")


def split(batch: Batch, words: str, *, sent_with: int) -> None:
    """Certainly absent from Halo: send again, in batches of half the size."""
    with _ours(batch, *IN_FLIGHT) as ours:
        for intention in ours:
            _plan_again(intention, words)
            intention.content["at_most"] = max(1, sent_with // 2)
        _store(ours, "sent_at", "claim_token", "not_before", "lookups", "answer", "content")


def _plan_again(intention: Intention, words: str) -> None:
    intention.state, intention.sent_at, intention.claim_token = IntentionState.PLANNED, None, ""
    # Words on a planned intention say that it has been out before.
    intention.not_before, intention.lookups, intention.answer = None, 0, words or "Sent before."


def uncertain(batch: Batch, words: str, *, sent_with: int, free_repeat: bool = False) -> None:
    """Nobody knows: rest, then look up. What was one of several is halved, which uses up no attempt."""
    with _ours(batch, *IN_FLIGHT) as ours:
        for intention in ours:
            intention.state, intention.answer, intention.lookups = IntentionState.UNCERTAIN, words, 0
            intention.not_before = timezone.now() + span(REST_BEFORE_LOOK_UP)
            intention.free_repeat = free_repeat or sent_with > 1
            if sent_with > 1 and not free_repeat:
                intention.content["at_most"] = max(1, sent_with // 2)
        _store(ours, "answer", "lookups", "not_before", "free_repeat", "content")


# ---- looked up ------------------------------------------------------------------------------


def take_for_look_up(job: Job, kind: str, most: int) -> list[Intention]:
    """Claim what has rested long enough, and what a dead worker left behind."""
    now = timezone.now()
    job.intentions(IntentionState.SENDING).filter(kind=kind, sent_at__lt=now - stale_after()).update(
        # It has rested for the time of a write already.
        state=IntentionState.UNCERTAIN,
        not_before=now + span(REST_BEFORE_LOOK_UP) - stale_after(),
        answer="The worker died.",
    )
    rested = job.intentions(IntentionState.UNCERTAIN).filter(
        Q(not_before__isnull=True) | Q(not_before__lte=now), kind=kind
    )
    token = secrets.token_hex(16)
    numbers = list(rested.values_list("pk", flat=True)[:most])
    rested.order_by().filter(pk__in=numbers).update(claim_token=token, not_before=now + span(LEASE))
    return list(job.intentions(IntentionState.UNCERTAIN).filter(pk__in=numbers, claim_token=token))


def release(batch: Batch, until: datetime) -> None:
    """The look-up itself failed: it says nothing."""
    with _ours(batch, IntentionState.UNCERTAIN) as ours:
        for intention in ours:
            intention.not_before = until
        _store(ours, "not_before")


def absent(job: Job, batch: Batch, *, look_ups: int = LOOK_UPS) -> None:
    """Not found: rest once more, allow a repeat, or leave it to staff."""
    with _ours(batch, IntentionState.UNCERTAIN) as ours:
        for intention in ours:
            _after_empty_look_up(intention, look_ups)
        _store(ours, "lookups", "not_before", "attempts", "sent_at", "claim_token", "answer", "free_repeat")
        given_up = [intention for intention in ours if intention.state == IntentionState.STAFF]
        words = "No readable answer after several tries; staff have to look into HaloPSA."
        Entry.objects.bulk_create(entry(job, intention, Outcome.UNCERTAIN, words) for intention in given_up)


def _after_empty_look_up(intention: Intention, look_ups: int) -> None:
    empty = intention.lookups + 1
    if empty < look_ups:
        intention.lookups, intention.not_before = empty, timezone.now() + span(BETWEEN_LOOK_UPS)
        return
    if intention.attempts >= MOST_REPEATS and not intention.free_repeat:
        intention.state, intention.lookups, intention.not_before = IntentionState.STAFF, empty, None
        return
    intention.attempts += 0 if intention.free_repeat else 1
    intention.free_repeat = False
    _plan_again(intention, intention.answer)
