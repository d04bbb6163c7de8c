"""From pages to records: what is left out is counted, and told only once the list has ended."""

from __future__ import annotations

from collections.abc import Iterator

from integrations.connectors.listing import Listing
from integrations.net.paging import Part


def even(number: int) -> str | None:
    return str(number) if number % 2 == 0 else None


def parts() -> Iterator[Part[int]]:
    yield Part([1, 2], arrived=2)
    yield Part([4], arrived=4)


def test_each_row_becomes_a_record_or_is_counted() -> None:
    found = Listing(parts(), even)

    assert list(found) == ["2", "4"]
    assert found.sentences("things", "an even number") == [
        "1 things without an even number were left out.",
        "1 things have the id of another one: the first was taken.",
    ]


def test_a_list_in_order_says_nothing() -> None:
    found = Listing([Part([2, 4], arrived=2)], even)

    assert list(found) == ["2", "4"]
    assert found.sentences("things", "an even number") == []


def test_rows_that_were_read_again_are_not_told_as_doubles() -> None:
    """When rows vanish in mid-read a page is read once more: more rows are new then than have arrived."""
    found = Listing([Part([2, 4, 6], arrived=2)], even)

    assert len(list(found)) == 3
    assert found.sentences("things", "an even number") == []
