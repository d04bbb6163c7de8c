"""Empty spreadsheets with the right headers, to be filled in."""

from __future__ import annotations

from typing import IO

from integrations.sync.sheets import csv_lines, write_xlsx
from integrations.sync.tables.known import TABLES


def headers_of(what: str) -> list[str]:
    return [field.label for field in TABLES[what].fields]


def write_sample(file: IO[bytes], what: str) -> None:
    """A workbook with the headers of companies, computers or events, and no rows."""
    write_xlsx(file, TABLES[what].what.capitalize(), headers_of(what), ())


def sample_csv(what: str) -> str:
    return "".join(csv_lines(headers_of(what), ()))
