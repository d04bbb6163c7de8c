"""Writing once: the life of an intention from *planned* to *done*, whatever crashes, times out or repeats.

An intention is committed as *sending* before its call. What its answer was is settled by conditional
update: a worker that comes back late finds the row in another state and changes nothing. An answer that
was lost is looked up by marker (two empty look-ups, 60 s apart, after 120 s of rest) before anything is
sent again, and after two repeats staff decide.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from integrations.choices import ConnectionState, IntentionState, WriteMode
from integrations.models import HaloCredential, Instance, Intention
from integrations.records import WriteAnswer
from integrations.runs.acts import again_if_broken_off
from integrations.runs.pauses import (
    BETWEEN_LOOK_UPS,
    LEASE,
    PAUSE_OF_INSTANCE,
    REST_BEFORE_LOOK_UP,
    WRITE_LIMIT,
    span,
)

FINISHED = (IntentionState.DONE, IntentionState.REFUSED, IntentionState.CANCELLED)
MOST_REPEATS = 2
LOOK_UPS = 2
STALE_START = 5.0
"""Seconds between storing *sending* and calling, after which the call is not made (a stopped process)."""


class Cancelled(Exception):
    """The sender found that there is nothing to write any more; the text says why."""


class Sender(Protocol):
    """What an `apply` module knows about its kinds of intention."""

    def payload(self, intention: Intention) -> dict[str, Any]:
        """Complete what is sent. Raises `Cancelled`. No network."""

    def send(self, intention: Intention, payload: dict[str, Any]) -> WriteAnswer: ...

    def look_up(self, intention: Intention) -> int | None:
        """Search Halo for the marker; its Halo id or None. Raises `NetError`, `BudgetExhausted`."""

    def done(self, intention: Intention) -> None:
        """Store what follows; called in the transaction that makes the intention *done*."""

    def refused(self, intention: Intention) -> None:
        """Store what follows from a refusal; same transaction. `intention.answer` has Halo's words."""


# ---- claiming -------------------------------------------------------------------------------


def due(instance: Instance, kinds: Sequence[str], *, refused: Q | None = None) -> Any:
    """Intentions that may be worked on now: nothing earlier in their lane is unfinished.

    `refused` are those which HaloPSA would forbid: they wait, but what was sent is still looked up.
    """
    now = timezone.now()
    earlier = Intention.objects.filter(lane=OuterRef("lane"), sequence__lt=OuterRef("sequence")).exclude(
        state__in=FINISHED
    )
    rested = Q(not_before__isnull=True) | Q(not_before__lte=now)
    planned = (
        Q(state=IntentionState.PLANNED)
        & rested
        & Q(
            halo_credential__enabled=True,
            halo_credential__write_mode=WriteMode.WRITE,
            halo_credential__held_since__isnull=True,
            instance__writes_stopped=False,
        )
    )
    if refused is not None:
        planned &= ~refused
    uncertain = Q(state=IntentionState.UNCERTAIN) & rested
    stale = Q(state=IntentionState.SENDING, sent_at__lt=now - span(WRITE_LIMIT + 30))
    return (
        Intention.objects.filter(planned | uncertain | stale, instance=instance, kind__in=kinds)
        .filter(~Exists(earlier))
        .order_by("id")
    )


def next_due_at(instance: Instance, kinds: Sequence[str]) -> datetime | None:
    """When the earliest resting intention may be looked at again; None if nothing rests."""
    now = timezone.now()
    resting = Intention.objects.filter(instance=instance, kind__in=kinds)
    times = [
        resting.filter(state__in=(IntentionState.UNCERTAIN, IntentionState.PLANNED), not_before__gt=now)
        .order_by("not_before")
        .values_list("not_before", flat=True)
        .first(),
    ]
    sent = (
        resting.filter(state=IntentionState.SENDING)
        .order_by("sent_at")
        .values_list("sent_at", flat=True)
        .first()
    )
    if sent:
        times.append(max(now, sent + span(WRITE_LIMIT + 30)))
    return min((at for at in times if at), default=None)


def begin(intentions: Sequence[Intention]) -> list[Intention]:
    """Commit planned intentions as *sending*; return those that are now ours to send."""
    token = secrets.token_hex(16)
    now = timezone.now()
    Intention.objects.filter(pk__in=[i.pk for i in intentions], state=IntentionState.PLANNED).update(
        state=IntentionState.SENDING,
        sent_at=now,
        claim_token=token,
        not_before=None,
        lookups=0,
        look_up_failing_since=None,
    )
    return list(
        Intention.objects.filter(claim_token=token)
        .select_related("halo_credential", "instance")
        .order_by("id")
    )


def too_late(intention: Intention) -> bool:
    """True if this process was held up between *sending* and the call: somebody may look it up already."""
    return intention.sent_at is None or timezone.now() - intention.sent_at > timedelta(seconds=STALE_START)


# ---- settling -------------------------------------------------------------------------------


