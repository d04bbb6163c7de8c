"""The API limit of an instance as a gauge: used, allowed, and why it rests if it does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from integrations.models import BudgetPermit, HaloCredential, Instance

UNSET = (180, 300)
"""Calls and seconds of an instance without credentials."""


@dataclass(frozen=True, slots=True)
class Gauge:
    """Calls of the current window. `resting` is a sentence while the instance is not called or written to."""

    instance: Instance
    used: int
    allowed: int
    seconds: int
    resting: str = ""

    @property
    def left(self) -> int:
        return max(0, self.allowed - self.used)

    @property
    def percent(self) -> int:
        return min(100, 100 * self.used // self.allowed) if self.allowed else 100

    @property
    def tone(self) -> str:
        return "bad" if self.percent >= 95 else "warn" if self.percent >= 75 else "good"


def gauge_of(instance: Instance) -> Gauge:
    return gauges_of([instance])[0]


def gauges_of(instances: Iterable[Instance]) -> list[Gauge]:
    """Two queries, however many instances. The window is the smallest of an instance's credentials."""
    instances = list(instances)
    windows = _windows(instances)
    now = timezone.now()
    recent = Q(pk__in=[])
    for instance in instances:
        recent |= Q(instance=instance, taken_at__gt=now - timedelta(seconds=windows[instance.pk][1]))
    told = BudgetPermit.objects.filter(recent).values_list("instance").annotate(number=Count("pk"))
    used = dict(told)
    return [
        Gauge(instance, used.get(instance.pk, 0), *windows[instance.pk], _resting(instance, now))
        for instance in instances
    ]


def _windows(instances: list[Instance]) -> dict[int, tuple[int, int]]:
    sizes: dict[int, list[tuple[int, int]]] = {instance.pk: [] for instance in instances}
    rows = HaloCredential.objects.filter(instance__in=instances)
    for pk, calls, seconds in rows.values_list("instance_id", "budget_calls", "budget_seconds"):
        sizes[pk].append((calls, seconds))
    return {pk: min(found, key=lambda size: size[0] / size[1], default=UNSET) for pk, found in sizes.items()}


def _resting(instance: Instance, now: datetime) -> str:
    if instance.writes_stopped:
        return "All writing to this HaloPSA has been stopped by staff."
    if instance.blocked_until and instance.blocked_until > now:
        until = timezone.localtime(instance.blocked_until).strftime("%H:%M:%S %Z")
        return f"HaloPSA answered “too many requests”: nothing is sent before {until}."
    if instance.paused_until:
        return f"Writing rests: {instance.pause_reason or 'HaloPSA could not be reached.'}"
    return ""
