"""When a maintenance window is on. Pure; in the window's own zone, so that summer time is followed.

A local time that does not exist (clocks go forward) begins when it would have been; of one that comes twice
the first counts. The duration is real time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from dateutil import rrule

_FREQUENCY: Final = {"daily": rrule.DAILY, "weekly": rrule.WEEKLY, "monthly": rrule.MONTHLY}
_DAYS: Final = (rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU)


@dataclass(frozen=True, slots=True)
class Times:
    """`repeats` is a value of `models.Repeat`; `weekdays` count from Monday 0."""

    zone: str
    begins_on: date
    begins_at: time
    minutes: int
    repeats: str = "once"
    weekdays: tuple[int, ...] = ()
    ends_on: date | None = None


def on_until(times: Times, now: datetime) -> datetime | None:
    """When the window that is on at `now` ends (aware UTC); None if it is not on."""
    span, zone = timedelta(minutes=times.minutes), ZoneInfo(times.zone)
    here = now.astimezone(zone).replace(tzinfo=None)
    day = timedelta(days=1)
    ends = [
        begin + span
        for local in _begins(times, here - span - day, here + day)
        if (begin := local.replace(tzinfo=zone).astimezone(UTC)) <= now < begin + span
    ]
    return max(ends, default=None)


def next_begin(times: Times, now: datetime) -> datetime | None:
    """When it begins next after `now` (aware UTC); None if never again within two years."""
    zone = ZoneInfo(times.zone)
    here = now.astimezone(zone).replace(tzinfo=None)
    for local in _begins(times, here - timedelta(days=1), here + timedelta(days=731)):
        begin = local.replace(tzinfo=zone).astimezone(UTC)
        if begin > now:
            return begin
    return None


def _begins(times: Times, after: datetime, before: datetime) -> list[datetime]:
    """Naive local moments at which it begins."""
    first = datetime.combine(times.begins_on, times.begins_at)
    if times.repeats not in _FREQUENCY:
        return [first] if after <= first <= before else []
    last = datetime.combine(times.ends_on, time.max) if times.ends_on else None
    rule = rrule.rrule(_FREQUENCY[times.repeats], dtstart=first, until=last, **_days(times))
    return list(rule.between(after, before, inc=True))


def _days(times: Times) -> dict[str, Any]:
    if times.repeats == "weekly" and times.weekdays:
        return {"byweekday": [_DAYS[day] for day in times.weekdays]}
    if times.repeats != "monthly":
        return {}
    if times.weekdays:
        week = (times.begins_on.day - 1) // 7 + 1
        return {"byweekday": _DAYS[times.weekdays[0]](week if week < 5 else -1)}
    # The day itself, or the last one of a month that is shorter.
    day = times.begins_on.day
    return {"bymonthday": list(range(28, day + 1)), "bysetpos": -1} if day > 28 else {"bymonthday": day}
