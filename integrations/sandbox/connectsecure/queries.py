"""List parameters of ConnectSecure: `condition`, `order_by`, `skip`, `limit`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from integrations.sandbox.world import Row

USUAL_LIMIT = 100

_TERM = re.compile(r"\s*(?P<column>\w+)\s*=\s*(?P<value>'[^']*'|[\w.-]+)\s*")
_ORDER = re.compile(r"\s*(?P<column>\w+)(?:\s+(?P<way>asc|desc))?\s*", re.IGNORECASE)


class BadQuery(Exception):
    """Answered with 400."""


def condition(text: str) -> Callable[[Row], bool]:
    """`company_id=12 and status=true`. Other operators are not documented. Raises BadQuery."""
    if not text.strip():
        return lambda row: True
    terms = [_TERM.fullmatch(part) for part in re.split(r"\s+and\s+", text, flags=re.IGNORECASE)]
    wanted = [(term["column"], term["value"].strip("'").lower()) for term in terms if term]
    if len(wanted) < len(terms):
        raise BadQuery(f'syntax error at or near "{text}"')
    return lambda row: all(_spelled(row.get(column)) == value for column, value in wanted)


def ordered(rows: list[Row], text: str) -> list[Row]:
    """By one column or several, empty values last. Raises BadQuery for one that no row has."""
    for part in reversed(text.split(",") if text.strip() else []):
        found = _ORDER.fullmatch(part)
        if found is None or (rows and found["column"] not in rows[0]):
            raise BadQuery(f'column "{part.strip()}" does not exist')
        column, backwards = found["column"], (found["way"] or "").lower() == "desc"
        filled = [row for row in rows if row[column] is not None]
        empty = [row for row in rows if row[column] is None]
        rows = sorted(filled, key=lambda row: row[column], reverse=backwards) + empty
    return rows


def _spelled(value: Any) -> str:
    return str(value).lower()
