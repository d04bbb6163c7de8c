"""Patterns that staff write, searched under a time limit: none of them can hold a worker."""

from __future__ import annotations

from functools import lru_cache
from time import monotonic
from typing import Any, Final

import regex

GROUPS: Final = ("company", "computer", "product", "severity", "series")
"""What a pattern may take out of a mail, as `(?P<computer>…)`."""

LONGEST: Final = 1000
_FLAGS: Final = regex.IGNORECASE | regex.MULTILINE | regex.V0


class TookTooLong(Exception):
    """A pattern, or all of them together, was looked for longer than a mail is worth."""


class Patience:
    """Seconds for one search, and for everything that is searched for in one mail."""

    def __init__(self, each: float = 0.2, together: float = 1.0) -> None:
        self._each = each
        self._until = monotonic() + together

    def seconds(self) -> float:
        """Raises `TookTooLong` when nothing is left."""
        left = self._until - monotonic()
        if left <= 0:
            raise TookTooLong
        return min(self._each, left)


def problem_of(pattern: str) -> str:
    """What is wrong with a pattern, as a sentence; '' if it can be used (or is empty)."""
    if len(pattern) > LONGEST:
        return f"A pattern has at most {LONGEST} characters; this one has {len(pattern)}."
    try:
        compiled = _compiled(pattern)
    except regex.error as error:
        where = f" at character {error.pos + 1}" if getattr(error, "pos", None) is not None else ""
        return f"This is no regular expression: {error.msg}{where}."
    except (RecursionError, OverflowError, MemoryError, ValueError):
        return "This pattern is nested too deeply."
    unknown = sorted(set(compiled.groupindex) - set(GROUPS))
    if unknown:
        return f"There is no part called {', '.join(unknown)}; a pattern may name {', '.join(GROUPS)}."
    return ""


def search(pattern: str, text: str, patience: Patience) -> dict[str, str] | None:
    """The named parts where the pattern is found, None where it is not. Raises `TookTooLong`."""
    try:
        found = _compiled(pattern).search(text, timeout=patience.seconds())
    except TimeoutError:
        raise TookTooLong from None
    if found is None:
        return None
    return {name: " ".join(value.split()) for name, value in found.groupdict().items() if value}


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> Any:
    return regex.compile(pattern, _FLAGS)
