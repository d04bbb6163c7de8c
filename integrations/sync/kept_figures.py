"""Figures of very many rows are counted seldom enough to cost little; small installations never notice."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final, Generic, TypeVar

from django.core.cache import caches
from django.utils import timezone

Value = TypeVar("Value")

MANY: Final = 10_000
"""Figures of fewer rows are counted for every page."""
SHARE: Final = 40
"""Others are kept for so many times as long as they took to count,"""
LONGEST: Final = 60
"""but for so many seconds at most."""
COUNT_NOW: Final = {"count": "now"}
"""The query of a page that wants its figures counted for it."""


@dataclass(frozen=True, slots=True)
class Kept(Generic[Value]):
    """`at`: when it was counted, where that was not just now for this page."""

    value: Value
    at: datetime | None = None


def kept(
    name: tuple[object, ...], count: Callable[[], Value], rows: Callable[[Value], int], *, anew: bool = False
) -> Kept[Value]:
    """What `count` returns, or has returned a moment ago; `anew` counts in any case.

    `name` holds all that the value depends on. `rows`: of how many rows a value is; the value is pickled.
    Without Redis each web process keeps its own.
    """
    memory, key = caches["figures"], f"halobridge.figures.{sha256(repr(name).encode()).hexdigest()}"
    if not anew and (found := memory.get(key)):
        return Kept(*found)
    began = time.perf_counter()
    value = count()
    seconds = min(LONGEST, round(SHARE * (time.perf_counter() - began)))
    if rows(value) >= MANY and seconds:
        memory.set(key, (value, timezone.now()), seconds)
    else:
        memory.delete(key)
    return Kept(value)


def wants_them_now(query: Mapping[str, object]) -> bool:
    return all(query.get(name) == value for name, value in COUNT_NOW.items())
