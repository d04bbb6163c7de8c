"""Reading a list page by page, with guards: it ends, and it is whole or it is an error."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from integrations.net.errors import ShortList

Row = TypeVar("Row")
Other = TypeVar("Other")

MOST_PAGES = 10_000


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page. `total` is the number of rows of all pages, where the server says so."""

    rows: list[Row]
    total: int | None = None


class Part(list[Row]):
    """The new rows of one page, as a plain list that knows where in the whole list it stands.

    `number` is its page, `arrived` the rows of all pages up to and with it (also those that came twice),
    `total` what the server said, `last` whether nothing follows.
    """

    def __init__(
        self,
        rows: Iterable[Row],
        *,
        number: int = 1,
        arrived: int = 0,
        total: int | None = None,
        last: bool = False,
    ) -> None:
        super().__init__(rows)
        self.number = number
        self.arrived = arrived
        self.total = total
        self.last = last

    def of(self, rows: Iterable[Other]) -> Part[Other]:
        """Other rows at the same place."""
        return Part(rows, number=self.number, arrived=self.arrived, total=self.total, last=self.last)


def pages(
    fetch_page: Callable[[int], Page[Row]],
    *,
    identity: Callable[[Row], Hashable],
    what: str = "rows",
    first: int = 1,
    before: int = 0,
    most_pages: int = MOST_PAGES,
    may_be_unpaged: bool = False,
) -> Iterator[Part[Row]]:
    """Yield the new rows of each page until the total or an empty page is reached.

    How many rows a page holds is never assumed (servers cut the page size silently). Rows that come
    twice, because others were added or removed meanwhile, are given once. Raises ShortList when the list
    ends before its own total, or when a page comes again: nobody knows what should have come in its place.
    Only a list that `may_be_unpaged` (some servers give all of it whatever page is asked for) and tells no
    total ends with a page that comes twice in a row. To take a list up again, `first` is the page to begin
    with and `before` the number of rows that the pages before it held.

    Rows that slip: when rows are removed in front of the page that is read next, as many behind them move
    to the page before, which has been read already. A total that shrinks tells it, and that page is read
    once more (one call), so that the list is whole again. What is removed while as many are added leaves
    the total as it is, and what is removed before a list is taken up again is not seen either: one read
    that misses a row proves nothing.
    """
    seen: set[Hashable] = set()
    met: set[int] = set()
    arrived = before
    previous: list[Hashable] = []
    total: int | None = None
    for number in range(first, first + most_pages):
        page = fetch_page(number)
        keys = [identity(row) for row in page.rows]
        lost = _shrunk(total, page.total)
        slipped = _read_again(fetch_page, number - 1, page, lost, len(previous), what) if lost else []
        arrived, total = arrived + len(keys), page.total
        # Together with the page: whoever counts lists counts pages.
        fresh = _unseen([*slipped, *page.rows], identity, seen)
        is_whole = may_be_unpaged and total is None and bool(keys) and keys == previous
        over = is_whole or _is_over(page, arrived, _is_repeated(keys, met), what)
        if fresh:
            yield Part(fresh, number=number, arrived=arrived, total=total, last=over)
        if over:
            return
        previous = keys
    raise ShortList(f"The list of {what} did not end after {most_pages} pages.")


def _shrunk(before: int | None, now: int | None) -> int:
    """How many rows the list has lost since the page before; 0 where it says nothing."""
    return max(0, before - now) if before is not None and now is not None else 0


def _read_again(
    fetch_page: Callable[[int], Page[Row]], number: int, following: Page[Row], lost: int, size: int, what: str
) -> list[Row]:
    """The page before the present one, anew. Raises ShortList where that may not hold all that slipped.

    All that was lost since it was read stood in front of it or on it, so what slipped is at most as many
    rows; they are on that page if it can hold so many, and if nothing has gone in the meantime.
    """
    again = fetch_page(number)
    if lost > size or again.total != following.total:
        raise ShortList(f"The list of {what} changes faster than it can be read: read it again later.")
    return again.rows


def _is_repeated(keys: list[Hashable], met: set[int]) -> bool:
    """Whether exactly this page has come before; notes it in `met`. Empty pages never count."""
    mark = hash(tuple(keys))
    repeated = bool(keys) and mark in met
    met.add(mark)
    return repeated


def _is_over(page: Page[Row], arrived: int, repeated: bool, what: str) -> bool:
    """Whether the list has ended with this page. Raises ShortList when it ended early or goes in circles."""
    if repeated:
        raise ShortList(f"The list of {what} repeats itself: it was not used.")
    if not page.rows and page.total is not None and arrived < page.total:
        raise ShortList(f"The list of {what} ended after {arrived} of {page.total}: it was not used.")
    return not page.rows or (page.total is not None and arrived >= page.total)


def _unseen(rows: list[Row], identity: Callable[[Row], Hashable], seen: set[Hashable]) -> list[Row]:
    fresh: list[Row] = []
    for row in rows:
        key = identity(row)
        if key not in seen:
            seen.add(key)
            fresh.append(row)
    return fresh
