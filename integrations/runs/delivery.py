"""Delivery: intentions go out one object a call, the instance rests when nothing is wrong with them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from django.db import OperationalError
from django.db.models import Q
from django.utils import timezone

from integrations.choices import Answer, IntentionState
from integrations.models import Instance, Intention
from integrations.net.errors import NetError, RateLimited, Unauthorised, Unavailable, Unreachable
from integrations.records import WriteAnswer
from integrations.runs import crew
from integrations.runs.pauses import PAUSE_OF_INSTANCE, span
from integrations.runs.rights import refused_writes
from integrations.runs.writing import (
    Cancelled,
    Sender,
    begin,
    due,
    leave_to_staff,
    next_due_at,
    ours,
    put_back,
    rest_credential,
    settle_cancelled,
    settle_done,
    settle_look_up,
    settle_refused,
    settle_uncertain,
    take_for_look_up,
    too_late,
)
from integrations.sync.safety import BudgetExhausted, WriteRefused, WritesStopped

log = logging.getLogger(__name__)
NOT_LET_IN = (400, 401)
"""Statuses of a pause that is about the credential: an expired token, a secret or scope that is refused."""
LONGEST_LOOK_UP = 3600.0
"""Seconds of look-ups that do not work after which a write is left to staff."""
FORBIDDEN = 403
UNEXPECTED = "An unexpected error; the log of the queue has the details. Try again, or write it by hand."


def settle(intention: Intention, answer: WriteAnswer, sender: Sender) -> bool:
    """Store what one answer means. True if delivery may go on, False if the instance has to rest."""
    match answer.outcome:
        case Answer.DONE:
            settle_done(intention, answer.halo_id, sender)
        case Answer.REFUSED if answer.status == FORBIDDEN and _waits(intention, answer.message):
            pass
        case Answer.REFUSED:
            settle_refused(intention, answer.message, sender)
        case Answer.UNCERTAIN:
            settle_uncertain(intention, answer.message)
        case _ if answer.status in NOT_LET_IN:
            rest = rest_credential(intention.halo_credential, answer.message)
            put_back(intention, not_before=rest)
        case _:
            # A 503 does not prove that nothing was done: looked up like a lost answer, but for free.
            if answer.safe_to_repeat:
                put_back(intention)
            else:
                settle_uncertain(intention, answer.message, free_repeat=True)
            pause(intention.instance, answer.message)
            return False
    return True


def _waits(intention: Intention, words: str) -> bool:
    """Whether a write that HaloPSA has forbidden waits instead of being lost, and then put it back.

    It does where the right itself is missing (until a test opens it again), and once where it may be only
    this ticket: the next try tells.
    """
    kept = Intention.objects.filter(pk=intention.pk).filter(
        refused_writes(intention.instance, [intention.kind])
    )
    if kept.exists():
        put_back(intention, words=words)
        return True
    if intention.answer_status == FORBIDDEN:
        return False
    put_back(intention, not_before=timezone.now() + span(PAUSE_OF_INSTANCE), words=words)
    return True


# ---- pauses ---------------------------------------------------------------------------------


def pause(instance: Instance, reason: str) -> None:
    """Unreachable, 401, 429, 503: nothing is wrong with the object, the instance rests."""
    now = timezone.now()
    Instance.objects.filter(pk=instance.pk, paused_since__isnull=True).update(paused_since=now)
    Instance.objects.filter(pk=instance.pk).update(
        paused_until=now + span(PAUSE_OF_INSTANCE), pause_reason=reason[:500]
    )


def end_pause(instance: Instance, probe: Callable[[], None]) -> datetime | None:
    """None if the instance may be used; else when to ask again. One worker at a time probes."""
    instance.refresh_from_db()
    if instance.paused_until is None:
        return None
    now = timezone.now()
    if instance.paused_until > now:
        return instance.paused_until
    again = now + span(PAUSE_OF_INSTANCE)
    if not Instance.objects.filter(pk=instance.pk, paused_until=instance.paused_until).update(
        paused_until=again
    ):
        return again
    try:
        probe()
    except Unauthorised:
        # It answers: what one credential may not do is that credential's matter.
        log.info("The probe of instance %s was not let in, but was answered.", instance.pk)
    except NetError as problem:
        Instance.objects.filter(pk=instance.pk).update(pause_reason=str(problem)[:500])
        return again
    Instance.objects.filter(pk=instance.pk).update(paused_since=None, paused_until=None, pause_reason="")
    return None


# ---- the loop -------------------------------------------------------------------------------


@dataclass(slots=True)
class Delivered:
    """Counts of one round, and when to come back (None: nothing rests)."""

    done: int = 0
    refused: int = 0
    uncertain: int = 0
    not_before: datetime | None = None


def deliver(
    instance: Instance,
    kinds: Sequence[str],
    sender_of: Callable[[Intention], Sender],
    *,
    probe: Callable[[], None],
    renew: Callable[[], None],
    time_is_up: Callable[[], bool],
    threads: int = 1,
) -> Delivered:
    """Send what is due, one object per call, until nothing is due, the time is up or the instance rests.

    Different lanes go side by side in up to so many `threads`, each with a database connection of its own;
    `sender_of` and `probe` are called in them and have to give each thread its own. `renew` is called here.
    """
    round_ = Round(instance.pk, kinds, sender_of, probe, time_is_up)
    wanted = _lanes_due(instance, kinds, threads) if threads > 1 else 1
    if wanted > 1:
        crew.work(round_.work, wanted, renew=renew, stop=round_.stop)
    else:
        round_.work(renew)
    result = round_.result
    result.not_before = result.not_before or next_due_at(instance, kinds)
    return result


def _lanes_due(instance: Instance, kinds: Sequence[str], most: int) -> int:
    """How many lanes have something to do now, counted to `most`."""
    refused = refused_writes(instance, kinds)
    return len(due(instance, kinds, refused=refused).values_list("pk", flat=True)[:most])


@dataclass
class Round:
    """One round, in which several threads may `work`. What they share is touched under the lock."""

    instance_id: int
    kinds: Sequence[str]
    sender_of: Callable[[Intention], Sender]
    probe: Callable[[], None]
    time_is_up: Callable[[], bool]
    result: Delivered = field(default_factory=Delivered)
    _stopped: bool = False
    _lanes: set[str] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    def stop(self) -> None:
        """Nothing more is begun; what is on its way comes to its end."""
        self._stopped = True

    def work(self, renew: Callable[[], None] = lambda: None) -> None:
        """Send one after the other. Raises what must end the whole round."""
        instance = Instance.objects.get(pk=self.instance_id)
        refused = refused_writes(instance, self.kinds)
        while not (self._stopped or self.time_is_up()):
            if rest := end_pause(instance, self.probe):
                self.result.not_before = rest
                return
            with self._next(instance, refused) as intention:
                if intention is None:
                    return
                renew()
                if not self._send(intention):
                    refused = refused_writes(instance, self.kinds)

    @contextmanager
    def _next(self, instance: Instance, refused: Q) -> Iterator[Intention | None]:
        """The next intention of a lane in which no other thread is at work; the lane is ours meanwhile."""
        with self._lock:
            rows = due(instance, self.kinds, refused=refused).exclude(lane__in=self._lanes)
            intention = rows.select_related("halo_credential", "instance").first()
            if intention is not None:
                self._lanes.add(intention.lane)
        try:
            yield intention
        finally:
            if intention is not None:
                with self._lock:
                    self._lanes.discard(intention.lane)

    def _send(self, intention: Intention) -> bool:
        """False where HaloPSA has taken a right away, so that what may be sent has to be asked anew."""
        try:
            _one(intention, self.sender_of(intention), self._count)
        except WriteRefused:
            return False
        except (BudgetExhausted, WritesStopped, OperationalError):
            raise
        except Exception:
            # One that cannot be written must not keep the others from being written.
            log.exception("Intention %s failed", intention.pk)
            leave_to_staff(intention, UNEXPECTED)
        return True

    def _count(self, outcome: str) -> None:
        with self._lock:
            match outcome:
                case Answer.DONE:
                    self.result.done += 1
                case Answer.REFUSED:
                    self.result.refused += 1
                case Answer.UNCERTAIN:
                    self.result.uncertain += 1


def _one(intention: Intention, sender: Sender, count: Callable[[str], None]) -> bool:
    if intention.state != IntentionState.PLANNED:
        return _look_up(intention, sender)
    try:
        payload = sender.payload(intention)
    except Cancelled as why:
        return settle_cancelled(intention, str(why))
    began = begin([intention])
    if not began:
        return False
    intention = began[0]
    try:
        answer = sender.send(intention, payload) if not too_late(intention) else None
    except (BudgetExhausted, WritesStopped):
        put_back(intention)
        raise
    if answer is None:
        put_back(intention)
        return False
    count(answer.outcome)
    if answer.outcome in (Answer.REFUSED, Answer.UNCERTAIN):
        ours(intention).update(request=payload, answer_status=answer.status)
    return settle(intention, answer, sender)


def _look_up_failed(taken: Intention, problem: NetError | BudgetExhausted) -> None:
    """It is tried again later; if it has not worked for long, staff decide. Our own limit is no failure."""
    now = timezone.now()
    if isinstance(problem, BudgetExhausted):
        ours(taken).update(not_before=now + span(problem.seconds), answer=str(problem)[:2000])
        return
    since = taken.look_up_failing_since or now
    rest = now + span(PAUSE_OF_INSTANCE)
    ours(taken).update(not_before=rest, answer=str(problem)[:2000], look_up_failing_since=since)
    if now - since > span(LONGEST_LOOK_UP):
        leave_to_staff(taken, f"It could not be looked up: {problem}"[:2000])


def _look_up(intention: Intention, sender: Sender) -> bool:
    taken = take_for_look_up(intention)
    if taken is None:
        time.sleep(0.05)
        return False
    try:
        found = sender.look_up(taken)
    except (NetError, BudgetExhausted) as problem:
        _look_up_failed(taken, problem)
        if isinstance(problem, (Unreachable, Unauthorised, RateLimited, Unavailable)):
            pause(taken.instance, str(problem))
        return False
    settle_look_up(taken, found, sender)
    return True
