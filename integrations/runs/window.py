"""How many calls an instance allows in which time, as set by staff and as HaloPSA itself has shown.

The one place that knows: the gate, the gauges, the metrics and every forecast ask here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.db.models import Count, F, Max, Min, Q
from django.utils import timezone

from integrations.choices import Purpose
from integrations.models import BudgetPermit, HaloCredential, Instance

UNSET = (180, 300)
"""Calls and seconds of an instance without credentials."""
FEWEST = 10
"""No answer 429 takes the window below this: the bridge would learn of no recovery."""
KEPT = 90
"""Percent that is kept of the calls at which HaloPSA answered 429."""
REGAINED = 10
"""Percent of the configured calls that come back with each full window without a 429."""


@dataclass(frozen=True, slots=True)
class Window:
    """`calls` are allowed within `seconds` at present; `configured` is what staff have set.

    `learned_at`: when HaloPSA answered 429 below the configured size; None while nothing is reduced.
    """

    calls: int
    seconds: int
    configured: int
    learned_at: datetime | None = None

    @property
    def reduced(self) -> bool:
        return self.calls < self.configured

    @property
    def step(self) -> int:
        """Calls regained with each quiet window."""
        return max(1, self.configured * REGAINED // 100)

    @property
    def whole_again_at(self) -> datetime | None:
        """When all is allowed again, if HaloPSA answers no 429 before; None if nothing is reduced."""
        if self.learned_at is None or not self.reduced:
            return None
        quiet = (timezone.now() - self.learned_at) // timedelta(seconds=self.seconds)
        missing = -(-(self.configured - self.calls) // self.step)
        return self.learned_at + timedelta(seconds=self.seconds) * (quiet + missing)

    def room(self, purpose: Purpose | int) -> int:
        """The calls up to which this purpose may fill the window; the rest is kept for the others."""
        return max(1, self.calls * int(purpose) // 100)

    def since(self, now: datetime) -> datetime:
        return now - timedelta(seconds=self.seconds)


def windows_of(
    instances: Iterable[Instance], credentials: Iterable[HaloCredential] | None = None
) -> dict[int, Window]:
    """By the instances' ids; one query, or none where the caller has all of their credentials.

    What was learned is taken from the given rows as they are.

    Of several credentials the fewest calls of any in the longest window of any: whoever set either, it is
    kept.
    """
    rows = list(instances)
    set_by_staff = _sizes(rows) if credentials is None else _sizes_of(credentials)
    now = timezone.now()
    return {row.pk: _window(row, *set_by_staff.get(row.pk, UNSET), now) for row in rows}


def _sizes(instances: list[Instance]) -> dict[int, tuple[int, int]]:
    rows = HaloCredential.objects.filter(instance__in=instances).order_by().values_list("instance_id")
    found = rows.annotate(calls=Min("budget_calls"), seconds=Max("budget_seconds"))
    return {pk: (calls, seconds) for pk, calls, seconds in found}


def _sizes_of(credentials: Iterable[HaloCredential]) -> dict[int, tuple[int, int]]:
    found: dict[int, tuple[int, int]] = {}
    for row in credentials:
        calls, seconds = found.get(row.instance_id, (row.budget_calls, row.budget_seconds))
        found[row.instance_id] = min(calls, row.budget_calls), max(seconds, row.budget_seconds)
    return found


def _window(instance: Instance, configured: int, seconds: int, now: datetime) -> Window:
    """Nothing has to be written to recover: the size follows from when the last 429 came."""
    if instance.learned_calls is None or instance.learned_at is None:
        return Window(configured, seconds, configured)
    quiet = max(timedelta(), now - instance.learned_at) // timedelta(seconds=seconds)
    whole = Window(configured, seconds, configured)
    calls = instance.learned_calls + quiet * whole.step
    return whole if calls >= configured else Window(calls, seconds, configured, instance.learned_at)


def used_in(windows: Mapping[int, Window]) -> dict[int, int]:
    """Calls in the present window by instance; one query. Instances without calls are left out."""
    if not windows:
        return {}
    now = timezone.now()
    recent = (Q(instance=pk, taken_at__gt=window.since(now)) for pk, window in windows.items())
    rows = BudgetPermit.objects.filter(reduce(or_, recent)).order_by().values_list("instance")
    return dict(rows.annotate(number=Count("pk")))


def learn(instance: Instance) -> dict[str, object]:
    """What a 429 teaches, as columns of the instance, whose row the caller holds locked.

    Our own calls of the window are all that we know of what HaloPSA allows us: others of the tenant use
    the rest. Several answers within one window tell of the same moment; the fewest calls count.
    """
    now = timezone.now()
    window = windows_of([instance])[instance.pk]
    used = used_in({instance.pk: window}).get(instance.pk, 0)
    learned = max(FEWEST, used * KEPT // 100)
    known = instance.learned_calls
    if known is not None and instance.learned_at and instance.learned_at > window.since(now):
        learned = min(learned, known)
    return {
        "learned_calls": learned,
        "learned_at": now,
        "rate_limit_answers": F("rate_limit_answers") + 1,
    }