def ours(intention: Intention) -> Any:
    return Intention.objects.filter(
        pk=intention.pk,
        claim_token=intention.claim_token,
        state__in=(IntentionState.SENDING, IntentionState.UNCERTAIN),
    )


@again_if_broken_off
def settle_done(intention: Intention, halo_id: int | None, sender: Sender) -> bool:
    """Make it *done* and store what follows, in one transaction. False if somebody else settled it."""
    with transaction.atomic():
        changed = ours(intention).update(
            state=IntentionState.DONE, halo_id=halo_id, finished_at=timezone.now(), not_before=None
        )
        if changed:
            intention.state, intention.halo_id = IntentionState.DONE, halo_id
            sender.done(intention)
    return bool(changed)


@again_if_broken_off
def settle_refused(intention: Intention, words: str, sender: Sender) -> bool:
    with transaction.atomic():
        changed = ours(intention).update(
            state=IntentionState.REFUSED, answer=words, finished_at=timezone.now(), not_before=None
        )
        if changed:
            intention.state, intention.answer = IntentionState.REFUSED, words
            sender.refused(intention)
    return bool(changed)


def settle_cancelled(intention: Intention, words: str) -> bool:
    return bool(
        Intention.objects.filter(pk=intention.pk, state=IntentionState.PLANNED).update(
            state=IntentionState.CANCELLED, answer=words, finished_at=timezone.now()
        )
    )


def settle_uncertain(intention: Intention, words: str, *, free_repeat: bool = False) -> None:
    """Nobody knows whether it was executed: rest, then look it up."""
    ours(intention).update(
        state=IntentionState.UNCERTAIN,
        answer=words,
        not_before=timezone.now() + span(REST_BEFORE_LOOK_UP),
        lookups=0,
        free_repeat=free_repeat,
    )


def put_back(intention: Intention, *, not_before: datetime | None = None, words: str = "") -> None:
    """It was certainly not executed: it uses up no attempt. `words` are what HaloPSA said to it."""
    said = {"answer": words} if words else {}
    ours(intention).filter(state=IntentionState.SENDING).update(
        state=IntentionState.PLANNED, sent_at=None, claim_token="", not_before=not_before, **said
    )


def leave_to_staff(intention: Intention, words: str) -> None:
    """Nothing automatic helps here; what is behind it in its lane waits, everything else goes on."""
    unfinished = Intention.objects.filter(pk=intention.pk).exclude(state__in=FINISHED)
    unfinished.update(state=IntentionState.STAFF, answer=words, not_before=None)


def rest_credential(credential: HaloCredential, reason: str) -> datetime:
    """Halo does not let this credential in: only its own writes rest, others of the instance go on."""
    until = timezone.now() + span(PAUSE_OF_INSTANCE)
    planned = Intention.objects.filter(halo_credential=credential, state=IntentionState.PLANNED)
    planned.update(not_before=until)
    rows = HaloCredential.objects.filter(pk=credential.pk)
    rows.filter(failing_since__isnull=True).update(failing_since=timezone.now())
    rows.update(state=ConnectionState.FAILED, state_reason=reason)
    return until


# ---- uncertain ------------------------------------------------------------------------------


def take_for_look_up(intention: Intention) -> Intention | None:
    """Claim an uncertain (or stale) intention for one look-up; None if somebody else has it or it rests."""
    now = timezone.now()
    if intention.state == IntentionState.SENDING and intention.sent_at:
        rest_over = intention.sent_at + span(REST_BEFORE_LOOK_UP)
        if rest_over > now:
            Intention.objects.filter(
                pk=intention.pk, state=IntentionState.SENDING, claim_token=intention.claim_token
            ).update(state=IntentionState.UNCERTAIN, not_before=rest_over, answer="The worker died.")
            return None
    token = secrets.token_hex(16)
    taken = Intention.objects.filter(
        pk=intention.pk,
        state=intention.state,
        claim_token=intention.claim_token,
        not_before=intention.not_before,
    ).update(state=IntentionState.UNCERTAIN, claim_token=token, not_before=now + span(LEASE))
    if not taken:
        return None
    intention.refresh_from_db()
    return intention


def settle_look_up(intention: Intention, found: int | None, sender: Sender) -> None:
    """Found: done. Not found: rest once more, allow a repeat, or leave it to staff."""
    if found is not None:
        settle_done(intention, found, sender)
        return
    empty = intention.lookups + 1
    changes: dict[str, Any]
    if empty < LOOK_UPS:
        changes = {"lookups": empty, "not_before": timezone.now() + span(BETWEEN_LOOK_UPS)}
    elif intention.attempts >= MOST_REPEATS and not intention.free_repeat:
        changes = {"state": IntentionState.STAFF, "lookups": empty, "not_before": None}
    else:
        changes = {
            "state": IntentionState.PLANNED,
            "attempts": intention.attempts + (0 if intention.free_repeat else 1),
            "free_repeat": False,
            "lookups": 0,
            "not_before": None,
            "sent_at": None,
            "claim_token": "",
        }
    ours(intention).update(**changes, look_up_failing_since=None)
