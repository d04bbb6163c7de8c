"""CSV is read whatever program wrote it."""

from __future__ import annotations

import codecs

import pytest

from integrations.sync.tables.cells import BadFile
from tests.integrations.sync.tables.sheets import csv_of, lines_of, rows_of

ROWS = [["Computer ID", "Computer", "Last user"], ["1", "BÜRO-01", "Zoë"], ["2", "PC-2", "J. O’Neil"]]


def with_mark(mark: bytes, encoding: str) -> bytes:
    return mark + csv_of(ROWS, encoding)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(separator: str) -> None:
    assert [cells for _, cells in lines_of(csv_of(ROWS, separator=separator))] == ROWS


@pytest.mark.parametrize(
    "content",
    [
        csv_of(ROWS),
        with_mark(codecs.BOM_UTF8, "utf-8"),
        with_mark(codecs.BOM_UTF16_LE, "utf-16-le"),
        with_mark(codecs.BOM_UTF16_BE, "utf-16-be"),
        csv_of(ROWS, "utf-16-le"),
        csv_of(ROWS, "utf-16-be"),
        csv_of(ROWS, "cp1252"),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16-le", "utf-16-be", "utf-16-le bare", "utf-16-be bare", "cp1252"],
)
def test_the_encoding_is_found(content: bytes) -> None:
    assert [row.sent["name"] for row in rows_of(content)] == ["BÜRO-01", "PC-2"]
    assert rows_of(content)[1].sent["last_user"] == "J. O’Neil"


def test_a_byte_that_windows_does_not_know_costs_no_file() -> None:
    content = b"Computer ID,Computer\r\n1,PC\x81\x9d\r\n"
    assert rows_of(content)[0].number == 2


def test_line_breaks_and_separators_in_quotes_belong_to_the_cell() -> None:
    content = b'Event ID;Title;Message\n1;"a; b";"first\r\nsecond"\n2;x;y\n'

    first, second = rows_of(content, "events")
    assert (first.sent["title"], first.sent["message"]) == ("a; b", "first\r\nsecond")
    assert second.number == 3


def test_the_line_that_excel_is_told_the_separator_by_is_no_row() -> None:
    assert rows_of(b"sep=|\nComputer ID|Computer\n1|PC-1\n")[0].sent["name"] == "PC-1"


def test_commas_in_text_do_not_win_over_the_real_separator() -> None:
    content = b"Computer ID;Computer;Tags\n1;PC-1;a, b, c\n2;PC-2;d, e, f\n"
    assert [row.sent["tags"] for row in rows_of(content)] == [["a", "b", "c"], ["d", "e", "f"]]


def test_a_list_of_one_column_needs_no_separator() -> None:
    assert [row.sent["name"] for row in rows_of(b"Company\nPine\nOak\n", "companies")] == ["Pine", "Oak"]


def test_empty_rows_are_no_rows_but_count_in_the_numbers() -> None:
    content = b"Computer ID,Computer\n\n,,\n1,PC-1\n"
    assert [row.number for row in rows_of(content)] == [4]


def test_a_missing_quotation_mark_is_told_instead_of_swallowing_the_file() -> None:
    content = b'Computer ID,Computer\n1,"PC-1\n' + b"2,PC-2\n" * 40_000
    with pytest.raises(BadFile, match="quotation mark is missing"):
        lines_of(content)


def test_more_columns_than_a_list_has_are_refused() -> None:
    with pytest.raises(BadFile, match="Row 1 has 201 columns; 200 can be read"):
        lines_of(csv_of([[f"c{number}" for number in range(201)]]))
