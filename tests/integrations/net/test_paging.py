"""A list is read to its end, or it is an error; it never goes on for ever."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from integrations.net.errors import ShortList
from integrations.net.paging import Page, pages


def read(fetch: Callable[[int], Page[int]], **options: int) -> list[int]:
    return [row for page in pages(fetch, identity=lambda row: row, what="things", **options) for row in page]


def make_fetch(answers: list[list[int]], total: int | None) -> Callable[[int], Page[int]]:
    """Page n is answer n; behind the last one everything is empty."""

    def fetch(number: int) -> Page[int]:
        calls.append(number)
        return Page(answers[number - 1] if number <= len(answers) else [], total)

    calls: list[int] = []
    fetch.calls = calls  # type: ignore[attr-defined]
    return fetch


def test_it_stops_when_the_total_has_come() -> None:
    fetch = make_fetch([[1, 2], [3]], total=3)
    assert read(fetch) == [1, 2, 3]
    assert fetch.calls == [1, 2]  # type: ignore[attr-defined]


def test_without_a_total_it_stops_at_an_empty_page() -> None:
    assert read(make_fetch([[1, 2], [3]], total=None)) == [1, 2, 3]


def test_an_empty_list_is_a_list() -> None:
    assert read(make_fetch([], total=0)) == []
    assert read(make_fetch([], total=None)) == []


def test_a_silently_smaller_page_does_not_end_the_list() -> None:
    assert read(make_fetch([[1], [2], [3]], total=3)) == [1, 2, 3]


def test_rows_that_shift_while_reading_are_given_once() -> None:
    assert read(make_fetch([[1, 2], [2, 3]], total=4)) == [1, 2, 3]


def test_a_list_that_ends_before_its_total_is_an_error() -> None:
    with pytest.raises(ShortList, match="ended after 2 of 5"):
        read(make_fetch([[1, 2]], total=5))


def test_a_page_that_repeats_below_the_total_is_an_error() -> None:
    with pytest.raises(ShortList, match="repeats the same page"):
        read(make_fetch([[1, 2]] * 50, total=9))


def test_a_page_that_repeats_without_a_total_is_the_whole_list() -> None:
    """A server that knows no paging gives the same list for every page."""
    assert read(make_fetch([[1, 2]] * 50, total=None)) == [1, 2]


def test_pages_that_never_end_are_an_error() -> None:
    with pytest.raises(ShortList, match="did not end after 20 pages"):
        read(lambda number: Page([number % 3, number % 2], 10_000), most_pages=20)


def test_rows_already_given_stay_given_when_the_list_breaks() -> None:
    reading = pages(make_fetch([[1, 2]], total=5), identity=lambda row: row)
    assert next(reading) == [1, 2]
    with pytest.raises(ShortList):
        next(reading)


def test_a_list_can_be_taken_up_again_where_it_was_left() -> None:
    fetch = make_fetch([[1, 2], [3, 4], [5]], total=5)
    assert read(fetch, first=2, before=2) == [3, 4, 5]
    assert fetch.calls == [2, 3]  # type: ignore[attr-defined]


def test_a_list_that_was_left_at_its_end_is_over() -> None:
    assert read(make_fetch([[1, 2]], total=2), first=2, before=2) == []


def test_a_list_taken_up_again_that_has_become_short_is_an_error() -> None:
    with pytest.raises(ShortList):
        read(make_fetch([[1, 2]], total=9), first=2, before=2)
