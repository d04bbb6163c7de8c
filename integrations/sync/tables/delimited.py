"""CSV as people have it: any separator, any usual encoding."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator
from typing import IO, Final

from integrations.sync.tables.cells import BadFile, Line, trimmed

SEPARATORS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
LONGEST_CELL: Final = 131_072
BLOCK: Final = 65_536
LOOKED_AT: Final = 50
"""Rows by which the separator is judged."""

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NAMED: Final = {"utf-8-sig": "UTF-8", "utf-8": "UTF-8", "cp1252": "Windows-1252", "latin-1": "Latin-1"}
_SEP_LINE: Final = re.compile(r"^sep=(.)\r?\n", re.I)
_BINARY: Final = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


class Delimited:
    """A text file, opened. `refuse` may raise `BadFile` after a look at its beginning."""

    def __init__(self, file: IO[bytes], refuse: Callable[[str], None]) -> None:
        self._file = file
        self._encoding = _encoding_of(file)
        start = self._start()
        if _BINARY.search(start):
            raise BadFile("This is no spreadsheet: it is neither text nor a workbook.")
        refuse(start)
        said = _SEP_LINE.match(start)
        self._skip = 1 if said else 0
        self._separator = said[1] if said else separator_of(start)
        self.sheets: tuple[str, ...] = ("",)
        named = _NAMED.get(self._encoding, self._encoding.upper())
        self.described = f"CSV, {named}, {SEPARATORS.get(self._separator, self._separator)}"

    def lines(self, sheet: str = "") -> Iterator[Line]:
        """Each record is a row, as in a spreadsheet: a line break in quotes begins no new one."""
        csv.field_size_limit(LONGEST_CELL)
        self._file.seek(0)
        kept = io.BufferedReader(_Kept(self._file))  # type: ignore[type-var]
        text = io.TextIOWrapper(kept, self._encoding, newline="", errors="replace")
        number = 0
        try:
            for number, cells in enumerate(csv.reader(text, delimiter=self._separator), start=1):
                row = trimmed(cells) if number > self._skip else []
                if row:
                    yield number, row
        except csv.Error:
            raise BadFile(
                f"Row {number + 1} cannot be read: a cell is longer than {LONGEST_CELL:,} characters. "
                "Often a quotation mark is missing at its end."
            ) from None
        finally:
            text.detach()

    def merged(self, sheet: str = "") -> Iterator[str]:
        """Text has no merged cells."""
        return iter(())

    def _start(self) -> str:
        self._file.seek(0)
        decoder = codecs.getincrementaldecoder(self._encoding)(errors="replace")
        return decoder.decode(self._file.read(BLOCK))


class _Kept(io.RawIOBase):
    """The file for a reader that would close it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._source = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        block = self._source.read(len(buffer))
        buffer[: len(block)] = block
        return len(block)


def _encoding_of(file: IO[bytes]) -> str:
    """By its mark, else by what it can be: UTF-16 has zeros, UTF-8 is strict, the rest is Windows."""
    file.seek(0)
    start = file.read(BLOCK)
    for mark, encoding in _BOMS:
        if start.startswith(mark):
            return encoding
    if b"\x00" in start:
        return _utf16_without_mark(start)
    for encoding in ("utf-8", "cp1252"):
        if _decodes(file, encoding):
            return encoding
    return "latin-1"


def _utf16_without_mark(start: bytes) -> str:
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if max(even, odd) * 4 < len(start) or min(even, odd) * 10 > max(even, odd):
        raise BadFile("This is no spreadsheet: it is neither text nor a workbook.")
    return "utf-16-le" if odd > even else "utf-16-be"


def _decodes(file: IO[bytes], encoding: str) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while block := file.read(BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def separator_of(text: str) -> str:
    """The one that divides most rows into equally many cells; a comma where there is one column only."""
    best, most = ",", (0, 0)
    for separator in SEPARATORS:
        widths = _widths(text, separator)
        wide = [width for width in widths if width > 1]
        usual = max(wide, key=wide.count, default=0)
        score = (wide.count(usual), usual)
        if score > most:
            best, most = separator, score
    return best


def _widths(text: str, separator: str) -> list[int]:
    """Cells of the first rows. The last one may be cut off and tells nothing, unless it is the only one."""
    widths = []
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            if cells:
                widths.append(len(cells))
            if len(widths) > LOOKED_AT:
                break
    except csv.Error:
        return []
    return widths[:-1] if len(widths) > LOOKED_AT or len(text) >= BLOCK // 4 else widths
