"""Reading a list page by page, with guards: it ends, and it is whole or it is an error."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from integrations.net.errors import ShortList

Row = TypeVar("Row")

MOST_PAGES = 10_000


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page. `total` is the number of rows of all pages, where the server says so."""

    rows: list[Row]
    total: int | None = None


def pages(
    fetch_page: Callable[[int], Page[Row]],
    *,
    identity: Callable[[Row], Hashable],
    what: str = "rows",
    first: int = 1,
    before: int = 0,
    most_pages: int = MOST_PAGES,
) -> Iterator[list[Row]]:
    """Yield the new rows of each page until the total or an empty page is reached.

    How many rows a page holds is never assumed (servers cut the page size silently). Rows that come
    twice, because others were added or removed meanwhile, are given once. Raises ShortList when the list
    ends before its own total, or when the same page comes again and again. To take a list up again,
    `first` is the page to begin with and `before` the number of rows that the pages before it held.
    """
    seen: set[Hashable] = set()
    arrived = before
    previous: list[Hashable] = []
    for number in range(first, first + most_pages):
        page = fetch_page(number)
        keys = [identity(row) for row in page.rows]
        arrived += len(keys)
        if _is_over(page, arrived, keys, previous, what):
            return
        fresh = _unseen(page.rows, keys, seen)
        if fresh:
            yield fresh
        if page.total is not None and arrived >= page.total:
            return
        previous = keys
    raise ShortList(f"The list of {what} did not end after {most_pages} pages.")


def _is_over(
    page: Page[Row], arrived: int, keys: list[Hashable], previous: list[Hashable], what: str
) -> bool:
    """Whether the list has ended with (or before) this page. Raises ShortList when it ended early.

    A server that knows no paging sends the same rows for every page: that is the end of a list without a
    total, and an error where a total promises more.
    """
    if not keys:
        if page.total is not None and arrived < page.total:
            raise ShortList(f"The list of {what} ended after {arrived} of {page.total}: it was not used.")
        return True
    if keys == previous:
        if page.total is not None:
            raise ShortList(f"The list of {what} repeats the same page for ever: it was not used.")
        return True
    return False


def _unseen(rows: list[Row], keys: list[Hashable], seen: set[Hashable]) -> list[Row]:
    fresh: list[Row] = []
    for row, key in zip(rows, keys, strict=True):
        if key not in seen:
            seen.add(key)
            fresh.append(row)
    return fresh
