# ruff: noqa: DTZ001  a spreadsheet knows no zones
"""What a spreadsheet program did to a value is told: in an id it costs the row, elsewhere the value."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from openpyxl import Workbook

from integrations.sync.tables.rows import numbers_in_codes
from tests.integrations.sync.tables.sheets import csv_of, layout_of, lines_of, rows_of, saved, xlsx_of

HEADERS = ["Computer ID", "Computer", "Serial number"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("1.23E+11", "has been turned into 1.23E+11"),
        ("1,23457E+15", "digits are missing"),
        (12345678901234567890, "more than 15 digits"),
        (1.2345678901234e19, "more than 15 digits"),
        (datetime(2026, 3, 1), "turned into a date"),
    ],
)
def test_a_spoilt_serial_number_is_left_out_and_told(value: Any, said: str) -> None:
    (row,) = rows_of(xlsx_of([HEADERS, ["1", "PC-1", value]]))
    assert "serial_number" not in row.sent
    assert row.problem == ""
    assert said in row.notes[0]


@pytest.mark.parametrize("value", ["4.4E+12", 12345678901234567890, datetime(2026, 3, 1)])
def test_a_spoilt_id_costs_its_row(value: Any) -> None:
    (row,) = rows_of(xlsx_of([HEADERS, [value, "PC-1", "A"]]))
    assert row.problem.startswith("Computer ID ")
    assert row.identity == ""


def test_a_spoilt_value_by_which_rows_are_told_apart_costs_its_row_too() -> None:
    (row,) = rows_of(csv_of([["Computer", "Serial number"], ["PC-1", "1.23E+11"]]))
    assert "turned into 1.23E+11" in row.problem


def test_a_formula_that_failed_is_a_mistake_and_no_name() -> None:
    book = Workbook()
    sheet: Any = book.active
    sheet.append(HEADERS)
    sheet.append(["1", "PC-1", None])
    sheet["C2"].value = "#N/A"
    sheet["C2"].data_type = "e"
    (row,) = rows_of(saved(book))
    assert row.notes == ["Serial number is #N/A, a formula that failed: left out."]


def test_zeros_in_front_stay_where_the_file_still_has_them() -> None:
    assert rows_of(csv_of([HEADERS, ["007", "PC-1", "000123"]]))[0].sent["serial_number"] == "000123"
    assert rows_of(xlsx_of([HEADERS, ["007", "PC-1", "000123"]]))[0].identity == "007"


def test_a_number_that_is_shown_with_zeros_is_read_with_them() -> None:
    book = Workbook()
    sheet: Any = book.active
    sheet.append(HEADERS)
    sheet.append(["1", "PC-1", 123])
    sheet["C2"].number_format = "000000"
    assert rows_of(saved(book))[0].sent["serial_number"] == "000123"


def test_serial_numbers_that_are_numbers_are_told_since_zeros_may_be_gone() -> None:
    lines = lines_of(xlsx_of([HEADERS, [1, "PC-1", 123], ["2", "PC-2", "00123"]]))
    layout, rows = layout_of(lines, "computers")
    assert [numbers_in_codes(cells, layout) for _, cells in rows] == [["Serial number"], []]
    assert rows_of(xlsx_of([HEADERS, [1, "PC-1", 123]]))[0].sent["serial_number"] == "123"


def test_an_id_that_is_a_number_has_no_decimal_point() -> None:
    assert rows_of(xlsx_of([HEADERS, [17.0, "PC-1", ""]]))[0].identity == "17"


def test_a_formula_that_was_never_computed_is_told() -> None:
    book = Workbook()
    sheet: Any = book.active
    sheet.append(HEADERS)
    sheet.append(["1", "PC-1", '=CONCATENATE("A","B")'])
    (row,) = rows_of(saved(book))
    assert row.notes[0].startswith("Serial number is a formula that was never computed;")


def test_a_flag_or_a_time_that_failed_costs_its_row() -> None:
    book = Workbook()
    sheet: Any = book.active
    sheet.append([*HEADERS, "Online", "Last seen"])
    sheet.append(["1", "PC-1", "", "=1/0", ""])
    sheet.append(["2", "PC-2", "", "", "=1/0"])
    for place in ("D2", "E3"):
        sheet[place].value, sheet[place].data_type = "#DIV/0!", "e"
    assert [row.problem for row in rows_of(saved(book))] == [
        "Online: '#DIV/0!' is neither yes nor no.",
        "Last seen: '#DIV/0!' is not a time.",
    ]
