"""The API limit of an instance as a gauge: used, allowed, why it rests if it does, why it is reduced."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from integrations.choices import Purpose
from integrations.models import HaloCredential, Instance
from integrations.runs.window import Window, used_in, windows_of


@dataclass(frozen=True, slots=True)
class Gauge:
    """Calls of the current window. `resting` is a sentence while the instance is not called or written to."""

    instance: Instance
    used: int
    window: Window
    resting: str = ""

    @property
    def allowed(self) -> int:
        return self.window.calls

    @property
    def seconds(self) -> int:
        return self.window.seconds

    @property
    def left(self) -> int:
        return max(0, self.allowed - self.used)

    @property
    def percent(self) -> int:
        return min(100, 100 * self.used // self.allowed) if self.allowed else 100

    @property
    def tone(self) -> str:
        return "bad" if self.percent >= 95 else "warn" if self.percent >= 75 else "good"

    @property
    def shares(self) -> str:
        """How much of the window each kind of work may fill."""
        mirror, assets = self.window.room(Purpose.MIRROR), self.window.room(Purpose.ASSETS)
        return f"Syncs may fill it up to {mirror} calls, assets up to {assets}, tickets all of it."

    @property
    def reduced(self) -> str:
        """When and why less is allowed than was set, and when it will be whole again; '' if it is."""
        window = self.window
        if window.learned_at is None or window.whole_again_at is None:
            return ""
        return (
            f"Reduced from {window.configured} to {window.calls} calls: HaloPSA answered “too many requests” "
            f"(429) at {_clock(window.learned_at)}: it allows less than was set, or other integrations use "
            f"the rest. {window.step} calls come back with every {window.seconds} s without such an answer, "
            f"all of them by {_clock(window.whole_again_at)}."
        )


def gauge_of(instance: Instance) -> Gauge:
    return gauges_of([instance])[0]


def gauges_of(
    instances: Iterable[Instance], credentials: Iterable[HaloCredential] | None = None
) -> list[Gauge]:
    """Two queries, however many instances; one where the caller has all of their credentials."""
    rows = list(instances)
    windows = windows_of(rows, credentials)
    used = used_in(windows)
    now = timezone.now()
    return [Gauge(row, used.get(row.pk, 0), windows[row.pk], _resting(row, now)) for row in rows]


def _clock(moment: datetime) -> str:
    """The day is said only where it is another one."""
    local = timezone.localtime(moment)
    return local.strftime("%H:%M %Z" if local.date() == timezone.localdate() else "%d %b, %H:%M %Z")


def _resting(instance: Instance, now: datetime) -> str:
    if instance.writes_stopped:
        return "All writing to this HaloPSA has been stopped by staff."
    if instance.blocked_until and instance.blocked_until > now:
        until = timezone.localtime(instance.blocked_until).strftime("%H:%M:%S %Z")
        return f"HaloPSA answered “too many requests”: nothing is sent before {until}."
    if instance.paused_until:
        return f"Writing rests: {instance.pause_reason or 'HaloPSA could not be reached.'}"
    return ""
