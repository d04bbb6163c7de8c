"""Where the list begins: the row with the headers, whatever stands above it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from integrations.sync.tables.cells import BadFile, Cell, Line, is_empty, shown
from integrations.sync.tables.files import Source

LOOKED_AT: Final = 20
"""Rows at the top among which the headers are looked for."""


@dataclass(frozen=True, slots=True)
class Head:
    """`row` is the number of the row with the headers; a column without one is called by its letter."""

    row: int
    names: tuple[str, ...]


def letters(position: int) -> str:
    """The name of a column by its position from 0: A, B, … Z, AA."""
    name = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def find_head(lines: Iterable[Line], is_known: Callable[[str], bool]) -> Head:
    """The row of the first 20 in which most headers are known; without any the first that has most cells.

    Of headers in two rows the lower one counts, and takes from the upper what stands over an empty cell, as
    merged cells leave it. Raises `BadFile` for a sheet without rows.
    """
    top = list(islice(lines, LOOKED_AT))
    if not top:
        raise BadFile("There are no rows in it.")
    best: tuple[int, int, int] | None = None
    chosen: tuple[int, list[str]] = top[0][0], []
    for position, (number, cells) in enumerate(top):
        names = _names(cells, top[position - 1][1] if position else [])
        known = sum(is_known(name) for name in names if name)
        filled = sum(isinstance(cell, str) and bool(cell.strip()) for cell in cells)
        score = (known, 0 if known else min(filled, 2), -position)
        if best is None or score > best:
            best, chosen = score, (number, names)
    return Head(chosen[0], _named(chosen[1], max(len(cells) for _, cells in top)))


def find_heads(source: Source, sheets: Iterable[str], is_known: Callable[[str], bool]) -> dict[str, Head]:
    """The headers of each of these sheets that has rows. Raises `BadFile` where none has."""
    heads: dict[str, Head] = {}
    empty: BadFile | None = None
    for name in sheets:
        try:
            heads[name] = find_head(source.lines(name), is_known)
        except BadFile as problem:
            empty = problem
    if not heads and empty is not None:
        raise empty
    return heads


def _names(cells: Sequence[Cell], above: Sequence[Cell]) -> list[str]:
    own = [_word(cell) for cell in cells]
    upper = [_word(cell) for cell in above]
    width = max(len(own), len(upper))
    own += [""] * (width - len(own))
    upper += [""] * (width - len(upper))
    return [name or over for name, over in zip(own, upper, strict=True)]


def _word(cell: Cell) -> str:
    return " ".join(shown(cell).split())[:200]


def _named(names: Sequence[str], width: int) -> tuple[str, ...]:
    wide = [*names, *[""] * (width - len(names))]
    return tuple(name or f"Column {letters(position)}" for position, name in enumerate(wide))


def rows_below(lines: Iterable[Line], head: Head) -> Iterator[Line]:
    """The rows of the list. Headers that are repeated on every page are none."""
    repeated = [name.casefold() for name in head.names]
    for number, cells in lines:
        if number > head.row and not _is_head(cells, repeated):
            yield number, cells


def _is_head(cells: Sequence[Cell], names: Sequence[str]) -> bool:
    words = [_word(cell).casefold() for cell in cells]
    filled = [(word, name) for word, name in zip(words, names, strict=False) if word]
    return len(filled) > 1 and all(word == name for word, name in filled)


def widest(lines: Iterable[Line]) -> int:
    return max((len(cells) for _, cells in lines), default=0)


def at(cells: Sequence[Cell], position: int) -> Cell:
    """A cell of a row that may be shorter; empty ones are None."""
    found = cells[position] if position < len(cells) else None
    return None if is_empty(found) else found
