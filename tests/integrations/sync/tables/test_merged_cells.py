"""Merged cells are told, so that nobody takes the empty ones below the first for empty."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook

from integrations.sync.tables import books
from integrations.sync.tables.cells import BadFile
from integrations.sync.tables.files import open_file
from tests.integrations.sync.tables.sheets import csv_of, part_of, saved, with_part, xlsx_of

SHEET = "xl/worksheets/sheet1.xml"


def merged(content: bytes, sheet: str = "") -> list[str]:
    return sorted(open_file(io.BytesIO(content))[1].merged(sheet))


def workbook(*cells: str) -> bytes:
    book = Workbook()
    for title in ("List", "Other"):
        sheet = book.create_sheet(title)
        sheet.append(["A", "B", "C"])
    book.remove(book.worksheets[0])
    for merged_cells in cells:
        book["List"].merge_cells(merged_cells)
    return saved(book)


def test_each_of_a_sheet_is_told_and_of_no_other_sheet() -> None:
    content = workbook("A2:A4", "B2:C3")

    assert merged(content) == merged(content, "List") == ["A2:A4", "B2:C3"]
    assert merged(content, "Other") == []


def test_a_text_file_and_a_plain_workbook_have_none() -> None:
    assert merged(csv_of([["A", "B"], ["1", "2"]])) == merged(xlsx_of([["A", "B"], ["1", "2"]])) == []


@pytest.mark.parametrize("block", [7, 64, 201, 1_000])
def test_one_that_lies_on_the_edge_of_a_block_is_told_once(
    block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(books, "BLOCK", block)

    assert merged(workbook("A2:A4", "B2:C3", "B5:B12")) == ["A2:A4", "B2:C3", "B5:B12"]


def test_what_other_programs_write_is_understood() -> None:
    content = workbook("A2:A4")
    xml = part_of(content, SHEET).replace(b'<mergeCell ref="A2:A4"', b"<x:mergeCell ref='A2:A4'")

    assert merged(with_part(content, SHEET, xml)) == ["A2:A4"]


def test_a_sheet_that_is_not_there_is_refused() -> None:
    with pytest.raises(BadFile, match="no sheet called 'Nothing'"):
        merged(workbook("A2:A4"), "Nothing")
