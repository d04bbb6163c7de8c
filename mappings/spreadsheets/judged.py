"""What a row would do, as it is stored and compared: things by id, shown by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mappings.models import SheetRow, SheetVerdict
from mappings.spreadsheets.columns import SheetLine

Values = dict[str, Any]
"""By field: a switch, or a thing with `id` and `name`, or None."""

LONGEST_NAME: Final = 300
LONGEST_REASON: Final = 500


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


def row_of(line: SheetLine, subject: Any, before: Values | None, after: Values) -> SheetRow:
    if same(before, after):
        return unchanged(line, subject)
    return SheetRow(
        number=line.number,
        name=str(subject)[:LONGEST_NAME],
        subject_id=subject.pk,
        verdict=SheetVerdict.CREATES if before is None else SheetVerdict.CHANGES,
        before=before,
        after=after,
    )


def unchanged(line: SheetLine, subject: Any) -> SheetRow:
    """It says what is so already, or nothing."""
    return SheetRow(
        number=line.number,
        name=str(subject)[:LONGEST_NAME],
        subject_id=subject.pk,
        verdict=SheetVerdict.UNCHANGED,
    )


def refused(line: SheetLine, column: str, sentence: str, subject: Any = None) -> SheetRow:
    return SheetRow(
        number=line.number,
        name=str(subject or "")[:LONGEST_NAME],
        subject_id=subject.pk if subject is not None else None,
        verdict=SheetVerdict.REFUSED,
        column=column,
        reason=sentence[:LONGEST_REASON],
    )
