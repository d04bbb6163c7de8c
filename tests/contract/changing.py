"""Changes to recorded answers: the same console in another state, or in another version.

Each `Change` takes the request (`GET /path?query`) and the data that would be given, and answers what is
given instead.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

Change = Callable[[str, Any], Any]
Fields = tuple[str, ...]
"""Names on the way to a field, whatever row of a list it is in."""

AWKWARD = " Ωß é e\u0301 日本 עברית 🙂"
"""Also a letter in two signs, and one outside of the first 65,536."""
LOG_IN = ("/login", "token", "authorize", "authenticate")
"""What the requests for a token end with: their answers stay as they are."""


def unchanged(request: str, data: Any) -> Any:
    return data


def grown(request: str, data: Any) -> Any:
    """From a newer version of the console: every object has fields that nobody knows."""
    if isinstance(data, list):
        return [grown(request, item) for item in data]
    if isinstance(data, dict):
        known = {key: grown(request, value) for key, value in data.items()}
        return {"ANewField": {"with": ["something", None]}, **known, "Another": 7}
    return data


def emptied(kept: Collection[str]) -> Change:
    """From a console that holds nothing yet: no rows, counts of 0, nothing that follows.

    What paths that end with one of `kept` tell is there from the beginning.
    """

    def change(request: str, data: Any) -> Any:
        path = request.partition("?")[0].lower()
        return data if path.endswith((*LOG_IN, *kept)) else _nothing_of(data)

    return change


def _nothing_of(data: Any) -> Any:
    if isinstance(data, list):
        return []
    if isinstance(data, dict):
        return {key: _nothing_of(value) for key, value in data.items()}
    if isinstance(data, bool):
        return data
    return 0 if isinstance(data, int | float) else None


def stuck(path: str) -> Change:
    """From a console that gives the first page of the list at `path` for every page of it."""
    given: list[Any] = []

    def change(request: str, data: Any) -> Any:
        if not request.partition(" ")[2].startswith(path):
            return data
        given.append(data)
        return given[0]

    return change


def renamed(names: Collection[str], ending: str) -> Change:
    """From a console where each of these names has another ending, wherever it stands."""

    def change(request: str, data: Any) -> Any:
        if isinstance(data, list):
            return [change(request, item) for item in data]
        if isinstance(data, dict):
            return {key: change(request, value) for key, value in data.items()}
        return f"{data.strip()}{ending}" if isinstance(data, str) and data.strip() in names else data

    return change


def without(path: str, *missing: Fields, null: bool) -> Change:
    """From a console that leaves fields out of its answers to `path`, or gives null for them."""

    def change(request: str, data: Any) -> Any:
        if request.partition("?")[0] == path:
            for fields in missing:
                data = _without(data, fields, null)
        return data

    return change


def _without(data: Any, fields: Fields, null: bool) -> Any:
    if isinstance(data, list):
        return [_without(item, fields, null) for item in data]
    if not isinstance(data, dict) or fields[0] not in data:
        return data
    name, inner = fields[0], fields[1:]
    if inner:
        return {**data, name: _without(data[name], inner, null)}
    left = {key: value for key, value in data.items() if key != name}
    return {**left, name: None} if null else left


def replaced(names: Collection[str], make: Callable[[str, Any], Any]) -> Change:
    """From a console that gives `make(name, value)` for each field with one of these names."""

    def change(request: str, data: Any) -> Any:
        if isinstance(data, list):
            return [change(request, item) for item in data]
        if isinstance(data, dict):
            return {
                key: make(key, value) if key in names else change(request, value)
                for key, value in data.items()
            }
        return data

    return change
