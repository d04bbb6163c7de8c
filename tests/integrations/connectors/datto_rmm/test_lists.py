"""Pages of Datto RMM: what counts as their end, and what as broken."""

from __future__ import annotations

import json
from typing import Any

import pytest

from integrations.connectors.datto_rmm.parse import envelopes
from integrations.net.errors import BadAnswer, ShortList
from tests.contract.recorded import Fault, RecordedConsole

SITES = "/api/v2/account/sites"


def page(*uids: str, **details: Any) -> str:
    rows = [{"uid": uid, "name": f"Site {uid}"} for uid in uids]
    return json.dumps({"pageDetails": details, "sites": rows})


def answer(console: RecordedConsole, *bodies: str) -> None:
    """One body for each page; the last for all that follow."""
    for number, body in enumerate(bodies):
        last = number == len(bodies) - 1
        path = SITES if last else f"{SITES}?page={number}&"
        console.faults.append(Fault(path, body=body, times=None))


def read(console: RecordedConsole) -> list[str]:
    return [record.external_id for record in console.connector().fetch_companies()]


def pages_asked_for(console: RecordedConsole) -> list[str]:
    return [call.partition("page=")[2].partition("&")[0] for call in console.calls if SITES in call]


def test_pages_are_counted_from_nought_and_read_to_the_total(console: RecordedConsole) -> None:
    assert len(read(console)) == 3
    assert pages_asked_for(console) == ["0", "1"]


@pytest.mark.parametrize(
    ("told", "asked"),
    [('{"max": 3}', 3), ('{"max": 100000}', 250), ("{}", 250), ("[]", 250), ('{"max": 0}', 250)],
)
def test_the_largest_page_is_what_the_account_allows(console: RecordedConsole, told: str, asked: int) -> None:
    console.faults.append(Fault("/api/v2/system/pagination", body=told, times=None))
    answer(console, page("a", totalCount=1))
    read(console)

    assert f"GET {SITES}?page=0&max={asked}" in console.calls


@pytest.mark.parametrize("status", [403, 404, 500])
def test_an_account_that_does_not_tell_its_largest_page_is_read_all_the_same(
    console: RecordedConsole, status: int
) -> None:
    console.faults.append(Fault("/api/v2/system/pagination", status=status, times=None))
    answer(console, page("a", totalCount=1))

    assert read(console) == ["a"]
    assert sum("pagination" in call for call in console.calls) == 1


def test_an_announced_page_is_read_though_the_total_has_come(console: RecordedConsole) -> None:
    """Some papers take the total for the number of rows of the page."""
    answer(
        console,
        page("a", "b", totalCount=2, nextPageUrl="https://elsewhere.example/?page=1"),
        page("c", totalCount=3, nextPageUrl=None),
    )

    assert read(console) == ["a", "b", "c"]
    assert all("elsewhere" not in call for call in console.calls), "the token goes to no other server"


def test_without_a_total_the_announced_pages_tell_the_end(console: RecordedConsole) -> None:
    answer(console, page("a", nextPageUrl="x"), page("b", nextPageUrl=""))

    assert read(console) == ["a", "b"]
    assert pages_asked_for(console) == ["0", "1"]


def test_without_any_details_an_empty_page_is_the_end(console: RecordedConsole) -> None:
    answer(console, page("a"), page("b"), '{"sites": []}')

    assert read(console) == ["a", "b"]


@pytest.mark.parametrize("rest", [[], ["a"]])
def test_a_list_that_ends_before_its_total_is_not_used(console: RecordedConsole, rest: list[str]) -> None:
    answer(console, page("a", totalCount=3, nextPageUrl="x"), page(*rest, totalCount=3, nextPageUrl=None))

    with pytest.raises(ShortList):
        read(console)


@pytest.mark.parametrize("body", ["[]", '{"sites": null}', '{"devices": []}', '"words"'])
def test_what_is_no_list_of_sites_is_not_taken_for_an_empty_one(console: RecordedConsole, body: str) -> None:
    answer(console, body)

    with pytest.raises(BadAnswer, match="gave no list of sites"):
        read(console)


def test_an_account_without_anything_has_empty_lists(console: RecordedConsole) -> None:
    for name in ("sites", "devices", "alerts"):
        body = json.dumps({"pageDetails": {"count": 0, "totalCount": 0, "nextPageUrl": None}, name: []})
        console.faults.append(Fault(f"/api/v2/account/{name}", body=body, times=None))
    connector = console.connector()

    assert [*connector.fetch_companies(), *connector.fetch_computers(), *connector.fetch_events()] == []
    assert connector.warnings == []


def test_sites_that_make_no_sense_are_counted(console: RecordedConsole) -> None:
    rows = [{"uid": "a", "name": " "}, {"name": "No uid"}, {"uid": "c", "name": " Çeşme  GmbH "}]
    answer(console, json.dumps({"pageDetails": {"totalCount": 3}, "sites": rows}))
    connector = console.connector()

    assert [record.name for record in connector.fetch_companies()] == ["Çeşme  GmbH"]
    assert connector.warnings == ["2 sites without uid or name were left out."]


def test_rows_without_a_uid_are_told_apart_by_all_they_hold() -> None:
    assert envelopes.identity({"name": "a"}) != envelopes.identity({"name": "b"})
    assert envelopes.identity({"uid": "{ABC}", "name": "a"}) == envelopes.identity(
        {"uid": "abc", "name": "b"}
    )
