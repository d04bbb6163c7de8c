"""What data looks like without what it says: keys, types and counts; values only of keys that are named.

For reports that leave the house: names, addresses and numbers of customers must not be in them. A key that is
itself data (a GUID, a custom name) is told as `<key>`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final

MOST_KEYS: Final = 80
"""Of one object; more are no properties but data."""
MOST_VALUES: Final = 40
MOST_ROWS: Final = 1000
DEEPEST: Final = 6

_KEY = re.compile(r"[A-Za-z_$@][A-Za-z0-9_.$-]{0,50}")
_LOOKS_LIKE_AN_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}|[0-9a-f]{16,}|\d{5,}", re.IGNORECASE)
_CODE = re.compile(r"[A-Za-z0-9 _.:/()+-]{1,40}")
_PERSONAL = re.compile(
    r"name|host|serial|user|mail|domain|address|mac|token|secret|key|password|note|comment|url|message|title",
    re.IGNORECASE,
)
_TIMES = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)"), "ISO time with zone"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?"), "ISO time without zone"),
    (re.compile(r"\d{4}-\d\d-\d\d"), "ISO date"),
    (re.compile(r"-?\d+(\.\d+)?"), "numeric text"),
)


class Shape:
    """Gathers the shape of any number of bodies of one kind. `telling`: keys whose values are codes."""

    def __init__(self, telling: Iterable[str] = ()) -> None:
        self._telling = {name.casefold() for name in telling if not _PERSONAL.search(name)}
        self._types: dict[str, Counter[str]] = defaultdict(Counter)
        self._values: dict[str, Counter[str]] = defaultdict(Counter)

    def add(self, body: Any, path: str = "", depth: int = 0) -> None:
        self._types[path or "."][_type_of(body)] += 1
        if depth >= DEEPEST:
            return
        if isinstance(body, Mapping):
            for key, value in body.items():
                name = key_name(str(key), len(body))
                self.add(value, f"{path}.{name}" if path else name, depth + 1)
        elif isinstance(body, list):
            for item in body[:MOST_ROWS]:
                self.add(item, f"{path}[]", depth + 1)
        elif path.rpartition(".")[2].removesuffix("[]").casefold() in self._telling:
            self._note(path, body)

    def _note(self, path: str, value: Any) -> None:
        text = str(value)
        if _CODE.fullmatch(text) and not _LOOKS_LIKE_AN_ID.search(text):
            self._values[path][text] += 1

    def described(self) -> dict[str, str]:
        """Path → types with how often, and the values of telling keys, most frequent first."""
        return {path: self._line(path, types) for path, types in self._types.items()}

    def _line(self, path: str, types: Counter[str]) -> str:
        told = ", ".join(f"{name} ×{number}" for name, number in types.most_common())
        values = self._values.get(path)
        if not values:
            return told
        shown = ", ".join(f"{value} ×{number}" for value, number in values.most_common(MOST_VALUES))
        return f"{told}: {shown}"


def key_name(key: str, of: int) -> str:
    """The key where it is a property's name, `<key>` where it is data."""
    is_property = of <= MOST_KEYS and _KEY.fullmatch(key) and not _LOOKS_LIKE_AN_ID.search(key)
    return key if is_property else "<key>"


def path_name(path: str) -> str:
    """A request's path with `{id}` for whatever may be one."""
    parts = (
        part if re.fullmatch(r"v\d+|[A-Za-z][A-Za-z_.-]{0,29}", part) else "{id}"
        for part in path.split("/")
        if part
    )
    return "/" + "/".join(parts)


def _type_of(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true/false"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        if not value.strip():
            return "empty text"
        return next((name for pattern, name in _TIMES if pattern.fullmatch(value.strip())), "text")
    return "list" if isinstance(value, list) else "object"
