"""What is around the rows: lists, pages of activities, deliveries. None where an answer has another shape."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from integrations.connectors import values
from integrations.connectors.base import BadDelivery

Row = Mapping[str, Any]

MOST_IN_A_DELIVERY: Final = 1000


def rows(answer: Any) -> list[Row] | None:
    """The objects of a plain array."""
    if not isinstance(answer, list):
        return None
    return [row for row in answer if isinstance(row, Mapping)]


def activities(answer: Any) -> list[Row] | None:
    return rows(answer.get("activities")) if isinstance(answer, Mapping) else None


def row_id(row: Row) -> str | None:
    return values.text(row.get("id"))


def identity(row: Row) -> str:
    """What tells rows of one list apart: the id, else the whole row."""
    return row_id(row) or json.dumps(row, sort_keys=True, default=str)


def deliveries(body: bytes) -> list[Any]:
    """The activities of a posted body: one object, or an array of them. Raises `BadDelivery`."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadDelivery("The body is not JSON.") from error
    items = found if isinstance(found, list) else [found]
    if len(items) > MOST_IN_A_DELIVERY:
        raise BadDelivery(f"The array has {len(items)} items; {MOST_IN_A_DELIVERY} are allowed.")
    return items
