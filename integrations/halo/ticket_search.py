"""Finding bridge tickets in HaloPSA by id and by marker."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from integrations.halo import parse
from integrations.halo.lists import fetch_page, fetch_pages, fetch_single
from integrations.halo.session import HaloSession
from integrations.halo.values import Row, to_id
from integrations.net.errors import BadAnswer
from integrations.net.paging import Part
from integrations.records import MARKER_BEGINS, TicketRecord

TICKETS_PER_CALL = 100
OPEN_AND_CLOSED = (0, 1)
"""HaloPSA API: `includeclosed` is a list, 0 for open and 1 for closed tickets."""
MOST_CANDIDATES = 10
"""A marker is random: a search that brings more rows than this has not searched for it."""


def by_ids(session: HaloSession, ids: Sequence[int]) -> Iterator[TicketRecord]:
    """Those of the tickets that Halo lists: open and closed ones, not deleted ones."""
    wanted = list(dict.fromkeys(ids))
    for start in range(0, len(wanted), TICKETS_PER_CALL):
        chunk = wanted[start : start + TICKETS_PER_CALL]
        for page in _pages(session, ticketids=chunk):
            yield from (record for record in page if record.halo_id in chunk)


def changed(
    session: HaloSession, since: datetime, ticket_types: Sequence[int]
) -> Iterator[Part[TicketRecord]]:
    """Tickets of these types that were changed from `since` on, page by page; open and closed ones."""
    return _pages(session, since=since, requesttype=tuple(ticket_types) or None)


def of_the_bridge(session: HaloSession, since: datetime) -> Iterator[Part[TicketRecord]]:
    """Tickets changed from `since` on that may be the bridge's; open and closed ones, page by page.

    HaloPSA API: a search that is not known is ignored, and rows of lists tell no supplier reference: only
    the single ticket says whether it is one.
    """
    return _pages(session, since=since, search_supplier_reference=MARKER_BEGINS)


def _pages(session: HaloSession, **query: Any) -> Iterator[Part[TicketRecord]]:
    return fetch_pages(session, "/Tickets", "tickets", parse.ticket, includeclosed=OPEN_AND_CLOSED, **query)


def by_marker(session: HaloSession, marker: str, *, deleted: bool | None = None) -> list[TicketRecord]:
    """Tickets whose supplier reference is exactly `marker`. HaloPSA API: its search is *contains*.

    Raises BadAnswer where the search brings too much: unknown parameters are ignored, so Halo then did not
    search at all, and to say *none* would be to allow a second ticket.
    """
    page = fetch_page(
        session,
        "/Tickets",
        "tickets",
        search_supplier_reference=marker,
        includeclosed=OPEN_AND_CLOSED,
        deleted=deleted,
    )
    if max(page.total or 0, len(page.rows)) > MOST_CANDIDATES:
        raise BadAnswer("HaloPSA did not search by supplier reference, so nothing can be concluded.")
    records = (_complete(session, row, deleted) for row in page.rows)
    return [record for record in records if record is not None and record.marker == marker]


def _complete(session: HaloSession, row: Row, deleted: bool | None = None) -> TicketRecord | None:
    """List rows may leave out the supplier reference; the single ticket has it."""
    if "supplier_reference" in row:
        return parse.ticket(row)
    halo_id = to_id(row.get("id"))
    if halo_id is None:
        return None
    detail = fetch_single(session, f"/Tickets/{halo_id}", deleted=deleted)
    return parse.ticket(detail) if detail else None
