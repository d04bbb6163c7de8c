"""What can go wrong on the way to and from the simulated Halo, before or after it has acted.

A fault is given as `{"method": "POST", "path": "/api/tickets", "what": "504_after", "times": 1}`:
`path` is a regular expression searched, ignoring case, in path and query; `what` is one of `KINDS` or any
status, with `_after` when the request is to be executed first; `skip` lets so many matching requests pass;
`times` null lasts until cleared; `seconds` is for `slow`, `slow_after`, `late` and a 429's `Retry-After`.
"""

from __future__ import annotations

import re
import threading
from dataclasses import asdict, dataclass, field
from typing import Any

KINDS = {
    "slow": "waits, then executes and answers",
    "slow_after": "executes, then waits before it answers",
    "late": "answers 504 at once and executes afterwards",
    "drop": "closes the connection without executing",
    "drop_after": "executes, then closes the connection",
    "html": "answers 200 with an HTML page, not executed",
    "html_after": "executes, then answers with an HTML page",
    "empty": "executes, then answers with an empty body",
    "truncated": "executes, then answers with half of the JSON",
    "cut_off": "executes, then breaks the connection in the middle of the body",
}
_STATUS = re.compile(r"(?P<status>[1-5]\d\d)(?P<after>_after)?")


@dataclass
class Fault:
    path: str
    what: str
    method: str = "*"
    times: int | None = 1
    skip: int = 0
    seconds: float = 0.0
    seen: int = field(default=0, init=False)
    done: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Raises ValueError where the fault could never happen."""
        if self.what not in KINDS and not _STATUS.fullmatch(self.what):
            raise ValueError(f"There is no fault {self.what!r}; there are: a status, {', '.join(KINDS)}.")
        try:
            self._pattern = re.compile(self.path, re.IGNORECASE)
        except re.error as error:
            raise ValueError(f"{self.path!r} is no regular expression: {error}.") from error

    @property
    def status(self) -> int | None:
        found = _STATUS.fullmatch(self.what)
        return int(found["status"]) if found else None

    @property
    def executes(self) -> bool:
        """Whether the request takes effect although the answer goes wrong."""
        return self.what.endswith("_after") or self.what in {"slow", "late", "empty", "truncated", "cut_off"}

    @property
    def spent(self) -> bool:
        return self.times is not None and self.done >= self.times

    def matches(self, method: str, path: str, query: str) -> bool:
        if self.method not in ("*", method.upper()):
            return False
        return bool(self._pattern.search(path) or self._pattern.search(f"{path}?{query}"))


class Faults:
    """The faults that are waiting. Thread-safe: a fault with `times` 1 hits exactly one request."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, **what: Any) -> Fault:
        """Raises ValueError for a fault that cannot be."""
        try:
            fault = Fault(**{**what, "method": str(what.get("method", "*")).upper()})
        except TypeError as error:
            raise ValueError(f"A fault takes path, what, method, times, skip, seconds ({error}).") from error
        with self._lock:
            self._waiting.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()

    def take(self, method: str, path: str, query: str) -> Fault | None:
        """The fault that hits this request, counted as done; None if it may pass."""
        with self._lock:
            for fault in self._waiting:
                if fault.spent or not fault.matches(method, path, query):
                    continue
                fault.seen += 1
                if fault.seen > fault.skip:
                    fault.done += 1
                    return fault
        return None

    def as_list(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._waiting if not fault.spent]
