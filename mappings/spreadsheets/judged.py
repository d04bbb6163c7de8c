"""What a row would do, as it is stored and compared: things by id, shown by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from mappings.models import SheetRow, SheetVerdict
from mappings.spreadsheets.columns import SheetLine
from mappings.spreadsheets.problems import Claim

Values = dict[str, Any]
"""By field: a switch, or a thing with `id` and `name`, or None."""

LONGEST_NAME: Final = 300


def thing(row: Any) -> dict[str, Any] | None:
    """A row of ours."""
    return {"id": row.pk, "name": str(row)} if row is not None else None


def type_thing(number: int | None, names: Mapping[int, str]) -> dict[str, Any] | None:
    """An asset type by Halo's id."""
    return {"id": number, "name": names.get(number, str(number))} if number is not None else None


def same(one: Values | None, other: Values | None) -> bool:
    """Whether two states are one, whatever things are called by now."""
    return _ids(one) == _ids(other)


def _ids(values: Values | None) -> Values | None:
    if values is None:
        return None
    return {name: value["id"] if isinstance(value, dict) else value for name, value in values.items()}


@dataclass(slots=True)
class Judged:
    """What was found out about a row. Without `after` it says nothing that could be otherwise."""

    subject: Any = None
    before: Values | None = None
    after: Values | None = None
    claims: list[Claim] = field(default_factory=list)


def row_of(line: SheetLine, found: Judged) -> SheetRow:
    """For a row that nothing speaks against."""
    row = _row(line, found.subject)
    if found.after is None or same(found.before, found.after):
        row.verdict = SheetVerdict.UNCHANGED
        return row
    row.verdict = SheetVerdict.CREATES if found.before is None else SheetVerdict.CHANGES
    row.before, row.after = found.before, found.after
    return row


def refused(line: SheetLine, subject: Any, column: str, reason: str) -> SheetRow:
    row = _row(line, subject)
    row.verdict, row.column, row.reason = SheetVerdict.REFUSED, column, reason
    return row


def _row(line: SheetLine, subject: Any) -> SheetRow:
    return SheetRow(
        number=line.number,
        name=str(subject or "")[:LONGEST_NAME],
        subject_id=subject.pk if subject is not None else None,
    )
