"""What is around the rows: tokens, pages, single objects. None where an answer has another shape."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from integrations.connectors import bodies, values

Row = Mapping[str, Any]


def block(row: Row, name: str) -> Row:
    """The object called `name`; an empty one where there is none."""
    found = row.get(name)
    return found if isinstance(found, Mapping) else {}


def listed(value: Any) -> list[Row]:
    """The objects of an array, of `{"list": […]}`, or of one object that stands where a list belongs."""
    if isinstance(value, Mapping):
        inner = value.get("list")
        return listed(inner) if isinstance(inner, list) else [value]
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def access_token(answer: Any) -> tuple[str, int | None] | None:
    """(token, seconds that it lives) of the answer to a log-in."""
    access = block(block(answer, "tokens"), "access") if isinstance(answer, Mapping) else {}
    token = values.text(access.get("token"))
    return (token, values.number(access.get("expirySeconds"))) if token else None


def page(answer: Any) -> tuple[list[Row], int | None] | None:
    """(rows, rows of all pages where that is said) of one page."""
    if not isinstance(answer, Mapping):
        return None
    found = bodies.rows(answer.get("data"))
    return None if found is None else (found, values.number(answer.get("totalItems")))


def single(answer: Any, known: Collection[str]) -> Row | None:
    """One object, with `data` around it, or without and then with something of what is `known` of it.

    An object of anything else (a message, say) tells nothing about the device.
    """
    if not isinstance(answer, Mapping):
        return None
    found = answer.get("data", answer if any(name in answer for name in known) else None)
    return found if isinstance(found, Mapping) else None


def first_text(row: Row, names: Iterable[str]) -> str | None:
    """The first of these values that says something."""
    return next((found for name in names if (found := values.text(row.get(name)))), None)


def identity(read_id: Callable[[Row], str | None]) -> Callable[[Row], str]:
    """What tells rows of one list apart: the id, else the whole row."""
    return lambda row: read_id(row) or json.dumps(row, sort_keys=True, default=str)
