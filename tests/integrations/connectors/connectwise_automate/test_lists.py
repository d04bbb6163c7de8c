"""Lists of Automate come in pages without a total: what counts as their end, and what as broken."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import pytest

from integrations.connectors import patience
from integrations.net.errors import Forbidden, ShortList
from tests.contract.recorded import Fault, RecordedConsole, recorded_console

LISTS = "/cwa/api/v1/"


@pytest.fixture
def console() -> Iterator[RecordedConsole]:
    with recorded_console("connectwise_automate") as found:
        yield found


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "sleep", lambda seconds: None)


def answer(console: RecordedConsole, what: str, *pages: Sequence[object]) -> None:
    """These pages, and then empty ones."""
    for number, rows in enumerate([*pages, []], start=1):
        path = f"{LISTS}{what}?page={number}&"
        console.faults.append(Fault(path, body=json.dumps(rows), times=None))


def computers(*ids: int) -> list[dict[str, object]]:
    return [{"Id": str(number), "ComputerName": f"PC-{number}"} for number in ids]


def ids_of(console: RecordedConsole) -> list[str]:
    return [record.external_id for record in console.connector().fetch_computers()]


def test_pages_are_asked_for_by_id_until_one_is_empty(console: RecordedConsole) -> None:
    list(console.connector().fetch_computers())
    asked = [call.partition("?")[2] for call in console.calls if "Computers" in call]

    assert asked == [f"page={number}&pagesize=500&orderby=Id+asc" for number in (1, 2, 3, 4)]


def test_a_server_that_gives_smaller_pages_is_read_whole(console: RecordedConsole) -> None:
    answer(console, "Computers", computers(1, 2), computers(3, 4), computers(5))

    assert ids_of(console) == ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize(
    "pages",
    [
        [computers(1, 2, 3), computers(4, 5), computers(7)],
        [computers(1, 2), computers(4, 5, 6), computers(7)],
        [computers(1), computers(4, 5)],
    ],
    ids=["in the middle", "at the start, three pages", "at the start"],
)
def test_a_page_that_was_cut_breaks_the_read(console: RecordedConsole, pages: list[list[object]]) -> None:
    answer(console, "Computers", *pages)

    with pytest.raises(ShortList, match="a page that was cut"):
        ids_of(console)


def test_a_server_that_does_not_go_on_breaks_the_read(console: RecordedConsole) -> None:
    console.faults.append(Fault(f"{LISTS}Computers", body=json.dumps(computers(1, 2)), times=None))

    with pytest.raises(ShortList, match="computers repeats itself"):
        ids_of(console)


def test_a_row_that_comes_on_two_pages_is_told_once(console: RecordedConsole) -> None:
    answer(console, "Computers", computers(1, 2), computers(2, 3))
    connector = console.connector()

    assert [record.external_id for record in connector.fetch_computers()] == ["1", "2", "3"]
    assert connector.warnings == ["1 computers have the id of another one: the first was taken."]


def test_a_server_without_anything_has_empty_lists(console: RecordedConsole) -> None:
    for what in ("Clients", "Locations", "Computers"):
        answer(console, what)
    connector = console.connector()

    assert [*connector.fetch_companies(), *connector.fetch_computers()] == []
    assert connector.warnings == []


def test_rows_that_make_no_sense_are_counted(console: RecordedConsole) -> None:
    answer(console, "Clients", [{"Id": "1", "Name": " "}, {"Name": "No id"}, {"Id": 4, "Name": "B"}])
    answer(console, "Locations", [{"Id": "9", "Name": "Nowhere"}, {"Name": "No id", "Client": {"Id": "4"}}])
    connector = console.connector()

    assert [record.name for record in connector.fetch_companies()] == ["B"]
    assert connector.warnings == [
        "2 clients without id or name were left out.",
        "2 locations without id or client were left out.",
    ]


def test_a_location_may_name_its_client_beside_or_inside(console: RecordedConsole) -> None:
    answer(console, "Clients", [{"Id": "4", "Name": "B"}])
    answer(console, "Locations", [{"Id": "9", "Client": {"Id": 4}}, {"Id": 10, "Name": "X", "ClientId": 4}])
    (company,) = console.connector().fetch_companies()

    assert [(place.external_id, place.name) for place in company.locations] == [("9", "9"), ("10", "X")]


def test_locations_that_may_not_be_read_break_the_read(console: RecordedConsole) -> None:
    """Companies without their locations would look as if these were gone."""
    console.faults.append(Fault(f"{LISTS}Locations", status=403, times=None))

    with pytest.raises(Forbidden):
        list(console.connector().fetch_companies())
