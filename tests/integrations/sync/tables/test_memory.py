"""A list of 100,000 rows is read in the memory of a small one."""

from __future__ import annotations

import io
import tempfile
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from typing import IO

import pytest

from integrations.sync.sheets import csv_lines
from integrations.sync.tables.files import open_file
from tests.integrations.sync.tables.sheets import part_of, xlsx_of

ROWS = 100_000
MOST = 24 * 1024 * 1024
"""Bytes. The texts of such a workbook alone are several times that."""
NAMES = ["Computer ID", "Computer", "Serial number"]
HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
KIND_OF_STRINGS = (
    b'<Override PartName="/xl/sharedStrings.xml" ContentType='
    b'"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)
STRINGS = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


def values(number: int) -> list[str]:
    return [f"pc-{number:08d}", f"PC-{number:08d}-{'x' * 60}", f"SN-{number:08d}-{'y' * 60}"]


def big_csv(file: IO[bytes]) -> None:
    for lines in csv_lines(NAMES, (values(number) for number in range(ROWS))):
        file.write(lines.encode())


def big_workbook(file: IO[bytes]) -> None:
    """As a spreadsheet program writes it: each text once, in a table of its own."""
    small = xlsx_of([NAMES])
    kinds = part_of(small, "[Content_Types].xml").replace(b"</Types>", KIND_OF_STRINGS + b"</Types>")
    with zipfile.ZipFile(io.BytesIO(small)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"):
                new.writestr(name, kinds if name == "[Content_Types].xml" else old.read(name))
        with new.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(HEAD)
            for row in range(ROWS + 1):
                cells = "".join(f'<c t="s"><v>{row * 3 + column}</v></c>' for column in range(3))
                sheet.write(f'<row r="{row + 1}">{cells}</row>'.encode())
            sheet.write(b"</sheetData></worksheet>")
        with new.open("xl/sharedStrings.xml", "w") as strings:
            strings.write(STRINGS)
            for row in range(ROWS + 1):
                for text in NAMES if row == 0 else values(row - 1):
                    strings.write(f"<si><t>{text}</t></si>".encode())
            strings.write(b"</sst>")


@pytest.fixture
def file() -> Iterator[IO[bytes]]:
    with tempfile.TemporaryFile() as found:
        yield found


@pytest.mark.parametrize("write", [big_csv, big_workbook])
def test_memory_stays_flat(write: Callable[[IO[bytes]], None], file: IO[bytes]) -> None:
    write(file)
    tracemalloc.start()
    try:
        count, last = 0, []
        for _, cells in open_file(file)[1].lines():
            count, last = count + 1, cells
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert (count, last) == (ROWS + 1, values(ROWS - 1))
    assert peak < MOST
