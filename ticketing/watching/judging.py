"""What a ticket as HaloPSA holds it says about what somebody did to it there. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from integrations.records import TicketRecord


class Did(Enum):
    """What somebody did. MOVED and CHANGED are only shown. NOT_CLOSED: nobody did anything; it is open
    with the status that was to close it."""

    NOTHING = "nothing"
    CHANGED = "changed"
    MOVED = "moved"
    CLOSED = "closed"
    REOPENED = "reopened"
    NOT_CLOSED = "not_closed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Known:
    """A ticket as we know it. `is_open` and `is_closed` are both False where it is neither to us (gone, or
    with a write of ours on its way)."""

    is_open: bool
    is_closed: bool
    status: int | None = None
    client: int | None = None
    closes_with: int | None = None
    """The status that our closing gives it."""


def what_was_done(known: Known, record: TicketRecord) -> Did:
    if record.deleted or record.merged_into:
        return Did.GONE if known.is_open or known.is_closed else Did.NOTHING
    if record.closed and known.is_open:
        return Did.CLOSED
    if not record.closed and known.is_closed:
        ours = record.status_id is not None and record.status_id == known.closes_with
        return Did.NOT_CLOSED if ours else Did.REOPENED
    if known.client is not None and record.client_id not in (None, known.client):
        return Did.MOVED
    if record.status_id not in (None, known.status) or record.client_id not in (None, known.client):
        return Did.CHANGED
    return Did.NOTHING


def means_wont_fix(record: TicketRecord, statuses: Collection[int], categories: Collection[str]) -> bool:
    """Whether it was closed with a status or in a category (by name, as HaloPSA tells it) that says so."""
    names = {name.strip().casefold() for name in categories}
    return record.status_id in statuses or record.category.strip().casefold() in names - {""}
