"""What a file is, told by its content: CSV and XLSX are opened, everything else gets a sentence."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Final, Protocol
from zipfile import BadZipFile, ZipFile

from integrations.sync.tables.books import Book
from integrations.sync.tables.cells import BadFile, Line
from integrations.sync.tables.delimited import Delimited

CSV: Final = "csv"
XLSX: Final = "xlsx"
MOST_ROWS: Final = 200_000
MOST_COLUMNS: Final = 200

_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_SAVE_AS: Final = "Open it and save it as XLSX or CSV."


class Source(Protocol):
    """An open file. `sheets` are the names of those that can be read, the first is the one meant by ''."""

    sheets: tuple[str, ...]
    described: str
    """How it was read, in words for staff."""

    def lines(self, sheet: str = "") -> Iterator[Line]:
        """The rows of a sheet in order, empty ones left out. Raises `BadFile`."""

    def merged(self, sheet: str = "") -> Iterator[str]:
        """Its merged cells, as A1:B2: only the first of them has a value."""


@dataclass(frozen=True, slots=True)
class _Known:
    """A file that begins like this is not for us."""

    starts: tuple[bytes, ...]
    sentence: str


_KNOWN: Final = (
    _Known((b"%PDF",), "This is a PDF. Export the list as XLSX or CSV instead of printing it."),
    _Known((b"{\\rtf",), f"This is a text document (RTF). {_SAVE_AS}"),
    _Known((b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!"), "This is a compressed archive. Unpack it first."),
    _Known((b"\x89PNG", b"\xff\xd8\xff", b"GIF8"), "This is a picture, not a spreadsheet."),
)


def open_file(file: IO[bytes]) -> tuple[str, Source]:
    """("csv" or "xlsx", the open file). The name is not asked. Raises `BadFile`."""
    file.seek(0)
    start = file.read(4096)
    if not start.strip():
        raise BadFile("The file is empty.")
    if start.startswith(_ZIP):
        return XLSX, _book(file)
    if start.startswith(_OLE):
        raise BadFile(_what_ole_is(file))
    for known in _KNOWN:
        if start.startswith(known.starts):
            raise BadFile(known.sentence)
    return CSV, Bounded(Delimited(file, _no_markup))


def _no_markup(text: str) -> None:
    """Text that is something else than a table; many tools call their web page `.xls`."""
    start = text.lstrip().lower()
    if start.startswith("<"):
        raise BadFile(f"This is a web page or XML, whatever its name says. {_SAVE_AS}")
    if start.startswith(('{"', '[{"', "[\n", "[ {", "{\n")):
        raise BadFile("This is JSON. Send it to the REST API, or export the list as XLSX or CSV.")


def _what_ole_is(file: IO[bytes]) -> str:
    file.seek(0)
    tail = b""
    while block := file.read(65_536):
        if _ENCRYPTED in tail + block:
            return "The workbook is protected by a password. Save it without one."
        tail = block[-len(_ENCRYPTED) :]
    return f"This is an old Excel workbook (.xls). {_SAVE_AS}"


def _book(file: IO[bytes]) -> Source:
    try:
        names = set(ZipFile(file).namelist())
    except (BadZipFile, OSError, ValueError, RuntimeError, struct.error):
        raise BadFile("The workbook is damaged: it cannot be unpacked. Save it again.") from None
    if "xl/workbook.bin" in names:
        raise BadFile(f"This is a binary workbook (.xlsb). {_SAVE_AS}")
    if "content.xml" in names or "mimetype" in names:
        raise BadFile(f"This is an OpenDocument file (.ods). {_SAVE_AS}")
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise BadFile("This is a ZIP archive without a workbook. Unpack it first.")
    return Bounded(Book(file))


class Bounded:
    """A source that refuses more rows and columns than a list can have."""

    def __init__(self, source: Source) -> None:
        self._lines: Callable[[str], Iterator[Line]] = source.lines
        self.merged = source.merged
        self.sheets = source.sheets
        self.described = source.described

    def lines(self, sheet: str = "") -> Iterator[Line]:
        for count, (number, cells) in enumerate(self._lines(sheet), start=1):
            if len(cells) > MOST_COLUMNS:
                raise BadFile(
                    f"Row {number} has {len(cells)} columns; {MOST_COLUMNS} can be read. "
                    "Delete what is not part of the list."
                )
            if count > MOST_ROWS + 1:
                raise BadFile(f"There are more than {MOST_ROWS:,} rows; upload them in parts.")
            yield number, cells
