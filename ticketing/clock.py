"""The time that ticketing decides by (aware UTC): the real one, or that of a replay."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_REPLAYED: ContextVar[datetime | None] = ContextVar("replayed", default=None)


def now() -> datetime:
    return _REPLAYED.get() or timezone.now()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Within it, it is `moment`, for this thread only."""
    token = _REPLAYED.set(moment)
    try:
        yield
    finally:
        _REPLAYED.reset(token)
