"""The test of a connection: one list after the other is looked at, and what can't be read is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from integrations.net.errors import Forbidden, NetError, Unauthorised
from integrations.records import CheckResult, Permission

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


@dataclass(frozen=True, slots=True)
class Counted:
    """A list that a test asks for its length; `name` in the plural, as staff know it."""

    name: str
    needed_for: str
    count: Callable[[], int]


def look_at_counts(companies: Counted, computers: Counted, extra: Counted, *, grant: str) -> CheckResult:
    """Companies and computers have to work, what is `extra` may be missing.

    Where companies can't be read, the others would fail for the same reason and are not asked for.
    """
    looks = Looks(grant)
    counts: list[int | None] = []
    for item in (companies, computers, extra):
        counts.append(looks.at(item.name, item.needed_for, item.count))
        if counts[0] is None:
            break
    works = None not in counts[:2]
    message = " ".join(looks.problems)
    if works:
        told = f"{counts[0]} {companies.name.lower()} and {counts[1]} {computers.name.lower()}"
        message = f"Connected: {told}. {message}".strip()
    return CheckResult(ok=works, message=message, details=tuple(looks.details))
