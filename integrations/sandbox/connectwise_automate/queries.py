"""What can be asked of a list: `condition`, `orderby`, `ids`, fields to show, `page` and `pagesize`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from integrations.sandbox.world import Row

USUAL_ROWS = 50

_TERM = re.compile(
    r"\(*\s*([\w.]+)\s*(>=|<=|=|>|<|\beq\b|\blike\b|\bcontains\b)\s*(.+?)\s*\)*", re.IGNORECASE
)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "eq": operator.eq,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "like": lambda value, wanted: str(wanted).strip("%") in str(value),
    "contains": lambda value, wanted: str(wanted) in str(value),
}


class BadQuery(ValueError):
    """A query that the server would not understand."""


def asked(
    found: list[Row], query: Mapping[str, str], most_rows: int, *, same_page: bool = False
) -> list[Row]:
    """One page of what `query` (names in small letters) asks for. Raises BadQuery."""
    for term in filter(None, re.split(r"\s+and\s+", query.get("condition", ""), flags=re.IGNORECASE)):
        found = list(filter(_fits(term), found))
    if query.get("ids"):
        wanted = {number.strip() for number in query["ids"].split(",")}
        found = [row for row in found if row["Id"] in wanted]
    found = _ordered(found, query.get("orderby", ""))
    size = min(_number(query, "pagesize", USUAL_ROWS), most_rows)
    first = 0 if same_page else (_number(query, "page", 1) - 1) * size
    return [_cut(row, query) for row in found[first : first + size]]


def _number(query: Mapping[str, str], name: str, usual: int) -> int:
    text = query.get(name, str(usual))
    if not text.isdigit() or int(text) < 1:
        raise BadQuery(f"The value '{text}' is not valid for {name}.")
    return int(text)


def _fits(term: str) -> Callable[[Row], bool]:
    found = _TERM.fullmatch(term.strip())
    if found is None:
        raise BadQuery(f"The condition '{term}' is not valid.")
    path, compare, text = found[1], _COMPARE[found[2].lower()], found[3].strip("'\"").casefold()
    wanted = _comparable(text)
    return lambda row: (value := _at(row, path)) is not None and _holds(compare, _comparable(value), wanted)


def _holds(compare: Callable[[Any, Any], bool], value: Any, wanted: Any) -> bool:
    try:
        return compare(value, wanted)
    except TypeError:
        return False


def _at(row: Row, path: str) -> Any:
    """The value of `Client.Id`; names are found in any case."""
    value: Any = row
    for name in path.casefold().split("."):
        if not isinstance(value, dict):
            return None
        value = next((inner for key, inner in value.items() if key.casefold() == name), None)
    return value


def _comparable(value: Any) -> Any:
    text = str(value).casefold()
    return int(text) if text.isdigit() else text


def _ordered(found: list[Row], orderby: str) -> list[Row]:
    """Without an order of its own, by name as the web console shows it."""
    name, _, direction = orderby.strip().partition(" ")
    if not name:
        return sorted(found, key=lambda row: str(row.get("ComputerName") or row.get("Name") or "").casefold())
    return sorted(
        found,
        key=lambda row: (isinstance(value := _comparable(_at(row, name)), str), value),
        reverse=direction.strip().lower() == "desc",
    )


def _cut(row: Row, query: Mapping[str, str]) -> Row:
    only = {name.strip().casefold() for name in query.get("includefields", "").split(",") if name.strip()}
    without = {name.strip().casefold() for name in query.get("excludefields", "").split(",")}
    return {
        name: value
        for name, value in row.items()
        if (not only or name.casefold() in only) and name.casefold() not in without
    }
