"""What a ticket as HaloPSA holds it says about what somebody did to it."""

from __future__ import annotations

import pytest

from integrations.records import TicketRecord
from ticketing.watching.judging import Did, Known, means_wont_fix, what_was_done

OPEN = Known(is_open=True, is_closed=False, status=1, client=12)
CLOSED = Known(is_open=False, is_closed=True, status=9, client=12)
WRITING = Known(is_open=False, is_closed=False, status=1, client=12)


def seen(**values: object) -> TicketRecord:
    return TicketRecord(7, **{"status_id": 1, "client_id": 12, **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("known", "record", "did"),
    [
        (OPEN, seen(), Did.NOTHING),
        (OPEN, seen(status_id=2), Did.CHANGED),
        (OPEN, seen(closed=True, status_id=9), Did.CLOSED),
        (OPEN, seen(client_id=13), Did.MOVED),
        (OPEN, seen(client_id=13, closed=True), Did.CLOSED),
        (OPEN, seen(deleted=True), Did.GONE),
        (OPEN, seen(merged_into=8, closed=True), Did.GONE),
        (OPEN, seen(status_id=None, client_id=None), Did.NOTHING),
        (CLOSED, seen(closed=True, status_id=9), Did.NOTHING),
        (CLOSED, seen(), Did.REOPENED),
        (CLOSED, seen(deleted=True), Did.GONE),
        (WRITING, seen(closed=True, status_id=9), Did.CHANGED),
        (WRITING, seen(deleted=True), Did.NOTHING),
    ],
)
def test_what_somebody_did(known: Known, record: TicketRecord, did: Did) -> None:
    assert what_was_done(known, record) == did


def test_a_client_that_is_first_seen_is_no_move() -> None:
    assert what_was_done(Known(True, False, status=1), seen()) == Did.CHANGED


def test_wont_fix_is_told_by_status_or_by_category() -> None:
    assert means_wont_fix(seen(status_id=30), [30], [])
    assert means_wont_fix(seen(category="Backup>Accepted risk"), [], ["backup>accepted risk "])
    assert not means_wont_fix(seen(category=""), [30], [""])
