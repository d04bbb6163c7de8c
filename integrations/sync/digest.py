"""A short fingerprint of a row's content, by which a read tells what has changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any


def digest_of(content: Mapping[str, Any]) -> str:
    """32 hexadecimal digits; equal for equal content, whatever the order of its keys.

    Takes what JSON can hold, dates and aware times (compared as UTC). Raises TypeError for anything else.
    """
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), default=_as_text)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _as_text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be part of a row's content.")
