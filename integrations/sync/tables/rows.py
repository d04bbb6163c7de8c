"""Rows of a spreadsheet → objects in the words of the REST API, each with what is wrong about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from integrations.sync.tables.cells import Cell, Line
from integrations.sync.tables.fields import EXACT, ID, SEVERAL, TIMES, Field, Kind, Table
from integrations.sync.tables.grid import at
from integrations.sync.tables.reading import Lost, Unusable, joined, read
from integrations.sync.tables.times import Evidence, Order

JOINT: Final = " / "
"""Between the values of which an id is made."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What each column was taken for ('' for nothing), and what tells rows apart where no column is an id."""

    table: Table
    headers: tuple[str, ...]
    columns: tuple[str, ...]
    keys: tuple[str, ...] = ()
    order: Order | None = None

    def problem(self) -> str:
        """Why no row can be read this way; '' if they can."""
        chosen = [name for name in self.columns if name]
        for name in chosen:
            if name not in self.table.by_name:
                return f"There is no field {name!r}."
            if chosen.count(name) > 1 and self.table.by_name[name].kind not in SEVERAL:
                return f"Two columns are taken for “{self.table.by_name[name].label}”; choose one of them."
        for name in self.table.needed:
            if name not in chosen:
                return f"No column is taken for “{self.table.by_name[name].label}”; choose one."
        if ID not in chosen and not self.keys:
            return "Nothing tells the rows apart: choose a column for the id, or what identifies a row."
        missing = [name for name in self.keys if name not in chosen]
        if ID not in chosen and missing:
            return f"Rows are to be told apart by {missing[0]!r}, but no column is taken for it."
        return ""

    @property
    def time_columns(self) -> list[int]:
        fields = self.table.by_name
        return [at for at, name in enumerate(self.columns) if name and fields[name].kind in TIMES]


@dataclass(slots=True)
class Row:
    """`sent` is what a program would have sent. `identity` is '' where it could not be read."""

    number: int
    identity: str = ""
    sent: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    problem: str = ""


def read_row(line: Line, layout: Layout) -> Row:
    """Read a row as far as it goes: also a row with a problem tells its identity if it can."""
    number, cells = line
    row = Row(number)
    for name, positions in _positions(layout).items():
        try:
            row.sent[name] = _read(layout, name, positions, cells)
        except Unusable as problem:
            row.problem = row.problem or f"{layout.table.by_name[name].label}: {problem}."
        except Lost as lost:
            _note_loss(row, layout, name, str(lost))
    row.identity = identity_of(row, layout)
    row.sent[ID] = row.identity
    row.problem = row.problem or _what_is_missing(row, layout)
    return row


def identity_of(row: Row, layout: Layout) -> str:
    if ID in layout.columns:
        return str(row.sent.get(ID) or "")
    values = [" ".join(str(row.sent.get(name) or "").split()) for name in layout.keys]
    return JOINT.join(values) if any(values) else ""


def _positions(layout: Layout) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for position, name in enumerate(layout.columns):
        if name:
            found.setdefault(name, []).append(position)
    return found


def _read(layout: Layout, name: str, positions: Sequence[int], cells: Sequence[Cell]) -> Any:
    described = layout.table.by_name[name]
    values = [
        read(described, at(cells, position), layout.order, layout.headers[position]) for position in positions
    ]
    return joined(values) if described.kind in SEVERAL else values[0]


def _note_loss(row: Row, layout: Layout, name: str, sentence: str) -> None:
    """A spoilt id names another thing; any other spoilt value is left as it is stored."""
    label = layout.table.by_name[name].label
    if name == ID or name in layout.keys or name in layout.table.needed:
        row.problem = row.problem or f"{label} {sentence}."
    else:
        row.notes.append(f"{label} {sentence}: left out.")


def _what_is_missing(row: Row, layout: Layout) -> str:
    fields = layout.table.by_name
    for name in layout.table.needed:
        if not row.sent.get(name):
            return f"{fields[name].label} is empty."
    if row.identity:
        return ""
    names = [ID] if ID in layout.columns else list(layout.keys)
    return f"{', '.join(fields[name].label for name in names)}: empty, and rows are told apart by it."


# ---- about the whole file -------------------------------------------------------------------


def evidence_of(lines: Iterable[Line], layout: Layout) -> Evidence:
    """What the columns with times say about the order of day and month."""
    evidence = Evidence()
    positions = layout.time_columns
    for number, cells in lines if positions else ():
        evidence.look(number, (at(cells, position) for position in positions))
    return evidence


def numbers_in_codes(cells: Sequence[Cell], layout: Layout) -> list[str]:
    """Labels of columns with names made of digits that this row holds as numbers: zeros may be missing."""
    found = []
    for position, name in enumerate(layout.columns):
        described: Field | None = layout.table.by_name.get(name)
        value = at(cells, position)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if described is not None and described.kind in EXACT and described.kind != Kind.ID and is_number:
            found.append(described.label)
    return found
