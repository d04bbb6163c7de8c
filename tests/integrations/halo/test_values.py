"""Single values in all the ways in which HaloPSA sends them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.halo.values import (
    iso,
    rows_of,
    to_bool,
    to_date,
    to_http_time,
    to_id,
    to_int,
    to_text,
    to_time,
    total_of,
)
from integrations.net.errors import BadAnswer

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (12, 12),
        (12.0, 12),
        ("12", 12),
        (" 12.0 ", 12),
        (-99, -99),
        (0, 0),
        (12.5, None),
        ("12a", None),
        ("", None),
        (None, None),
        (True, None),
        ([], None),
        ("nan", None),
        ("inf", None),
        (1e300, None),
        (10**40, None),
    ],
)
def test_whole_numbers(value: Any, number: int | None) -> None:
    assert to_int(value) == number


@pytest.mark.parametrize(("value", "number"), [(5.0, 5), ("5", 5), (0, None), (-1, None), (-99, None)])
def test_ids_are_above_zero(value: Any, number: int | None) -> None:
    assert to_id(value) == number


@given(st.integers(min_value=-(2**50), max_value=2**50))
def test_a_number_is_the_same_as_number_decimal_or_text(number: int) -> None:
    assert to_int(number) == to_int(float(number)) == to_int(str(number)) == to_int(f"{number}.0") == number


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (" a ", "a"), (12.0, "12"), (1.5, "1.5"), (7, "7"), (False, "false"), ({"a": 1}, "")],
)
def test_texts(value: Any, text: str) -> None:
    assert to_text(value) == text


@pytest.mark.parametrize(
    ("value", "flag"),
    [(True, True), ("true", True), ("True ", True), (1, True), (0, False), ("false", False), (None, False)],
)
def test_booleans_may_be_text(value: Any, flag: bool) -> None:
    assert to_bool(value) is flag


def test_an_omitted_boolean_has_its_default() -> None:
    assert to_bool(None, default=True) is True
    assert to_bool("false", default=True) is False


AT_NOON = datetime(2026, 11, 20, 12, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-11-20T12:00:01Z", AT_NOON),
        ("2026-11-20T12:00:01", AT_NOON),
        ("2026-11-20 12:00:01", AT_NOON),
        ("2026-11-20T12:00:01.5", AT_NOON + timedelta(milliseconds=500)),
        ("2026-11-20T12:00:01.1234567Z", AT_NOON + timedelta(microseconds=123456)),
        ("2026-11-20T12:00:01.12Z", AT_NOON + timedelta(milliseconds=120)),
        ("2026-11-20T13:00:01+01:00", AT_NOON),
        ("2026-11-20T06:30:01-0530", AT_NOON),
        ("2026-11-20T12:00", AT_NOON - timedelta(seconds=1)),
        ("2026-11-20", AT_NOON.replace(hour=0, second=0)),
        ("0001-01-01T00:00:00", None),
        ("1899-12-30T00:00:00", None),
        ("1900-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("2026-13-45T00:00:00", None),
        ("yesterday", None),
        ("", None),
        (None, None),
        (20261120, None),
    ],
)
def test_times(value: Any, moment: datetime | None) -> None:
    assert to_time(value) == moment


@given(
    st.integers(min_value=-2_000_000_000_000_000, max_value=250_000_000_000_000_000),
    st.integers(min_value=-14 * 60, max_value=14 * 60),
)
def test_a_time_is_the_same_in_any_zone(microseconds: int, minutes: int) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    naive = moment.replace(tzinfo=None)
    zoned = moment.astimezone(timezone(timedelta(minutes=minutes)))
    assert to_time(zoned.isoformat()) == moment
    assert to_time(naive.isoformat()) == moment
    assert to_time(naive.isoformat(timespec="microseconds") + "7Z") == moment


@given(JSON)
def test_no_value_breaks_the_reading(value: Any) -> None:
    moment = to_time(value)
    assert moment is None or moment.tzinfo is UTC
    assert isinstance(to_text(value), str)
    assert to_int(value) is None or isinstance(to_int(value), int)
    assert to_bool(value) in (True, False)


def test_times_are_sent_in_utc_with_z() -> None:
    assert iso(AT_NOON.astimezone(timezone(timedelta(hours=2)))) == "2026-11-20T12:00:01.000Z"
    with pytest.raises(ValueError, match="zone"):
        iso(AT_NOON.replace(tzinfo=None))


@pytest.mark.parametrize(
    "body",
    [
        [{"id": 1}],
        {"agents": [{"id": 1}]},
        {"record_count": 1, "agents": [{"id": 1}]},
        {"something_else": [{"id": 1}], "columns": [1], "columns_tilehtml": []},
        {"agents": [{"id": 1}], "other": [{"id": 2}]},
        [{"id": 1}, None, "x"],
    ],
)
def test_a_list_is_found_in_any_envelope(body: Any) -> None:
    assert rows_of(body, "agents") == [{"id": 1}]


def test_an_envelope_without_its_empty_list_is_empty() -> None:
    assert rows_of({"record_count": 0}, "agents") == []


@pytest.mark.parametrize("body", [None, 5, "words", {}, {"record_count": 3}, {"a": [1], "b": [2]}])
def test_no_list_is_an_error(body: Any) -> None:
    with pytest.raises(BadAnswer, match="list of agents"):
        rows_of(body, "agents")


@pytest.mark.parametrize(
    ("body", "total"), [({"record_count": 7}, 7), ({"record_count": "7"}, 7), ({}, None), ([], None)]
)
def test_the_total(body: Any, total: int | None) -> None:
    assert total_of(body) == total


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2027-03-31", date(2027, 3, 31)),
        ("2027-03-31T00:00:00", date(2027, 3, 31)),
        ("2027-03-31T23:30:00Z", date(2027, 3, 31)),
        ("2027/3/1", date(2027, 3, 1)),
        (" 31/03/2027 ", date(2027, 3, 31)),
        ("1.4.2027", date(2027, 4, 1)),
        ("03/04/2027 00:00", date(2027, 4, 3)),
        ("03/31/2027", date(2027, 3, 31)),
        ("31/31/2027", None),
        ("30/02/2027", None),
        ("0001-01-01T00:00:00", None),
        ("1899-12-30T00:00:00", None),
        ("1900-01-01T00:00:00", None),
        ("01/01/1900", None),
        ("next spring", None),
        ("20270331", None),
        ("2027-03-311", None),
        ("", None),
        (None, None),
        (20270331, None),
    ],
)
def test_a_day_is_read_as_it_is_written(text: Any, day: date | None) -> None:
    assert to_date(text) == day


def test_the_time_of_a_header() -> None:
    assert to_http_time("Fri, 20 Nov 2026 06:31:02 GMT") == datetime(2026, 11, 20, 6, 31, 2, tzinfo=UTC)
    assert [to_http_time(text) for text in ("", "soon", "Fri, 99 Nov 2026 06:31:02 GMT")] == [None] * 3
