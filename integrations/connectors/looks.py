"""The test of a connection: one list after the other is looked at, and what can't be read is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from integrations.net.errors import Forbidden, NetError, Unauthorised
from integrations.records import Permission

Found = TypeVar("Found")


class Looks:
    """A list that can't be read does not keep the next from being tried. `grant` says what to give for it."""

    def __init__(self, grant: str) -> None:
        self._grant = grant
        self.details: list[Permission] = []
        self.problems: list[str] = []

    def at(self, name: str, needed_for: str, fetch: Callable[[], Found]) -> Found | None:
        """What `fetch` gives; None where it can't be read, which is noted with the reason."""
        try:
            found = fetch()
        except NetError as error:
            state = "refused" if isinstance(error, Forbidden | Unauthorised) else "unknown"
            self.problems.append(f"{name} cannot be read: {error.sentence}")
            self.details.append(Permission(name, state, needed_for, grant=self._grant))
            return None
        self.details.append(Permission(name, "works", needed_for))
        return found
