# ruff: noqa: DTZ001  a spreadsheet knows no zones
"""Days and times in every usual spelling; which of two numbers is the day is decided once for a file."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from openpyxl import Workbook

from integrations.sync.tables.cells import Cell, Mistake
from integrations.sync.tables.rows import evidence_of
from integrations.sync.tables.times import Evidence, NoTime, Order, day, moment
from tests.integrations.sync.tables.sheets import csv_of, layout_of, lines_of, rows_of, saved, xlsx_of

MARCH = datetime(2026, 3, 4)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2026-03-04", MARCH),
        ("2026/3/4", MARCH),
        ("2026-03-04T18:05:10", datetime(2026, 3, 4, 18, 5, 10)),
        ("2026-03-04 18:05:10.123", datetime(2026, 3, 4, 18, 5, 10)),
        ("04.03.2026", MARCH),
        ("4. 3. 2026", MARCH),
        ("4.3.26 6:05", datetime(2026, 3, 4, 6, 5)),
        ("4 March 2026", MARCH),
        ("4. März 2026 18:05", datetime(2026, 3, 4, 18, 5)),
        ("04-Mar-2026", MARCH),
        ("March 4, 2026 6:05 PM", datetime(2026, 3, 4, 18, 5)),
        ("Mar 4 2026 12:05 am", datetime(2026, 3, 4, 0, 5)),
        ("Wed, 4 Mar 2026", MARCH),
        ("4 août 2026", datetime(2026, 8, 4)),
        ("46085", MARCH),
        ("46085.75", datetime(2026, 3, 4, 18)),
        ("", None),
        ("never", None),
        ("-", None),
    ],
)
@pytest.mark.parametrize("order", [None, *Order])
def test_what_can_be_read_in_one_way_is_read_so(text: str, when: datetime | None, order: Order) -> None:
    assert moment(text, order) == when


@pytest.mark.parametrize("text", ["03/04/2026", "3-4-2026", "03/04/26", "3/4/2026 00:00"])
def test_what_can_be_read_in_two_ways_follows_the_order(text: str) -> None:
    assert moment(text, Order.MONTH) == MARCH
    assert moment(text, Order.DAY) == datetime(2026, 4, 3)


@pytest.mark.parametrize(
    "text", ["2026-03-04T18:05:10Z", "2026-03-04 18:05:10 +0200", "4 Mar 2026 18:05 GMT"]
)
def test_a_time_with_an_offset_keeps_it(text: str) -> None:
    found = moment(text, None)
    assert isinstance(found, str)
    assert datetime.fromisoformat(found).tzinfo is not None


def test_numbers_are_days_of_a_spreadsheet_or_seconds_since_1970() -> None:
    assert moment(46085.75, None) == datetime(2026, 3, 4, 18)
    assert moment(1_772_647_510, None) == 1_772_647_510.0
    assert moment(46085.4305555556, None) == datetime(2026, 3, 4, 10, 20)


@pytest.mark.parametrize(
    "value",
    ["soon", "31/31/2026", "2026-13-01", "25:00", 7, True, Mistake("#N/A"), "4 Foo 2026", "12/25/26 25:00"],
)
def test_what_is_no_time_is_refused(value: Cell) -> None:
    with pytest.raises(NoTime):
        moment(value, Order.MONTH)


def test_a_day_drops_its_time() -> None:
    assert day("2026-03-04T18:05:10+02:00", None) == date(2026, 3, 4)
    assert day(MARCH, None) == date(2026, 3, 4)


def evidence(*texts: str) -> Evidence:
    found = Evidence()
    for number, text in enumerate(texts, start=2):
        found.look(number, [text])
    return found


def test_one_row_decides_for_all() -> None:
    assert evidence("03/04/2026", "25/12/2026").order == Order.DAY
    assert evidence("03/04/2026", "12/25/2026").order == Order.MONTH
    assert evidence("03/04/2026", "25/12/2026").day_row == 3


def test_no_row_or_two_that_contradict_each_other_have_to_be_decided_by_staff() -> None:
    assert evidence("03/04/2026").has_to_be_chosen
    assert evidence("25/12/2026", "12/25/2026").has_to_be_chosen
    assert not evidence("04.03.2026", "2026-03-04", "4/4/2026").has_to_be_chosen


def test_only_columns_with_times_are_evidence() -> None:
    rows = [["Computer ID", "Computer", "Last user", "Last seen"], ["1", "PC-1", "03/04/2026", "25/12/2026"]]
    layout, lines = layout_of(lines_of(csv_of(rows)), "computers")
    assert evidence_of(lines, layout).either_row == 0
    assert evidence_of(lines, layout).order == Order.DAY


def test_days_and_times_of_a_workbook_are_read_as_they_are() -> None:
    rows = [
        ["Computer ID", "Computer", "Last seen", "Purchased"],
        ["1", "PC-1", datetime(2026, 3, 4, 18), MARCH],
    ]
    (row,) = rows_of(xlsx_of(rows))
    assert row.sent["last_seen"] == "2026-03-04T18:00:00"
    assert row.sent["purchased_on"] == "2026-03-04"


def test_a_workbook_that_counts_from_1904_has_the_same_days() -> None:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    assert sheet is not None
    sheet.append(["Computer ID", "Computer", "Purchased"])
    sheet.append(["1", "PC-1", MARCH])
    assert rows_of(saved(book))[0].sent["purchased_on"] == "2026-03-04"
