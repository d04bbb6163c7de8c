"""The calls to ScalePad: clients, hardware assets and lifecycles, each a list that goes on after a cursor.

Answers are vendor rows; what they mean is the business of `parse`. All methods raise `NetError`s only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from integrations.connectors import bodies
from integrations.connectors.base import ConsoleAccess
from integrations.connectors.keyed import KeyedReads, Sentences
from integrations.connectors.scalepad.parse import envelopes
from integrations.connectors.scalepad.parse.envelopes import Row
from integrations.net.errors import ShortList
from integrations.net.paging import Page, Part, pages

CLIENTS: Final = "/core/v1/clients"
HARDWARE: Final = "/core/v1/assets/hardware"
LIFECYCLES: Final = "/lifecycle-manager/v1/assets/hardware/lifecycles"
WHAT: Final = {CLIENTS: "clients", HARDWARE: "hardware assets", LIFECYCLES: "lifecycles"}
PAGE_SIZE: Final = 200
"""The most that the vendor gives at once."""

SENTENCES: Final = Sentences(
    unauthorised="ScalePad does not accept the API key at {host}: it is wrong, has expired or was deleted "
    "(ScalePad Hub > API).",
    forbidden="ScalePad refuses access at {host} (403): the API key may not read this, or its account is in "
    "another region.",
)

_BEHIND_THE_ADDRESS: Final = re.compile(r"/(?:core|lifecycle-manager)(?:/.*)?$|/+$", re.I)


class ScalePadClient:
    """`patient` repeats a read that failed for a passing reason; a test of the connection does not wait."""

    def __init__(self, access: ConsoleAccess, base_url: str, *, patient: bool = True) -> None:
        key = access.value("api_key")
        self._secret = key
        self._reads = KeyedReads(
            access,
            _BEHIND_THE_ADDRESS.sub("", base_url.strip()),
            {"x-api-key": key},
            SENTENCES,
            secret=key,
            patient=patient,
        )

    def fetch_clients(self) -> Iterator[Part[Row]]:
        """Pages of clients. Raises `ShortList` where the list is not whole."""
        return self._pages(CLIENTS)

    def fetch_hardware(self) -> Iterator[Part[Row]]:
        """Pages of hardware assets. Raises `ShortList` where the list is not whole."""
        return self._pages(HARDWARE)

    def fetch_lifecycles(self) -> Iterator[Row]:
        """Purchase and warranty of hardware, row by row. Raises `ShortList` where the list is not whole."""
        return (row for page in self._pages(LIFECYCLES) for row in page)

    def count(self, path: str) -> int:
        """How many rows a list has, or its first page where it does not say."""
        data = self._read(path, None)
        total = envelopes.total(data)
        return len(envelopes.rows(data) or ()) if total is None else total

    def _pages(self, path: str) -> Iterator[Part[Row]]:
        cursors = Cursors(lambda cursor: self._read(path, cursor), WHAT[path])
        return pages(cursors.next_page, identity=envelopes.identity, what=WHAT[path])

    def _read(self, path: str, cursor: str | None) -> Any:
        data = self._reads.get(path, {"page_size": PAGE_SIZE, "cursor": cursor})
        if envelopes.rows(data) is None:
            raise bodies.not_a_list("ScalePad", WHAT[path], data, (self._secret,))
        return data


class Cursors:
    """Goes from page to page: each names the cursor of the next one, the last one names none.

    The cursor decides and not the count: a page with a cursor is never the last, and after the last page as
    many rows have to be there as any page has counted. What is removed while the list is read may make
    another row slip past, and which one nobody knows. Raises `ShortList` where the list does not go on.
    """

    def __init__(self, read: Callable[[str | None], Any], what: str) -> None:
        self._read = read
        self._what = what
        self._met: set[str] = set()
        self._cursor: str | None = None
        self._ids: list[str] = []
        self._total: int | None = None
        self._is_over = False

    def next_page(self, number: int) -> Page[Row]:
        """The page after the one before, whatever its number; an empty one after the last."""
        if self._is_over:
            return Page([], self._total)
        data = self._read(self._cursor)
        rows, total = envelopes.rows(data) or [], envelopes.total(data)
        if total is not None:
            self._total = max(total, self._total or 0)
        self._cursor = envelopes.next_cursor(data)
        self._check([envelopes.identity(row) for row in rows], self._cursor)
        self._is_over = self._cursor is None
        return Page(rows, self._total if self._is_over else None)

    def _check(self, ids: list[str], cursor: str | None) -> None:
        is_stuck = cursor is not None and (not ids or cursor in self._met)
        if is_stuck or (ids and ids == self._ids):
            raise ShortList(f"The list of {self._what} repeats itself or stops halfway: it was not used.")
        self._met.add(cursor or "")
        self._ids = ids
