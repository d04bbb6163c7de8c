"""What is around the rows: pages of activities, ids. None where an answer has another shape."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from integrations.connectors import bodies, values

Row = Mapping[str, Any]


def activities(answer: Any) -> list[Row] | None:
    return bodies.rows(answer.get("activities")) if isinstance(answer, Mapping) else None


def row_id(row: Row) -> str | None:
    return values.text(row.get("id"))


def identity(row: Row) -> str:
    """What tells rows of one list apart: the id, else the whole row."""
    return row_id(row) or json.dumps(row, sort_keys=True, default=str)
