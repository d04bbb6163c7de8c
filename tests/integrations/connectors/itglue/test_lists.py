"""Lists of IT Glue have numbered pages and a count: what is whole, and what counts as broken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from integrations.connectors import patience
from integrations.net.errors import BadAnswer, ShortList
from tests.contract.recorded import Fault, RecordedConsole, recorded_console


@pytest.fixture
def console() -> Iterator[RecordedConsole]:
    with recorded_console("itglue") as found:
        yield found


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "sleep", lambda seconds: None)


def row(number: int, **attributes: Any) -> dict[str, Any]:
    return {"id": str(number), "type": "x", "attributes": {"name": f"Row {number}", **attributes}}


def page(*rows: Any, total: int | None) -> str:
    return json.dumps({"data": rows, "meta": {"total-count": total}, "links": {}})


def answer(console: RecordedConsole, path: str, *bodies: str) -> None:
    """One body after the other; the last one for ever."""
    console.faults += [Fault(path, body=body) for body in bodies[:-1]]
    console.faults.append(Fault(path, body=bodies[-1], times=None))


def read(console: RecordedConsole) -> list[str]:
    return [record.external_id for record in console.connector().fetch_computers()]


def test_pages_are_asked_for_in_the_order_of_ids(console: RecordedConsole) -> None:
    read(console)
    asked = [call.partition("?")[2] for call in console.calls if "/configurations" in call]

    assert asked == [f"page%5Bsize%5D=500&page%5Bnumber%5D={number}&sort=id" for number in (1, 2)]


def test_a_server_that_gives_fewer_rows_at_once_is_read_to_its_end(console: RecordedConsole) -> None:
    answer(console, "/configurations", *(page(row(number), total=3) for number in (1, 2, 3)))

    assert read(console) == ["1", "2", "3"]


def test_a_page_that_comes_again_breaks_the_read(console: RecordedConsole) -> None:
    answer(console, "/configurations", page(row(1), row(2), total=6))

    with pytest.raises(ShortList, match="repeats itself"):
        read(console)


def test_a_list_that_ends_before_its_count_breaks_the_read(console: RecordedConsole) -> None:
    answer(console, "/configurations", page(row(1), row(2), total=3), page(total=3))

    with pytest.raises(ShortList, match="ended after 2 of 3"):
        read(console)


@pytest.mark.parametrize("path", ["/organizations", "/configurations", "/locations"])
def test_a_list_that_does_not_say_how_long_it_is_is_not_used(console: RecordedConsole, path: str) -> None:
    answer(console, path, page(row(1), total=None))
    connector = console.connector()

    with pytest.raises(ShortList, match="does not say how many"):
        [*connector.fetch_companies(), *connector.fetch_computers()]


@pytest.mark.parametrize(
    "body", ['{"meta": {"total-count": 0}}', '{"data": null}', '{"data": {"id": "1"}}', "[]"]
)
def test_what_is_no_document_is_no_list(console: RecordedConsole, body: str) -> None:
    answer(console, "/configurations", body)

    with pytest.raises(BadAnswer, match="IT Glue gave no list of configurations"):
        read(console)


def test_what_slips_to_the_page_before_is_read(console: RecordedConsole) -> None:
    """One of the first page is deleted before the second one is read: the third row moves forward."""
    answer(
        console,
        "/configurations",
        page(row(1), row(2), total=4),
        page(row(4), total=3),
        page(row(2), row(3), total=3),
    )

    assert sorted(read(console)) == ["1", "2", "3", "4"]


def test_two_rows_with_one_id_are_told_and_the_first_counts(console: RecordedConsole) -> None:
    answer(console, "/configurations", page(row(1), row(1, name="again"), row(2), total=3))
    connector = console.connector()

    assert [record.name for record in connector.fetch_computers()] == ["Row 1", "Row 2"]
    assert connector.warnings == ["1 configurations have the id of another one: the first was taken."]


def test_rows_that_make_no_sense_are_told_and_do_not_stop_the_others(console: RecordedConsole) -> None:
    answer(console, "/organizations", page(row(1, name=" "), {"type": "x"}, row(2), total=3))
    answer(console, "/configurations", page({"attributes": {"name": "no id"}}, row(2), total=2))
    connector = console.connector()

    assert [record.external_id for record in connector.fetch_companies()] == ["2"]
    assert [record.external_id for record in connector.fetch_computers()] == ["2"]
    assert connector.warnings == [
        "2 organisations without id or name were left out.",
        "1 configurations without an id were left out.",
    ]


def test_an_account_without_anything_has_empty_lists(console: RecordedConsole) -> None:
    for path in ("/organizations", "/locations", "/configurations"):
        answer(console, path, page(total=0))
    connector = console.connector()

    assert [*connector.fetch_companies(), *connector.fetch_computers()] == []
    assert connector.warnings == []


@pytest.mark.parametrize("status", [403, 404])
def test_organisations_come_without_locations_where_these_cannot_be_read(
    console: RecordedConsole, status: int
) -> None:
    console.faults.append(Fault("/locations", status=status, times=None))
    connector = console.connector()
    found = list(connector.fetch_companies())

    assert len(found) == 3
    assert not any(company.locations for company in found)
    assert connector.warnings[0].startswith("Locations cannot be read: ")


def test_locations_that_break_off_break_the_read(console: RecordedConsole) -> None:
    """Half of the locations would look like all of them, and the others would seem to be gone."""
    answer(console, "/locations", page(row(1), total=2), page(total=2))

    with pytest.raises(ShortList):
        list(console.connector().fetch_companies())
