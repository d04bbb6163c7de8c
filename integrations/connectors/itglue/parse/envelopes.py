"""JSON:API documents of IT Glue: rows with their attributes, and the count of the whole list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from integrations.connectors import bodies, values
from integrations.sync.digest import digest_of

Row = Mapping[str, Any]


def rows(answer: Any) -> list[Row] | None:
    """The objects of a document; None where it is none."""
    return bodies.rows(answer.get("data")) if isinstance(answer, Mapping) else None


def total(answer: Any) -> int | None:
    """How many rows all pages have; None where the document does not say."""
    meta = answer.get("meta") if isinstance(answer, Mapping) else None
    return values.number(meta.get("total-count")) if isinstance(meta, Mapping) else None


def row_id(row: Row) -> str | None:
    return values.text(row.get("id"))


def identity(row: Row) -> str:
    """What tells rows of one list apart: the id, else a fingerprint of the whole row."""
    return row_id(row) or digest_of(row)


def attributes(row: Row) -> Row:
    found = row.get("attributes")
    return found if isinstance(found, Mapping) else {}
