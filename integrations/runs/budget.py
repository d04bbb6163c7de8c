"""The budget: which calls an instance allows in a rolling window, over all workers and machines."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Min, Q
from django.utils import timezone

from integrations.choices import Purpose, WriteMode
from integrations.models import BudgetPermit, HaloCredential, Instance
from integrations.sync.safety import BudgetExhausted, WritesStopped

LONGEST_WAIT = 2.0
"""Seconds a worker waits in place for a permit; beyond that its step rests."""
REST_AFTER_429 = 30.0


def window_of(instance: Instance) -> tuple[int, int]:
    """Calls and seconds: the smallest size among the credentials of the instance.

    The fewest calls of any in the longest window of any: whoever set either, it is kept.
    """
    sizes = HaloCredential.objects.filter(instance=instance).aggregate(
        calls=Min("budget_calls"), seconds=Max("budget_seconds")
    )
    return sizes["calls"] or 180, sizes["seconds"] or 300


def used(instance: Instance) -> tuple[int, int]:
    """Calls used in the current window, and its size (for the gauge)."""
    calls, seconds = window_of(instance)
    since = timezone.now() - timedelta(seconds=seconds)
    return BudgetPermit.objects.filter(instance=instance, taken_at__gt=since).count(), calls


class BudgetGate:
    """The gate of one credential for one purpose; `HaloSession` asks it before every attempt."""

    def __init__(self, credential: HaloCredential, purpose: Purpose) -> None:
        self.credential_id = credential.pk
        self.instance_id = credential.instance_id
        self.purpose = purpose

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
            instance = Instance.objects.select_for_update().get(pk=self.instance_id)
            now = timezone.now()
            if instance.blocked_until and instance.blocked_until > now:
                return (instance.blocked_until - now).total_seconds()
            calls, seconds = window_of(instance)
            since = now - timedelta(seconds=seconds)
            permits = BudgetPermit.objects.filter(instance=instance, taken_at__gt=since)
            room = max(1, calls * int(self.purpose) // 100)
            if permits.count() < room:
                BudgetPermit.objects.create(instance=instance, taken_at=now, purpose=int(self.purpose))
                return None
            return self._seconds_until_free(permits.aggregate(oldest=Min("taken_at"))["oldest"], now, seconds)

    @staticmethod
    def _seconds_until_free(oldest: datetime, now: datetime, seconds: int) -> float:
        return max(0.05, (oldest + timedelta(seconds=seconds) - now).total_seconds())

    def blocked(self, seconds: float | None) -> None:
        """Halo answered 429: nobody calls this instance before the time is over."""
        until = timezone.now() + timedelta(seconds=seconds if seconds is not None else REST_AFTER_429)
        shorter = Q(blocked_until__isnull=True) | Q(blocked_until__lt=until)
        Instance.objects.filter(shorter, pk=self.instance_id).update(blocked_until=until)

    def check_writes(self) -> None:
        """Raise `WritesStopped` with the reason unless this credential may write at this moment."""
        row = HaloCredential.objects.values_list("enabled", "write_mode", "instance__writes_stopped").get(
            pk=self.credential_id
        )
        enabled, mode, stopped = row
        if stopped:
            raise WritesStopped("All writing to this HaloPSA instance has been stopped.")
        if not enabled:
            raise WritesStopped("The HaloPSA credential is switched off.")
        if mode != WriteMode.WRITE:
            raise WritesStopped("The HaloPSA credential is in observe mode: planned, not written.")
