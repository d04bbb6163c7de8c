"""The rows of one sheet of a workbook, straight from its XML: one pass, one row in memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from math import isfinite
from typing import IO, Any, Final
from xml.etree.ElementTree import Element, iterparse

from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE
from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import from_excel
from openpyxl.xml.constants import SHEET_MAIN_NS

from integrations.sync.tables.cells import UNCOMPUTED, Cell, Line, Mistake, trimmed

MOST_DIGITS: Final = 18
"""A whole number with more is read as a spreadsheet program would: without its last digits."""
WIDEST: Final = 16_384
"""Columns that a sheet can have at all."""

_ROW, _CELL, _VALUE, _FORMULA, _INLINE, _TEXT, _PHONETIC = (
    f"{{{SHEET_MAIN_NS}}}{name}" for name in ("row", "c", "v", "f", "is", "t", "rPh")
)
_ESCAPED: Final = re.compile("_x([0-9A-F]{4})_")
"""How a workbook writes what XML has no sign for: `_x000D_` is the end of a line."""
_ZEROS: Final = re.compile(r'^"?(0{2,})"?(?:;.*)?$')


@dataclass(frozen=True)
class Looks:
    """What the styles of a workbook say about its numbers."""

    epoch: datetime
    dates: frozenset[int]
    spans: frozenset[int]
    zeros: dict[int, int]
    """Style → digits to which a number is filled up with zeros."""

    @classmethod
    def of(cls, book: Any) -> Looks:
        zeros = {}
        for style, cell in enumerate(book._cell_styles):
            if found := _ZEROS.match(_format(book, cell.numFmtId)):
                zeros[style] = len(found[1])
        return cls(book.epoch, frozenset(book._date_formats), frozenset(book._timedelta_formats), zeros)


def _format(book: Any, number: int) -> str:
    if number < BUILTIN_FORMATS_MAX_SIZE:
        return str(BUILTIN_FORMATS.get(number, ""))
    own = number - BUILTIN_FORMATS_MAX_SIZE
    return str(book._number_formats[own]) if own < len(book._number_formats) else ""


def sheet_lines(source: IO[bytes], strings: Sequence[str], looks: Looks) -> Iterator[Line]:
    """Rows with their numbers, empty ones left out. Raises what its XML parser raises, or `ValueError`."""
    parents: list[Element] = []
    number = 0
    for event, node in iterparse(source, events=("start", "end")):  # noqa: S314  entities were refused
        if event == "start":
            parents.append(node)
            continue
        parents.pop()
        if node.tag == _ROW:
            number = max(number + 1, int(node.get("r") or 0))
            if cells := trimmed(_cells(node, strings, looks)):
                yield number, cells
        if parents and node.tag not in _KEPT:
            parents[-1].remove(node)


_KEPT: Final = frozenset({_CELL, _VALUE, _FORMULA, _INLINE, _TEXT, _PHONETIC, f"{{{SHEET_MAIN_NS}}}r"})
"""What a row is made of stays until the row has been read; everything else is dropped when it ends."""


def _cells(row: Element, strings: Sequence[str], looks: Looks) -> list[Cell]:
    cells: list[Cell] = []
    for node in row:
        if node.tag != _CELL:
            continue
        place = _column(node.get("r", "").rstrip("0123456789")) or len(cells) + 1
        if place > WIDEST:
            raise ValueError("a cell is outside of the sheet")
        if place > len(cells):
            cells.extend([None] * (place - len(cells)))
        cells[place - 1] = _value(node, strings, looks)
    return cells


@lru_cache(maxsize=1024)
def _column(letters: str) -> int:
    return column_index_from_string(letters) if letters else 0


def _value(node: Element, strings: Sequence[str], looks: Looks) -> Cell:
    kind = node.get("t", "n")
    if kind == "inlineStr":
        inline = node.find(_INLINE)
        return None if inline is None else spoken(inline)
    text = node.findtext(_VALUE)
    if not text:
        # A formula whose text came out empty says that it is a text.
        return UNCOMPUTED if kind != "str" and node.find(_FORMULA) is not None else None
    if kind == "n":
        return _number(text, int(node.get("s") or 0), looks)
    return _READ[kind](text) if kind in _READ else strings[int(text)] if kind == "s" else text


def spoken(inline: Element) -> str:
    """The text of a cell, whatever its letters look like; how it is pronounced is left out."""
    if len(inline) == 1 and inline[0].tag == _TEXT:
        found = inline[0].text or ""
    else:
        runs = [part for part in inline if part.tag != _PHONETIC]
        found = "".join(text.text or "" for part in runs for text in part.iter(_TEXT))
    return _ESCAPED.sub(lambda code: chr(int(code[1], 16)), found) if "_x" in found else found


def _number(text: str, style: int, looks: Looks) -> Cell:
    is_whole = text.lstrip("-").isdigit() and len(text) <= MOST_DIGITS
    value = int(text) if is_whole else float(text)
    if not isfinite(value):
        return Mistake("#NUM!")
    if style in looks.dates:
        return _moment(value, style in looks.spans, looks.epoch)
    if style in looks.zeros and value == int(value):
        return f"{int(value):0{looks.zeros[style]}d}"
    return value


def _moment(value: float, is_span: bool, epoch: datetime) -> Cell:
    try:
        found = from_excel(value, epoch, timedelta=is_span)
    except (OverflowError, ValueError):
        return Mistake("#VALUE!")
    if isinstance(found, timedelta):
        return str(found)
    return found if isinstance(found, datetime | date | time) else None


_READ: Final[dict[str, Callable[[str], Cell]]] = {
    "b": lambda text: bool(int(text)),
    "e": Mistake,
    "d": lambda text: datetime.fromisoformat(text.removesuffix("Z")),
}
