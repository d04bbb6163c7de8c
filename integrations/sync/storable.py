"""Bringing what vendors send into a form that every database takes.

PostgreSQL refuses null characters and text over a column's length, JSON columns refuse NaN, and UTF-8 has no
form for half a surrogate pair. A value that is slightly wrong must not cost the page that it stands on.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from typing import Any, Final

DEEPEST: Final = 40
_DIGEST_LENGTH: Final = 32


def storable_text(text: str, limit: int | None = None) -> str:
    """Without null characters and broken surrogates, cut to `limit` characters."""
    whole = text.replace("\x00", "").encode("utf-8", "replace").decode()
    return whole if limit is None else whole[:limit]


def storable_key(text: str, limit: int) -> str:
    """Like `storable_text`, but two keys that differ only beyond the limit stay two.

    A key that is too long ends with a digest of the whole.
    """
    whole = storable_text(text)
    if len(whole) <= limit:
        return whole
    digest = hashlib.blake2b(whole.encode(), digest_size=_DIGEST_LENGTH // 2).hexdigest()
    return f"{whole[: limit - _DIGEST_LENGTH - 1]}~{digest}"


def storable_json(value: Any, depth: int = 0) -> Any:
    """What JSON can hold, with storable texts: lists for tuples and sets, text for what it does not know."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if depth >= DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return {storable_text(str(key)): storable_json(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable_json(item, depth + 1) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((storable_json(item, depth + 1) for item in value), key=str)
    return storable_text(str(value))
