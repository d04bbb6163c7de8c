"""A time is the same time in every form in which vendors send it, whatever the console's zone is.

`answers.json` names the fields that hold `times` and `days`. Which form a vendor uses differs between its
lists and versions, and is seldom documented: every form is tried with every kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from integrations.records import ComputerRecord
from integrations.registry import connector_class
from tests.contract import cases
from tests.contract.changing import Change, replaced
from tests.contract.missing import at_hand
from tests.contract.recorded import LISTS, READ_KINDS, RecordedConsole, read, recorded_console, sample
from tests.contract.shape import AnyRecord
from tests.contract.times import FORMS, OLD_TACTICAL, ZONE, Form, instant, time_of, to_seconds

DAYS: dict[str, Callable[[date], Any]] = {
    "a day": lambda day: day.isoformat(),
    "midnight": lambda day: f"{day}T00:00:00",
    "midnight with Z": lambda day: f"{day}T00:00:00Z",
    "midnight with an offset": lambda day: f"{day}T00:00:00.000+10:30",
    "milliseconds": lambda day: int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000),
}
NEVER = ("", "0001-01-01T00:00:00", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", 0, -62135596800000)


def declared(kind: str, what: str) -> frozenset[str]:
    return frozenset(sample(kind, "answers.json")[what])


def dates(what: str) -> list[str]:
    return [kind for kind in READ_KINDS if declared(kind, what)]


TIMED = [(kind, what) for kind, what in LISTS if what != "companies" and kind in dates("times")]


@pytest.mark.case(cases.TIMES)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("kind", "what"), TIMED)
def test_a_time_is_read_in_every_form(kind: str, what: str, form: str, console: RecordedConsole) -> None:
    with at_hand(console):
        plain = times_of(console, what)
        console.change = retimed(console, FORMS[form])
        found = times_of(console, what, ZONE)

    assert any(plain)
    assert [to_seconds(when) for when in found] == [to_seconds(when) for when in plain]


@pytest.mark.parametrize("what", ["computers", "events"])
def test_tactical_rmm_of_before_2022_is_read_too(what: str) -> None:
    with recorded_console("tactical_rmm") as console, at_hand(console):
        plain = times_of(console, what)
        console.change = retimed(console, lambda when, zone: when.astimezone(zone).strftime(OLD_TACTICAL))
        found = times_of(console, what, ZONE)

    assert found == [when and when.replace(second=0, microsecond=0) for when in plain]


@pytest.mark.parametrize("never", NEVER, ids=repr)
@pytest.mark.parametrize("kind", [kind for kind, what in TIMED if what == "computers"])
def test_what_vendors_write_for_never_is_no_time(
    kind: str, never: str | int, console: RecordedConsole
) -> None:
    console.change = replaced(declared(kind, "times"), lambda name, value: never)
    with at_hand(console):
        assert set(times_of(console, "computers")) == {None}


@pytest.mark.case(cases.TIMES)
@pytest.mark.parametrize("form", DAYS)
@pytest.mark.parametrize("kind", dates("days"))
def test_a_day_is_the_day_that_is_written(kind: str, form: str, console: RecordedConsole) -> None:
    def change(name: str, value: Any) -> Any:
        day = re.match(r"\d{4}-\d\d-\d\d", value or "")
        return DAYS[form](date.fromisoformat(day[0])) if day else value

    with at_hand(console):
        plain = days_of(console, console.access().time_zone)
        console.change = replaced(declared(kind, "days"), change)
        found = days_of(console, ZONE)

    assert any(day for pair in plain for day in pair)
    assert found == plain


def times_of(console: RecordedConsole, what: str, zone: str | None = None) -> list[datetime | None]:
    return [time_of(record) for record in records_of(console, what, zone)]


def days_of(console: RecordedConsole, zone: str) -> list[tuple[date | None, date | None]]:
    found = records_of(console, "computers", zone)
    return [(row.purchased_on, row.warranty_ends_on) for row in found if isinstance(row, ComputerRecord)]


def records_of(console: RecordedConsole, what: str, zone: str | None) -> list[AnyRecord]:
    access = console.access()
    connector = connector_class(console.kind)(replace(access, time_zone=zone or access.time_zone))
    return read(connector, what)


def retimed(console: RecordedConsole, form: Form) -> Change:
    """The same times in another form, in full seconds; a time that is UTC by its name stays UTC."""
    own, other = ZoneInfo(console.access().time_zone), ZoneInfo(ZONE)

    def change(name: str, value: Any) -> Any:
        is_utc = "utc" in name.lower()
        when = instant(value, UTC if is_utc else own)
        return form(when, UTC if is_utc else other) if when else value

    return replaced(declared(console.kind, "times"), change)
