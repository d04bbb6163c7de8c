"""From the pages of a list to records, with a count of what was left out on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

from integrations.net.paging import Part

Row = TypeVar("Row")
Record = TypeVar("Record")


class Listing(Generic[Row, Record]):
    """The records that `make` gives for the rows of all pages: read once, to the end, before `sentences`."""

    def __init__(self, parts: Iterable[Part[Row]], make: Callable[[Row], Record | None]) -> None:
        self._parts = parts
        self._make = make
        self._left_out = 0
        self._doubled = 0

    def __iter__(self) -> Iterator[Record]:
        once = 0
        for part in self._parts:
            once += len(part)
            self._doubled = part.arrived - once
            for row in part:
                record = self._make(row)
                self._left_out += record is None
                if record is not None:
                    yield record

    def sentences(self, what: str, needed: str) -> list[str]:
        """What to tell about rows that lack what is `needed`, and about those whose id came twice."""
        told = (
            (self._left_out, f"{what} without {needed} were left out."),
            (self._doubled, f"{what} have the id of another one: the first was taken."),
        )
        return [f"{count} {words}" for count, words in told if count > 0]
