"""When a maintenance window is on: in its own time zone, over changes of the clock, by its repetition."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketing.noise.recurrence import Times, next_begin, on_until

pytestmark = pytest.mark.pure


def times(**values: Any) -> Times:
    defaults: dict[str, Any] = {
        "zone": "Europe/Berlin",
        "begins_on": date(2026, 1, 6),
        "begins_at": time(22, 0),
        "minutes": 120,
        "repeats": "weekly",
    }
    return Times(**{**defaults, **values})


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


PATCH_DAY = times(repeats="monthly", begins_on=date(2026, 1, 13), weekdays=(1,))


@pytest.mark.parametrize(
    ("window", "now", "until"),
    [
        # Tuesday 22:00 in Berlin is 21:00 UTC in winter and 20:00 UTC in summer.
        (times(), "2026-01-06 21:00", "2026-01-06 23:00"),
        (times(), "2026-01-06 20:59", None),
        (times(), "2026-01-06 23:00", None),
        (times(), "2026-01-07 21:30", None),
        (times(), "2026-07-07 20:00", "2026-07-07 22:00"),
        (times(weekdays=(5, 6)), "2026-01-10 21:30", "2026-01-10 23:00"),
        (times(weekdays=(5, 6)), "2026-01-13 21:30", None),
        (times(repeats="daily"), "2026-03-01 21:30", "2026-03-01 23:00"),
        (times(repeats="daily", ends_on=date(2026, 2, 1)), "2026-02-01 21:30", "2026-02-01 23:00"),
        (times(repeats="daily", ends_on=date(2026, 2, 1)), "2026-02-02 21:30", None),
        (times(repeats="once"), "2026-01-06 21:30", "2026-01-06 23:00"),
        (times(repeats="once"), "2026-01-13 21:30", None),
        # The day of the month; the last one where a month is shorter.
        (times(repeats="monthly", begins_on=date(2026, 1, 31)), "2026-02-28 21:30", "2026-02-28 23:00"),
        (times(repeats="monthly", begins_on=date(2026, 1, 31)), "2026-03-28 21:30", None),
        # The second Tuesday: Microsoft's patch day.
        (
            times(repeats="monthly", begins_on=date(2026, 1, 13), weekdays=(1,)),
            "2026-02-10 21:30",
            "2026-02-10 23:00",
        ),
        (times(repeats="monthly", begins_on=date(2026, 1, 13), weekdays=(1,)), "2026-02-13 21:30", None),
        # Longer than a day, looked at near its end.
        (times(minutes=4000), "2026-01-09 15:00", "2026-01-09 15:40"),
        # Before its first day.
        (times(), "2025-12-30 21:30", None),
    ],
)
def test_on_or_not(window: Times, now: str, until: str | None) -> None:
    assert on_until(window, utc(now)) == (utc(until) if until else None)


def test_a_time_that_does_not_exist_begins_all_the_same() -> None:
    night = times(begins_on=date(2026, 3, 29), begins_at=time(2, 30), repeats="once", minutes=60)
    assert on_until(night, utc("2026-03-29 01:45")) == utc("2026-03-29 02:30")


def test_of_a_time_that_comes_twice_the_first_counts() -> None:
    night = times(begins_on=date(2026, 10, 25), begins_at=time(2, 30), repeats="once", minutes=60)
    assert on_until(night, utc("2026-10-25 01:15")) == utc("2026-10-25 01:30")
    assert on_until(night, utc("2026-10-25 01:45")) is None


@given(
    st.sampled_from(["daily", "weekly", "monthly"]),
    st.dates(date(2024, 1, 1), date(2026, 12, 31)),
    st.times().map(lambda at: at.replace(microsecond=0)),
    st.integers(1, 3000),
)
def test_it_is_on_when_it_begins_next_and_off_when_it_has_ended(
    repeats: str, day: date, at: time, minutes: int
) -> None:
    window = times(repeats=repeats, begins_on=day, begins_at=at, minutes=minutes)
    begin = next_begin(window, utc("2026-06-01 00:00"))
    assert begin is not None
    until = on_until(window, begin)
    assert until is not None
    assert until >= begin + timedelta(minutes=minutes)


def test_once_and_over_never_begins_again() -> None:
    assert next_begin(times(repeats="once"), utc("2026-02-01 00:00")) is None
