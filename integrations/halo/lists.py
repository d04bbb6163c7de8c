"""How HaloPSA gives lists and single objects: paged, in envelopes, absent in two ways."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, TypeVar

from integrations.halo.session import HaloSession
from integrations.halo.values import Row, rows_of, to_id, to_int, total_of
from integrations.net.errors import NotFound
from integrations.net.paging import Page, Part, pages

PAGE_SIZE = 100
"""HaloPSA API: larger pages are cut to 100 rows without a word, at least for tickets."""

Record = TypeVar("Record")


def fetch_pages(
    session: HaloSession,
    path: str,
    key: str,
    record_of: Callable[[Row], Record | None],
    *,
    since: datetime | None = None,
    first: int = 1,
    before: int = 0,
    inactive: bool = True,
    **params: Any,
) -> Iterator[Part[Record]]:
    """Records page by page, ordered by id, inactive rows included (unless not wanted), each row once.

    To take a list up again, `first` is the page to begin with and `before` the rows that came before it.
    Raises ShortList where the list ends before its own `record_count`. Without one, the same page twice is
    the whole list: some resources know no paging.
    """
    params |= {
        "order": "id",
        "orderdesc": False,
        "includeactive": True,
        "includeinactive": inactive,
        "lastupdatefromdate": since,
    }

    def fetch(number: int) -> Page[Row]:
        return fetch_page(session, path, key, number, **params)

    found = pages(
        fetch,
        identity=lambda row: to_int(row.get("id")),
        what=key,
        first=first,
        before=before,
        may_be_unpaged=True,
    )
    for rows in found:
        records = (record_of(row) for row in rows)
        yield rows.of(record for record in records if record is not None)


def fetch_page(
    session: HaloSession, path: str, key: str, number: int = 1, *, size: int = PAGE_SIZE, **params: Any
) -> Page[Row]:
    """One page of raw rows. A total of 0 beside rows says nothing."""
    body = session.get(path, pageinate=True, page_size=size, page_no=number, **params)
    rows = rows_of(body, key)
    total = total_of(body)
    return Page(rows, total if total or not rows else None)


def fetch_rows(session: HaloSession, path: str, key: str, **params: Any) -> list[Row]:
    """All rows of a resource that knows no paging."""
    return rows_of(session.get(path, **params), key)


def fetch_single(session: HaloSession, path: str, **params: Any) -> Row | None:
    """One object with its details; None if there is none.

    HaloPSA API: an unknown id is a 404, or on some tenants an object that is empty or has no id.
    """
    try:
        row = session.get(path, includedetails=True, **params)
    except NotFound:
        return None
    return row if isinstance(row, dict) and to_id(row.get("id")) is not None else None
