"""The cells of an uploaded spreadsheet: what a file may hold, and how its rows are stored for later."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Any, Final

LONGEST_TEXT: Final = 32_767
"""Characters that a cell can hold; what is longer comes from no spreadsheet and is cut."""


class BadFile(ValueError):
    """The file cannot be taken; `sentence` says why, and what to do."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


class Mistake(str):
    """What a formula that failed shows in its cell: `#N/A`, `#REF!`."""

    __slots__ = ()


UNCOMPUTED: Final = Mistake("=")
"""A formula that no spreadsheet program has computed yet, as other programs write them."""

Cell = str | int | float | bool | datetime | date | time | Mistake | None
"""Times are naive: a spreadsheet knows no zones."""

Line = tuple[int, list[Cell]]
"""A row with its number as the spreadsheet shows it."""


def is_empty(value: Cell) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def trimmed(cells: Sequence[Cell]) -> list[Cell]:
    """Without the empty cells at its end."""
    length = len(cells)
    while length and is_empty(cells[length - 1]):
        length -= 1
    return list(cells[:length])


def shown(value: Cell) -> str:
    """A cell as staff read it in a preview."""
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes" if not value.second else "seconds")
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return "" if value is None else str(value)


# ---- stored rows ----------------------------------------------------------------------------


def packed(lines: Sequence[Line]) -> bytes:
    """Rows as compressed JSON."""
    text = json.dumps([[number, [_put(cell) for cell in cells]] for number, cells in lines])
    return zlib.compress(text.encode())


def unpacked(content: bytes) -> list[Line]:
    """What `packed` made, cell by cell the same."""
    rows = json.loads(zlib.decompress(content))
    return [(number, [_taken(cell) for cell in cells]) for number, cells in rows]


def _put(value: Cell) -> Any:
    if isinstance(value, Mistake):
        return ["mistake", str(value)]
    if isinstance(value, datetime):
        return ["moment", value.isoformat()]
    if isinstance(value, date):
        return ["day", value.isoformat()]
    if isinstance(value, time):
        return ["time", value.isoformat()]
    return value[:LONGEST_TEXT] if isinstance(value, str) else value


_TAKEN: Final[dict[str, Callable[[str], Cell]]] = {
    "mistake": Mistake,
    "moment": datetime.fromisoformat,
    "day": date.fromisoformat,
    "time": time.fromisoformat,
}


def _taken(value: Any) -> Cell:
    if isinstance(value, list):
        return _TAKEN[value[0]](value[1])
    found: Cell = value
    return found
