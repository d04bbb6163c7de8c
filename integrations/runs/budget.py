"""The budget: which calls an instance allows in a rolling window, over all workers and machines."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from integrations.choices import Purpose, WriteMode
from integrations.models import BudgetPermit, HaloCredential, Instance
from integrations.runs import rights
from integrations.runs.window import learn, used_in, windows_of
from integrations.sync.rights import key_of_write, why_refused
from integrations.sync.safety import BudgetExhausted, WriteRefused, WritesStopped

LONGEST_WAIT = 2.0
"""Seconds a worker waits in place for a permit; beyond that its step rests."""
REST_AFTER_429 = 30.0


def window_of(instance: Instance) -> tuple[int, int]:
    """Calls that are allowed at present, and the seconds of the window; see `windows_of`."""
    window = windows_of([instance])[instance.pk]
    return window.calls, window.seconds


def used(instance: Instance) -> tuple[int, int]:
    """Calls used in the current window, and its size."""
    windows = windows_of([instance])
    return used_in(windows).get(instance.pk, 0), windows[instance.pk].calls


class BudgetGate:
    """The gate of one credential for one purpose; `HaloSession` asks it before every attempt."""

    def __init__(self, credential: HaloCredential, purpose: Purpose) -> None:
        self.credential_id = credential.pk
        self.purpose = purpose
        self._permissions: list[dict[str, Any]] = []

    def take(self) -> None:
        """Take one permit. Waits up to 2 s; raises `BudgetExhausted` with the seconds to rest otherwise."""
        wait = self._try()
        if wait is None:
            return
        if wait <= LONGEST_WAIT:
            time.sleep(wait)
            wait = self._try()
        if wait is not None:
            raise BudgetExhausted(wait)

    def _try(self) -> float | None:
        """None: taken. Otherwise the seconds until a permit may be free."""
        with transaction.atomic():
            # The row lock (SQLite: the write lock) makes counting and taking one act.
            instance = self._locked()
            now = timezone.now()
            if instance.blocked_until and instance.blocked_until > now:
                return (instance.blocked_until - now).total_seconds()
            window = windows_of([instance])[instance.pk]
            permits = BudgetPermit.objects.filter(instance=instance, taken_at__gt=window.since(now))
            if permits.count() < window.room(self.purpose):
                BudgetPermit.objects.create(instance=instance, taken_at=now, purpose=int(self.purpose))
                return None
            oldest = permits.aggregate(oldest=Min("taken_at"))["oldest"]
            return self._seconds_until_free(oldest, now, window.seconds)

    def _locked(self) -> Instance:
        """The instance that the credential has now: it may have moved since the gate was made."""
        rows = Instance.objects.select_for_update(of=("self",))
        return rows.get(credentials=self.credential_id)

    @staticmethod
    def _seconds_until_free(oldest: datetime, now: datetime, seconds: int) -> float:
        return max(0.05, (oldest + timedelta(seconds=seconds) - now).total_seconds())

    def blocked(self, seconds: float | None) -> None:
        """Halo answered 429: nobody calls before the time is over, and the window is reduced."""
        until = timezone.now() + timedelta(seconds=seconds if seconds is not None else REST_AFTER_429)
        with transaction.atomic():
            instance = self._locked()
            until = max(until, instance.blocked_until or until)
            Instance.objects.filter(pk=instance.pk).update(blocked_until=until, **learn(instance))

    def check_writes(self, path: str = "") -> None:
        """Raise `WritesStopped` with the reason unless this credential may write at this moment.

        `WriteRefused` where it may, but HaloPSA is known to refuse writes to this path (as `/Asset`).
        """
        row = HaloCredential.objects.values_list(
            "enabled", "write_mode", "held_since", "instance__writes_stopped", "permissions"
        ).get(pk=self.credential_id)
        enabled, mode, held, stopped, self._permissions = row
        if stopped:
            raise WritesStopped("All writing to this HaloPSA instance has been stopped.")
        if not enabled:
            raise WritesStopped("The HaloPSA credential is switched off.")
        if held is not None:
            raise WritesStopped("The HaloPSA credential is held back until somebody releases it.")
        if mode != WriteMode.WRITE:
            raise WritesStopped("The HaloPSA credential is in observe mode: planned, not written.")
        if reason := why_refused(self._permissions, key := key_of_write(path)):
            raise WriteRefused(reason, key)

    def note_write(self, path: str, status: int) -> None:
        """Keep what an answer to a write tells; a statement more only where that is news."""
        key = key_of_write(path)
        if key and rights.is_news(self._permissions, key, status):
            rights.note_write(self.credential_id, key, status)
