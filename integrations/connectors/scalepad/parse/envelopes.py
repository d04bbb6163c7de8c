"""What is around ScalePad's rows: the count of the whole list and the cursor of what follows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from integrations.connectors import bodies, values
from integrations.sync.digest import digest_of

Row = Mapping[str, Any]


def rows(answer: Any) -> list[Row] | None:
    """The objects of a page; None where it is none."""
    return bodies.rows(answer.get("data")) if isinstance(answer, Mapping) else None


def total(answer: Any) -> int | None:
    """How many rows all pages have; None where the page does not say."""
    return values.number(answer.get("total_count")) if isinstance(answer, Mapping) else None


def next_cursor(answer: Any) -> str | None:
    """None on the last page."""
    return values.text(answer.get("next_cursor")) if isinstance(answer, Mapping) else None


def row_id(row: Row) -> str | None:
    return values.guid(row.get("id"))


def identity(row: Row) -> str:
    """What tells rows of one list apart: the id, else a fingerprint of the whole row."""
    return row_id(row) or digest_of(row)


def block(row: Row, name: str) -> Row:
    """The object inside a row; an empty one where there is none."""
    found = row.get(name)
    return found if isinstance(found, Mapping) else {}
