"""Lists of ScalePad go on after a cursor and have a count: what is whole, and what counts as broken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from integrations.connectors import patience
from integrations.net.errors import BadAnswer, ShortList
from tests.contract.recorded import Fault, RecordedConsole, recorded_console

HARDWARE = "/core/v1/assets/hardware"


@pytest.fixture
def console() -> Iterator[RecordedConsole]:
    with recorded_console("scalepad") as found:
        yield found


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "sleep", lambda seconds: None)


def page(*numbers: int, total: int | None = None, cursor: str | None = None) -> str:
    rows = [{"id": f"id-{number}", "name": f"Row {number}"} for number in numbers]
    return json.dumps({"data": rows, "total_count": total, "next_cursor": cursor})


def answer(console: RecordedConsole, *bodies: str, path: str = HARDWARE) -> None:
    """One body after the other; the last one for ever."""
    console.faults += [Fault(path, body=body) for body in bodies[:-1]]
    console.faults.append(Fault(path, body=bodies[-1], times=None))


def read(console: RecordedConsole) -> list[str]:
    return [record.external_id for record in console.connector().fetch_computers()]


def test_the_cursor_of_each_page_asks_for_the_next(console: RecordedConsole) -> None:
    read(console)
    asked = [call.partition("?")[2] for call in console.calls if f"GET {HARDWARE}" in call]

    assert asked == ["page_size=200", "page_size=200&cursor=h%2F2%2B%3D"]


def test_a_count_that_is_reached_does_not_end_a_list_that_goes_on(console: RecordedConsole) -> None:
    """A count of the page, or one that was taken before somebody added a row."""
    answer(console, page(1, 2, total=2, cursor="a"), page(3, total=1))

    assert read(console) == ["id-1", "id-2", "id-3"]


def test_a_list_without_a_count_ends_with_its_last_page(console: RecordedConsole) -> None:
    answer(console, page(1, cursor="a"), page(2))

    assert read(console) == ["id-1", "id-2"]


def test_a_list_that_ends_before_its_count_breaks_the_read(console: RecordedConsole) -> None:
    answer(console, page(1, total=3, cursor="a"), page(2, total=3))

    with pytest.raises(ShortList, match="ended after 2 of 3"):
        read(console)


@pytest.mark.parametrize(
    "bodies",
    [
        (page(1, cursor="a"), page(2, cursor="b"), page(3, cursor="a"), page(2)),
        (page(1, 2, cursor="a"), page(1, 2, cursor="b")),
        (page(1, 2, total=4, cursor="a"), page(1, 2, total=4)),
        (page(1, cursor="a"), page(cursor="b")),
    ],
    ids=["a cursor again", "a page again", "a page again as the last", "an empty page that is not the last"],
)
def test_a_list_that_does_not_go_on_breaks_the_read(
    console: RecordedConsole, bodies: tuple[str, ...]
) -> None:
    answer(console, *bodies)

    with pytest.raises(ShortList, match="repeats itself or stops halfway"):
        read(console)


@pytest.mark.parametrize(
    "body", ['{"total_count": 0}', '{"data": null, "next_cursor": null}', "[]", '{"data": {}}']
)
def test_what_is_no_page_is_no_list(console: RecordedConsole, body: str) -> None:
    answer(console, body)

    with pytest.raises(BadAnswer, match="ScalePad gave no list of hardware assets"):
        read(console)


def test_an_account_without_anything_has_empty_lists(console: RecordedConsole) -> None:
    answer(console, page(total=0), path="/")
    connector = console.connector()

    assert [*connector.fetch_companies(), *connector.fetch_computers()] == []
    assert connector.warnings == []


def test_two_assets_with_one_id_are_told_and_the_first_counts(console: RecordedConsole) -> None:
    answer(console, page(1, 2, 1, total=3))
    connector = console.connector()

    assert [record.external_id for record in connector.fetch_computers()] == ["id-1", "id-2"]
    assert connector.warnings == ["1 hardware assets have the id of another one: the first was taken."]


def test_rows_that_make_no_sense_are_told_and_do_not_stop_the_others(console: RecordedConsole) -> None:
    rows: list[Any] = [{"id": None, "name": "A"}, {"id": "b", "name": ""}, {"id": "c", "name": "C"}, "text"]
    answer(console, json.dumps({"data": rows, "next_cursor": None}), path="/core/v1/clients")
    connector = console.connector()

    assert [record.name for record in connector.fetch_companies()] == ["C"]
    assert connector.warnings == ["2 clients without id or name were left out."]
