"""What all sections do with a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ticketing.configuration.columns import Column
from ticketing.configuration.names import Names
from ticketing.configuration.verdicts import LEFT_OUT, Unresolved, refused


def told_row(columns: Sequence[Column], row: Any, names: Names) -> dict[str, Any]:
    return {column.name: column.told(row, names) for column in columns}


def put_all(
    columns: Sequence[Column], row: Any, told: dict[str, Any], names: Names, *, required: bool = False
) -> None:
    """Put what the file tells; columns that it leaves out stay. Raises `Unresolved` with all sentences."""
    problems: list[Unresolved] = []
    for column in columns:
        if column.name not in told:
            if required:
                raise refused(f"{column.name} is missing in this row.")
            continue
        try:
            column.put(row, told[column.name], names)
        except Unresolved as problem:
            if required:
                raise
            problems.append(problem)
    if problems:
        worst = max((problem.verdict for problem in problems), key=LEFT_OUT.index)
        raise Unresolved(worst, " ".join(str(problem) for problem in problems))


def refuse_unknown(told: dict[str, Any], columns: Sequence[Column]) -> None:
    """A column that is misspelt would be lost unsaid."""
    known = {column.name for column in columns}
    if unknown := [str(name) for name in told if name not in known]:
        raise refused(f"There is no column “{unknown[0]}” here.")


def changes_of(
    columns: Sequence[Column], before: Any, after: Any, names: Names
) -> dict[str, tuple[Any, Any]]:
    """What differs, as the file spells it. Of a new row what it holds."""
    found = {}
    for column in columns:
        was = column.told(before, names) if before is not None else None
        if (now := column.told(after, names)) != was and (before is not None or now not in ("", [], None)):
            found[column.name] = (was, now)
    return found


def name_of(told: dict[str, Any], key: Sequence[Column]) -> str:
    """What a row is about, in a table."""
    parts = [told.get(column.name) for column in key]
    return " / ".join(_word(part) for part in parts if part not in (None, ""))


def _word(part: Any) -> str:
    return str(part.get("name") or part.get("id")) if isinstance(part, dict) else str(part)
