"""Bringing what vendors send into a form that every database takes.

PostgreSQL refuses null characters and text over a column's length, JSON columns refuse NaN, and UTF-8 has no
form for half a surrogate pair. A value that is slightly wrong must not cost the page that it stands on.
Characters that turn the direction of writing make a name look like another, and are dropped from texts; keys,
and what JSON columns hold, stay as they were sent, because they are compared with the vendor's.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping
from typing import Any, Final

DEEPEST: Final = 40
_DIGEST_LENGTH: Final = 32
_DIRECTIONS: Final = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def storable_text(text: str, limit: int | None = None) -> str:
    """Without null characters, broken surrogates and turns of direction, cut to `limit` characters."""
    whole = _encodable(text if text.isascii() else _DIRECTIONS.sub("", text))
    return whole if limit is None else whole[:limit]


def _encodable(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def storable_key(text: str, limit: int) -> str:
    """Without null characters and broken surrogates; two keys that differ only beyond the limit stay two.

    A key that is too long ends with a digest of the whole.
    """
    whole = _encodable(text)
    if len(whole) <= limit:
        return whole
    digest = hashlib.blake2b(whole.encode(), digest_size=_DIGEST_LENGTH // 2).hexdigest()
    return f"{whole[: limit - _DIGEST_LENGTH - 1]}~{digest}"


def storable_json(value: Any, depth: int = 0) -> Any:
    """What JSON can hold, in texts that can be encoded: lists for tuples and sets, text for the rest."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if depth >= DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return {_encodable(str(key)): storable_json(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable_json(item, depth + 1) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((storable_json(item, depth + 1) for item in value), key=str)
    return _encodable(str(value))
