"""Values in every spelling that vendors use."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from integrations.connectors import values

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2025, 7, 4, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "sent",
    [
        "2025-07-04T12:00:00Z",
        "2025-07-04T12:00:00.0000000Z",
        "2025-07-04T14:00:00+02:00",
        "2025-07-04T14:00:00",
        "2025-07-04 14:00",
        " 2025-07-04T14:00:00.000 ",
        1751630400,
        1751630400.0,
        1751630400000,
        "1751630400",
        "1751630400000",
    ],
)
def test_it_reads_a_time_however_it_is_written(sent: Any) -> None:
    assert values.moment(sent, BERLIN) == NOON


@pytest.mark.parametrize(
    "sent",
    [
        None,
        "",
        "never",
        "0001-01-01T00:00:00",
        "1900-01-01T00:00:00Z",
        0,
        "0",
        True,
        [],
        float("nan"),
        float("inf"),
        10**40,
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_what_says_no_time_is_none(sent: Any) -> None:
    assert values.moment(sent, UTC) is None


def test_a_time_keeps_its_fraction_to_the_microsecond() -> None:
    found = values.moment("2025-07-04T12:00:00.1234567Z", UTC)

    assert found is not None
    assert found.microsecond == 123456


@pytest.mark.parametrize(
    ("sent", "found"),
    [(" a ", "a"), (7, "7"), ("", None), (None, None), (True, None), ([], None), ({}, None)],
)
def test_text_is_trimmed_and_never_empty(sent: Any, found: str | None) -> None:
    assert values.text(sent) == found


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ("<p>One<br/>two</p><p>three</p>", "One\ntwo\nthree"),
        ("Fish &amp; chips &lt;hot&gt;", "Fish & chips <hot>"),
        ("Die Datei 'Übersicht <final>.xlsx' fehlt", "Die Datei 'Übersicht <final>.xlsx' fehlt"),
        ("a < b and <b>c</b> > d", "a < b and c > d"),
        ("  many \t blanks\n\n\nand lines ", "many blanks\nand lines"),
        ("<br>", None),
        ("zero\x00byte", "zerobyte"),
    ],
)
def test_plain_text_has_no_mark_up(sent: str, found: str | None) -> None:
    assert values.plain(sent) == found


def test_a_title_has_one_line() -> None:
    assert values.line("One<br>two\nthree") == "One two three"


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        (3, 3),
        ("3", 3),
        ("3.0", 3),
        (3.7, 3),
        ("three", None),
        (None, None),
        (True, None),
        ("nan", None),
        ([], None),
    ],
)
def test_numbers_may_be_text(sent: Any, found: int | None) -> None:
    assert values.number(sent) == found


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        (True, True),
        ("TRUE", True),
        (1, True),
        ("online", True),
        ("Offline", False),
        ("0", False),
        (0, False),
        ("maybe", None),
        (None, None),
        (2, None),
    ],
)
def test_flags_may_be_words_or_numbers(sent: Any, found: bool | None) -> None:
    assert values.flag(sent) is found


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ("{9F1C2A74-0C5D-4E27-B8A1-6D4B5E7F8091}", "9f1c2a74-0c5d-4e27-b8a1-6d4b5e7f8091"),
        (" 9f1c2a74 ", "9f1c2a74"),
        (412, "412"),
        ("{}", None),
        ("null", None),
        ("00000000-0000-0000-0000-000000000000", None),
        (None, None),
    ],
)
def test_ids_have_no_braces_and_one_case(sent: Any, found: str | None) -> None:
    assert values.guid(sent) == found


def test_hardware_addresses_have_one_spelling() -> None:
    sent = ["00-15-5D-01-02-03", "00155d010203; 0015.5D01.0204", None, "00:00:00:00:00:00", "ff" * 6, "junk"]

    assert values.mac_addresses(sent) == ("00:15:5d:01:02:03", "00:15:5d:01:02:04")


def test_network_addresses_are_only_real_ones() -> None:
    sent = ["10.20.0.10, 10.20.0.10/24", "127.0.0.1", "0.0.0.0", "fe80::1%12", "2001:DB8::0:1", "host", None]

    assert values.ip_addresses(sent) == ("10.20.0.10", "fe80::1", "2001:db8::1")


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 bytes"),
        (1023, "1023 bytes"),
        (734003200, "700.0 MiB"),
        (5 * 2**40, "5.0 TiB"),
        (2**54, "16384.0 TiB"),
    ],
)
def test_sizes_read_like_sizes(count: int, shown: str) -> None:
    assert values.size(count) == shown


def test_squashed_names_differ_only_in_what_matters() -> None:
    assert values.squash("MS SQL-Server  (2019)") == values.squash("mssqlserver2019")
    assert values.squash("Сервер 1") == "сервер1"
    assert values.squash(None) == ""


@pytest.mark.parametrize(
    "sent",
    [
        "2028-09-14",
        " 2028-09-14 ",
        "2028-09-14T00:00:00.000Z",
        "2028-09-14T23:30:00-05:00",
        "2028-09-14 00:30:00+02:00",
        1852502400,
        "1852502400000",
    ],
)
def test_a_day_is_the_one_that_is_written(sent: Any) -> None:
    assert values.day(sent) == date(2028, 9, 14)


@pytest.mark.parametrize(
    "sent",
    [
        None,
        "",
        0,
        "0",
        True,
        [],
        {},
        "never",
        "0001-01-01",
        "1970-01-01",
        "2028-02-30",
        "14/09/2028",
        "2028-09-141",
    ],
)
def test_what_says_no_day_is_none(sent: Any) -> None:
    assert values.day(sent) is None
