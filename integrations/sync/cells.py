"""Cells of spreadsheets: what HaloPSA or a console sent must be text there, never a formula."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

Cell = str | int | float | date | datetime | None
"""What a row of an export consists of; times are naive, in UTC."""

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Excel, LibreOffice and Google Sheets compute a text that begins with one of these (OWASP)."""
LONGEST_TEXT: Final = 32_767
"""Characters that a cell of a workbook can hold."""

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def neutralised(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def cell(value: Any) -> Cell:
    """A value as a cell: dates and numbers as they are, times naive in UTC, everything else as harmless text.

    Characters that no workbook can hold are left out, and so is what goes beyond its longest text.
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None, microsecond=0) if value.tzinfo else value
    if isinstance(value, int | float | date):
        return value
    return neutralised(_UNPRINTABLE.sub("", str(value)))[:LONGEST_TEXT]


def headers(names: Sequence[str], more: Sequence[tuple[str, str]] = ()) -> list[str]:
    """Names of columns, each once. `more`: (name, kind) of fields, which tell their kind if it is taken."""
    counts = Counter([*(name.lower() for name in names), *(name.lower() for name, _ in more)])
    told = [*names, *(name if counts[name.lower()] == 1 else f"{name} ({kind})" for name, kind in more)]
    return [neutralised(name) for name in told]
