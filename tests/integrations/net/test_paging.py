"""A list is read to its end, or it is an error; it never goes on for ever."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.net.errors import ShortList
from integrations.net.paging import Page, pages


def read(fetch: Callable[[int], Page[int]], **options: Any) -> list[int]:
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


@pytest.mark.parametrize("total", [9, None], ids=["below the total", "without a total"])
def test_a_page_that_repeats_is_an_error(total: int | None) -> None:
    fetch = make_fetch([[1, 2]] * 50, total)
    with pytest.raises(ShortList, match="The list of things repeats itself"):
        read(fetch)
    assert fetch.calls == [1, 2]  # type: ignore[attr-defined]


@pytest.mark.parametrize("total", [9, None], ids=["below the total", "without a total"])
@pytest.mark.parametrize("options", [{}, {"may_be_unpaged": True}], ids=["paged", "perhaps unpaged"])
def test_pages_that_come_in_circles_are_an_error(total: int | None, options: dict[str, bool]) -> None:
    fetch = make_fetch([[1, 2], [3]] * 50, total)
    with pytest.raises(ShortList, match="repeats itself"):
        read(fetch, **options)
    assert fetch.calls == [1, 2, 3]  # type: ignore[attr-defined]


def test_a_page_that_repeats_is_the_whole_of_a_list_that_may_be_unpaged() -> None:
    """A server that knows no paging gives the same list for every page."""
    assert read(make_fetch([[1, 2]] * 50, total=None), may_be_unpaged=True) == [1, 2]


def test_a_total_that_promises_more_is_believed_also_of_a_list_that_may_be_unpaged() -> None:
    with pytest.raises(ShortList, match="repeats itself"):
        read(make_fetch([[1, 2]] * 50, total=9), may_be_unpaged=True)


def test_a_list_that_may_be_unpaged_is_read_to_its_end_where_it_has_pages() -> None:
    assert read(make_fetch([[1, 2], [3]], total=None), may_be_unpaged=True) == [1, 2, 3]


def test_rows_that_have_all_come_before_do_not_make_a_page_that_repeats() -> None:
    """One row more in front of a list that is read by offset moves the last one onto a page of its own."""
    assert read(make_fetch([[1, 2], [2]], total=None)) == [1, 2]


def test_pages_that_never_end_are_an_error() -> None:
    with pytest.raises(ShortList, match="did not end after 20 pages"):
        read(lambda number: Page([number], 10_000), most_pages=20)


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


# ---- rows that slip to a page that has been read -----------------------------------------------


class Changing:
    """A list that others change while it is read: `after[n]` is done to it when page n has been given."""

    def __init__(self, rows: int, size: int = 10, **after: Callable[[list[int]], None]) -> None:
        self.rows = list(range(1, rows + 1))
        self.size = size
        self.asked: list[int] = []
        self._after = after

    def page(self, number: int) -> Page[int]:
        self.asked.append(number)
        start = (number - 1) * self.size
        page = Page(self.rows[start : start + self.size], len(self.rows))
        self._after.pop(f"page{number}", lambda rows: None)(self.rows)
        return page

    def read(self) -> list[int]:
        return [row for rows in pages(self.page, identity=lambda row: row) for row in rows]


def removing(*gone: int) -> Callable[[list[int]], None]:
    def remove(rows: list[int]) -> None:
        rows[:] = [row for row in rows if row not in gone]

    return remove


@pytest.mark.parametrize("gone", [(3,), (10,), (1, 5, 7), tuple(range(1, 11)), (12, 25), (19, 20, 21)])
def test_rows_that_slip_behind_removed_ones_are_found_by_one_call_more(gone: tuple[int, ...]) -> None:
    world = Changing(35, page2=removing(*gone))
    found = world.read()
    assert set(world.rows) <= set(found)
    assert len(found) == len(set(found))
    assert world.asked.count(2) == 2
    assert len(world.asked) <= 5


def test_rows_that_slip_off_the_last_page_are_found() -> None:
    world = Changing(25, page2=removing(1, 2, 3, 4, 5))
    assert set(world.read()) == set(range(1, 26)), "the removed ones had been read before"
    assert world.asked == [1, 2, 3, 2]


def test_a_removal_behind_the_present_page_costs_a_call_and_loses_nothing() -> None:
    world = Changing(35, page1=removing(33))
    assert sorted(world.read()) == world.rows


def test_several_removals_on_the_way_are_all_seen() -> None:
    world = Changing(50, page1=removing(2), page3=removing(5, 6))
    assert set(world.rows) <= set(world.read())


def test_a_list_that_shrinks_by_more_than_a_page_is_an_error() -> None:
    world = Changing(60, page2=removing(*range(1, 13)))
    with pytest.raises(ShortList, match="changes faster"):
        world.read()


def test_a_list_that_shrinks_while_it_is_mended_is_an_error() -> None:
    world = Changing(60, page2=removing(1), page3=removing(2))
    with pytest.raises(ShortList, match="changes faster"):
        world.read()


def test_what_slipped_comes_with_the_page_so_that_lists_count_as_pages() -> None:
    world = Changing(35, page2=removing(3))
    assert len(list(pages(world.page, identity=lambda row: row))) == 4


def test_a_list_that_grows_costs_nothing_more() -> None:
    world = Changing(25, page1=lambda rows: rows.extend([26, 27]))
    assert world.read() == list(range(1, 28))
    assert world.asked == [1, 2, 3]


@given(st.data())
def test_whatever_single_removal_happens_no_row_that_stays_is_missing(data: st.DataObject) -> None:
    count = data.draw(st.integers(2, 60))
    at = data.draw(st.integers(1, 6))
    gone = data.draw(st.sets(st.integers(1, count), max_size=10))
    world = Changing(count, **{f"page{at}": removing(*gone)})
    assert set(range(1, count + 1)) - gone <= set(world.read())


def test_each_part_tells_where_it_stands_so_that_the_list_can_be_taken_up_there() -> None:
    found = list(pages(make_fetch([[1, 2], [2, 3], [4]], total=5), identity=lambda row: row))
    assert [(part.number, part.arrived, part.total, part.last) for part in found] == [
        (1, 2, 5, False),
        (2, 4, 5, False),
        (3, 5, 5, True),
    ]
    assert found == [[1, 2], [3], [4]]
    fetch = make_fetch([[1, 2], [2, 3], [4]], total=5)
    assert read(fetch, first=found[1].number + 1, before=found[1].arrived) == [4]
