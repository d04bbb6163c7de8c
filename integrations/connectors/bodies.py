"""JSON of consoles in the shapes that several of them share: lists of rows, what is posted to us."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from integrations.connectors.base import BadDelivery
from integrations.net.errors import BadAnswer
from integrations.net.redact import cut, redact

Row = Mapping[str, Any]

MOST_ITEMS: Final = 1000
LONGEST_QUOTE: Final = 200
LONGEST_NUMBER: Final = 20
_GZIP: Final = (b"\x1f\x8b", b"\x1f\\x8b")
"""How compressed bodies begin: as they come, and as they are kept."""


def rows(answer: Any) -> list[Row] | None:
    """The objects of an array; None for anything else: `null` is not an empty list."""
    if not isinstance(answer, list):
        return None
    return [row for row in answer if isinstance(row, Mapping)]


def without_case(row: Row) -> Row:
    """The same with keys in small letters: for consoles that spell one key in several ways."""
    return {key.casefold(): value for key, value in row.items()}


def first(row: Row, *names: str) -> Any:
    """The first of these that says something; None where none does."""
    return next((row[name] for name in names if row.get(name) not in (None, "", [], {})), None)


def block(row: Row, name: str) -> Row:
    """The object inside `row` that is called `name`, with keys in small letters; empty for anything else."""
    found = row.get(name)
    return without_case(found) if isinstance(found, Mapping) else {}


def not_a_list(console: str, what: str, data: Any, secrets: Sequence[str]) -> BadAnswer:
    """The error for an answer that should have been a list of `what`; quotes it where it is words."""
    words = cut(redact(data, tuple(secrets)), LONGEST_QUOTE) if isinstance(data, str) else ""
    other = "something else came" if data else "nothing came"
    said = f'it said "{words}"' if words else other
    return BadAnswer(f"{console} gave no list of {what}: {said}.", status=200)


def posted(body: bytes) -> Any:
    """A posted body. Raises `BadDelivery`."""
    if body.startswith(_GZIP):
        raise BadDelivery("The body is compressed (gzip); it has to be sent as plain JSON.")
    try:
        return json.loads(body, parse_constant=_finite, parse_float=_finite)
    except BadDelivery:
        raise
    except (ValueError, RecursionError) as error:
        raise BadDelivery("The body is not JSON.") from error


def _finite(written: str) -> float:
    """JSON knows neither NaN nor infinity; taken as numbers they would end up in keys and titles."""
    found = float(written)
    if not math.isfinite(found):
        raise BadDelivery(f"The body is not JSON: {cut(written, LONGEST_NUMBER)} is not a number in it.")
    return found


def posted_items(body: bytes) -> list[Any]:
    """What was posted: one thing, or an array of at most `MOST_ITEMS`. Raises `BadDelivery`."""
    found = posted(body)
    items = found if isinstance(found, list) else [found]
    if len(items) > MOST_ITEMS:
        raise BadDelivery(f"The array has {len(items)} items; {MOST_ITEMS} are allowed.")
    return items
