"""Lists of ConnectWise RMM in every form that has been seen: where they go on, and what counts as broken."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from integrations.connectors import patience
from integrations.connectors.connectwise_rmm import client as client_module
from integrations.connectors.connectwise_rmm.parse import envelopes
from integrations.net.errors import BadAnswer, NotFound, ShortList
from tests.contract.recorded import Fault, RecordedConsole, recorded_console

COMPANIES = "/api/platform/v1/company/companies"
DEVICES = "/api/platform/v2/device/categories/all/endpoints"
ONE = [{"endpointId": "a"}, {"endpointId": "b"}]


@pytest.fixture
def console() -> Iterator[RecordedConsole]:
    """One company with the number 7 and without sites, and its endpoints as each test says."""
    with recorded_console("connectwise_rmm") as found:
        found.faults.append(Fault(f"{COMPANIES}/7/sites", body="[]", times=None))
        found.faults.append(Fault(COMPANIES, body='[{"id": "7", "name": "Seven"}]', times=None))
        yield found


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "sleep", lambda seconds: None)


def answer(
    console: RecordedConsole, body: object, cursor: str = "", *, link: str = "", status: int = 200
) -> None:
    """The page after `cursor`; the first one has none. Pages are to be given last to first."""
    path = f"{DEVICES}?limit=500" + (f"&cursor={cursor}" if cursor else "")
    headers = {"Link": link} if link else {}
    console.faults.append(Fault(path, status=status, body=json.dumps(body), headers=headers, times=None))


def ids_of(console: RecordedConsole) -> list[str]:
    return [record.external_id for record in console.connector().fetch_computers()]


@pytest.mark.parametrize(
    "body",
    [
        ONE,
        {"endpoints": ONE},
        {"devices": ONE},
        {"data": ONE},
        {"data": {"endpoints": ONE}},
        {"Items": ONE, "errors": []},
        {"platform": [{"companyID": "7", "endpoints": ONE}], "network": [], "cloud": None},
        {"platform": [{"companyID": "7", "endpoints": ONE[:1]}], "network": [{"endpoints": ONE[1:]}]},
    ],
)
def test_a_list_is_found_under_whichever_name_it_comes(console: RecordedConsole, body: object) -> None:
    answer(console, body)

    assert ids_of(console) == ["a", "b"]


@pytest.mark.parametrize("body", [[], {"endpoints": []}, {"endpoints": None}, {"platform": []}])
def test_an_empty_list_is_an_empty_list(console: RecordedConsole, body: object) -> None:
    answer(console, body)

    assert ids_of(console) == []


@pytest.mark.parametrize(
    "body", [{}, {"message": "no"}, {"errors": ["x"]}, {"endpoints": "x"}, 7, "words", None]
)
def test_what_holds_no_list_is_none(console: RecordedConsole, body: object) -> None:
    answer(console, body)

    with pytest.raises(BadAnswer, match="gave no list of endpoints"):
        ids_of(console)


@pytest.mark.parametrize(
    "block",
    [
        {"nextCursor": "two"},
        {"next_cursor": "two"},
        {"pageInfo": {"nextCursor": "two", "hasNextPage": True}},
        {"Pagination": {"NextCursor": "two"}},
    ],
)
def test_the_next_page_is_named_in_the_answer(console: RecordedConsole, block: dict[str, object]) -> None:
    answer(console, {"endpoints": [{"endpointId": "c"}], "nextCursor": 0}, "two")
    answer(console, {"endpoints": ONE, **block})

    assert ids_of(console) == ["a", "b", "c"]


@pytest.mark.parametrize(
    "link",
    [
        '<https://x.example/endpoints?limit=500&cursor=two>; rel="next"',
        "<https://x.example/a>; rel=prev, </endpoints?cursor=two&limit=5>;rel=next",
    ],
)
def test_the_next_page_is_named_in_a_header(console: RecordedConsole, link: str) -> None:
    answer(console, [{"endpointId": "c"}], "two", link='<https://x.example/a>; rel="first"')
    answer(console, ONE, link=link)

    assert ids_of(console) == ["a", "b", "c"]


def test_an_empty_page_in_the_middle_is_gone_past(console: RecordedConsole) -> None:
    answer(console, [{"endpointId": "c"}], "three")
    answer(console, {"endpoints": [], "nextCursor": "three"}, "two")
    answer(console, {"endpoints": ONE, "nextCursor": "two"})

    assert ids_of(console) == ["a", "b", "c"]


def test_a_cursor_that_leads_in_circles_breaks_the_read(console: RecordedConsole) -> None:
    answer(console, {"endpoints": [], "nextCursor": "two"}, "two")
    answer(console, {"endpoints": ONE, "nextCursor": "two"})

    with pytest.raises(ShortList, match="goes in circles"):
        ids_of(console)


def test_a_page_that_comes_again_breaks_the_read(console: RecordedConsole) -> None:
    answer(console, {"endpoints": ONE, "nextCursor": "three"}, "two")
    answer(console, {"endpoints": ONE, "nextCursor": "two"})

    with pytest.raises(ShortList, match="endpoints repeats itself"):
        ids_of(console)


@pytest.mark.parametrize("block", [{"totalCount": 3}, {"pagination": {"totalRecords": "3"}}])
def test_fewer_rows_than_the_answer_counts_break_the_read(
    console: RecordedConsole, block: dict[str, object]
) -> None:
    answer(console, {"endpoints": ONE, **block})

    with pytest.raises(ShortList, match="ended after 2 of 3"):
        ids_of(console)


def test_a_page_that_is_named_and_not_there_breaks_the_read(console: RecordedConsole) -> None:
    answer(console, {}, "two", status=404)
    answer(console, {"endpoints": ONE, "nextCursor": "two"})

    with pytest.raises(NotFound):
        ids_of(console)


def test_a_list_without_end_is_given_up(console: RecordedConsole, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "MOST_PAGES", 2)
    answer(console, {"endpoints": [{"endpointId": "c"}], "nextCursor": "three"}, "two")
    answer(console, {"endpoints": ONE, "nextCursor": "two"})

    with pytest.raises(ShortList, match="did not end after 2 pages"):
        ids_of(console)


# ---- a full page that names no next one ---------------------------------------------------------


@pytest.mark.parametrize(("status", "rest"), [(404, []), (200, []), (200, [{"endpointId": "last"}])])
def test_what_may_follow_a_full_page_is_asked_for(
    console: RecordedConsole, status: int, rest: list[object]
) -> None:
    full = [{"endpointId": str(number)} for number in range(500)]
    answer(console, rest, "500", status=status)
    answer(console, full)

    assert len(ids_of(console)) == 500 + len(rest)


def test_nothing_behind_a_full_page_is_too_little_where_more_was_counted(console: RecordedConsole) -> None:
    answer(console, {}, "500", status=404)
    answer(console, {"endpoints": [{"endpointId": str(number)} for number in range(500)], "totalCount": 501})

    with pytest.raises(ShortList, match="ended after 500 of 501"):
        ids_of(console)


def test_a_console_that_knows_no_places_breaks_the_read(console: RecordedConsole) -> None:
    answer(console, [{"endpointId": str(number)} for number in range(500)])

    with pytest.raises(ShortList, match="repeats itself"):
        ids_of(console)


# ---- companies and sites --------------------------------------------------------------------


def test_companies_that_make_no_sense_are_counted(console: RecordedConsole) -> None:
    rows = [{"id": "1", "name": " "}, {"name": "No id"}, {"clientId": 4, "friendlyName": "B"}]
    console.faults.insert(0, Fault(COMPANIES, body=json.dumps(rows)))
    connector = console.connector()

    assert [record.name for record in connector.fetch_companies()] == ["B"]
    assert connector.warnings == ["2 companies without id or name were left out."]


def test_companies_go_on_after_a_cursor_too(console: RecordedConsole) -> None:
    console.faults[:0] = [
        Fault(f"{COMPANIES}?cursor=two", body='[{"id": "8", "name": "Eight"}]'),
        Fault(COMPANIES, body='{"companies": [{"id": "7", "name": "Seven"}], "nextCursor": "two"}'),
    ]

    assert [record.name for record in console.connector(paths="sites=-").fetch_companies()] == [
        "Seven",
        "Eight",
    ]


def test_no_sites_are_asked_for_where_none_are_to_be_read(console: RecordedConsole) -> None:
    connector = console.connector(paths="sites=-")

    assert [record.locations for record in connector.fetch_companies()] == [()]
    assert connector.check().ok
    assert [call for call in console.calls if "sites" in call] == []


def test_sites_that_may_not_be_read_break_the_read(console: RecordedConsole) -> None:
    """A company without its sites would look as if they were gone."""
    console.faults.insert(0, Fault(f"{COMPANIES}/7/sites", body="null"))

    with pytest.raises(BadAnswer, match="gave no list of sites"):
        list(console.connector().fetch_companies())


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (" 50019 ", "50019"),
        (50019, "50019"),
        ("{1F2E3D4C-5B6A-4798-8A9B-0C1D2E3F4A5B}", "1f2e3d4c-5b6a-4798-8a9b-0c1d2e3f4a5b"),
        ("Some-Name_7", "Some-Name_7"),
        ("", None),
        (None, None),
        ({"id": 1}, None),
    ],
)
def test_guids_are_compared_in_small_letters_and_other_ids_as_they_are(
    sent: object, kept: str | None
) -> None:
    assert envelopes.identifier(sent) == kept
