"""Looking over the shoulder of calls: what was asked and what came back, for whoever describes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Seen:
    """One answered request. `data` is the parsed body of a 2xx answer, else None."""

    method: str
    path: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    data: Any = field(default=None, repr=False)


_watcher: ContextVar[Callable[[Seen], None] | None] = ContextVar("watcher", default=None)


@contextmanager
def watched(watcher: Callable[[Seen], None]) -> Iterator[None]:
    """While it lasts, every answer to a call of this thread is told to `watcher`."""
    before = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(before)


def tell(seen: Seen) -> None:
    watcher = _watcher.get()
    if watcher:
        watcher(seen)
