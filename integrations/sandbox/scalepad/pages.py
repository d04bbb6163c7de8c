"""Lists of the simulated ScalePad: filters, order, and pages that go on after a cursor."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from integrations.sandbox.scalepad.switches import ScalePadSwitches
from integrations.sandbox.world import Row

USUAL_ROWS: Final = 50
MOST_ROWS: Final = 200
_COMPARE: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "eq": lambda held, wanted: held == wanted,
    "in": lambda held, wanted: held in wanted.split(","),
    "lt": lambda held, wanted: held < wanted,
    "lte": lambda held, wanted: held <= wanted,
    "gt": lambda held, wanted: held > wanted,
    "gte": lambda held, wanted: held >= wanted,
}


class BadQuestion(Exception):
    """Answered with 400."""


def rows_of(rows: list[Row], asked: Mapping[str, str]) -> list[Row]:
    """The rows that are asked for (`filter[client.id]=eq:…`), in the order asked for. Raises BadQuestion."""
    for name, value in asked.items():
        if name.startswith("filter["):
            compare, _, wanted = value.partition(":")
            if compare not in _COMPARE or not wanted:
                raise BadQuestion(f"{name} takes <operator>:<value>, not {value}.")
            rows = [row for row in rows if _COMPARE[compare](_held(row, name[7:-1]), wanted)]
    order = asked.get("sort", "")
    if not order:
        return rows
    return sorted(rows, key=lambda row: _held(row, order.lstrip("+- ")), reverse=order.startswith("-"))


def _held(row: Any, path: str) -> str:
    for name in path.split("."):
        row = row.get(name) if isinstance(row, dict) else None
    return str(row if row is not None else "")


def page(rows: list[Row], asked: Mapping[str, str], switches: ScalePadSwitches) -> Row:
    """One page. Raises BadQuestion."""
    size = asked.get("page_size", str(USUAL_ROWS))
    if not size.isdecimal() or not 1 <= int(size) <= MOST_ROWS:
        raise BadQuestion(f"page_size takes 1 to {MOST_ROWS}, not {size}.")
    start = _place(asked["cursor"]) if asked.get("cursor") else 0
    cut = switches.scalepad_cut_lists or len(rows)
    given = rows[:cut][start : start + int(size)]
    following = start + int(size)
    if switches.scalepad_same_cursor:
        following = int(size)
    return {
        "data": given,
        "total_count": len(given) if switches.scalepad_page_counts else len(rows),
        "next_cursor": _cursor(following) if following < min(cut, len(rows)) else None,
    }


def _cursor(place: int) -> str:
    return base64.b64encode(json.dumps({"after": place}).encode()).decode()


def _place(cursor: str) -> int:
    try:
        return int(json.loads(base64.b64decode(cursor, validate=True))["after"])
    except (binascii.Error, ValueError, KeyError, TypeError) as error:
        raise BadQuestion("The cursor is not valid.") from error
