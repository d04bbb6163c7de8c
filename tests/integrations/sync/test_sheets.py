"""CSV and XLSX say the same, and are made while they are read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime

import pytest
from openpyxl import load_workbook

from integrations.sync.cells import Cell
from integrations.sync.sheets import csv_lines, write_xlsx

pytestmark = pytest.mark.pure

AT = datetime.fromisoformat("2026-03-01T10:05")
NAMES = ["Name", "Count", "Day", "At"]
ROW: list[Cell] = ['Ä "quoted", with\nlines', 3, date(2026, 3, 1), AT]


def test_csv_is_read_back_as_it_was_and_excel_takes_it_for_unicode() -> None:
    text = "".join(csv_lines(NAMES, [ROW, [None, None, None, None]]))

    assert text.startswith("\ufeff")
    assert list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))) == [
        NAMES,
        ['Ä "quoted", with\nlines', "3", "2026-03-01", "2026-03-01 10:05:00"],
        ["", "", "", ""],
    ]


def test_csv_is_told_piece_by_piece() -> None:
    read = []

    def rows() -> Iterator[list[Cell]]:
        for number in range(5000):
            read.append(number)
            yield [number]

    pieces = csv_lines(["Number"], rows())
    next(pieces)

    assert 0 < len(read) < 5000


def test_a_workbook_holds_dates_as_dates_and_texts_as_texts() -> None:
    file = io.BytesIO()
    write_xlsx(file, "Assets", NAMES, [ROW, ["'=1+1", None, None, None]])

    sheet = load_workbook(file)["Assets"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == NAMES
    assert rows[1] == [ROW[0], 3, datetime.fromisoformat("2026-03-01"), AT]
    assert sheet["C2"].is_date
    assert sheet["C2"].number_format == "yyyy-mm-dd"
    assert sheet["A3"].data_type == "s"
    assert sheet["A1"].font.bold
