"""Every list is read to its end, however it ends; one that does not go on is no list.

`answers.json` names the lists of a console: those in pages with the calls that they take (`paged`), the
others with the reason (`unpaged`), and what a console without anything still tells (`kept`).
"""

from __future__ import annotations

from typing import Any

import pytest

from integrations.net import http
from integrations.net.errors import LostAnswer, ShortList
from tests.contract import cases
from tests.contract.changing import AWKWARD, emptied, renamed, stuck
from tests.contract.recorded import LISTS, READ_KINDS, SILENCE, Fault, RecordedConsole, read, sample
from tests.contract.shape import as_json

PAGED = tuple((kind, row) for kind in READ_KINDS for row in sample(kind, "answers.json")["paged"])
UNPAGED = tuple((kind, row) for kind in READ_KINDS for row in sample(kind, "answers.json")["unpaged"])
SECONDS = 0.3


def named(pairs: tuple[tuple[str, dict[str, Any]], ...]) -> list[str]:
    return [f"{kind} {row['path']}" for kind, row in pairs]


@pytest.mark.parametrize(("kind", "what"), LISTS)
def test_every_list_says_whether_it_has_pages(kind: str, what: str) -> None:
    rows = [row for owner, row in (*PAGED, *UNPAGED) if owner == kind and row["list"] == what]

    assert rows
    assert all(row.get("because") or row["calls"] > 1 for row in rows)


@pytest.mark.case(cases.PAGING)
@pytest.mark.parametrize(("kind", "row"), PAGED, ids=named(PAGED))
def test_a_list_is_read_to_its_last_page(kind: str, row: dict[str, Any], console: RecordedConsole) -> None:
    found = as_json(read(console.connector(), row["list"]), console.url)

    assert found == sample(kind, f"expected/{row['list']}.json")
    assert sum(row["path"] in call for call in console.calls) == row["calls"]


@pytest.mark.case(cases.REPEATED)
@pytest.mark.parametrize(("kind", "row"), PAGED, ids=named(PAGED))
def test_a_page_that_comes_in_place_of_the_next_one_breaks_the_read(
    kind: str, row: dict[str, Any], console: RecordedConsole
) -> None:
    console.change = stuck(row["path"])

    with pytest.raises(ShortList):
        read(console.connector(), row["list"])


@pytest.mark.case(cases.EMPTY)
@pytest.mark.parametrize(("kind", "what"), LISTS)
def test_a_console_that_holds_nothing_has_empty_lists(kind: str, what: str, console: RecordedConsole) -> None:
    console.change = emptied(sample(kind, "answers.json").get("kept", ()))
    connector = console.connector()

    assert read(connector, what) == []
    assert connector.warnings == []
    assert connector.series_seen == set()


@pytest.fixture
def short_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = http.Limits(connect=1, read=SECONDS, total=SECONDS)
    monkeypatch.setattr(http, "Limits", lambda: limits)


@pytest.mark.case(cases.SILENT)
@pytest.mark.parametrize("kind", READ_KINDS)
def test_a_console_that_is_silent_once_is_asked_again(
    kind: str, console: RecordedConsole, pauses: list[float], short_limits: None
) -> None:
    console.faults.append(Fault(console.path_of("companies"), status=SILENCE))

    assert as_json(read(console.connector(), "companies")) == sample(kind, "expected/companies.json")
    assert pauses


@pytest.mark.case(cases.SILENT)
@pytest.mark.parametrize("kind", READ_KINDS)
def test_a_console_that_stays_silent_breaks_the_read(
    kind: str, console: RecordedConsole, pauses: list[float], short_limits: None
) -> None:
    console.faults.append(Fault(console.path_of("companies"), status=SILENCE, times=None))

    with pytest.raises(LostAnswer, match=r"127\.0\.0\.1"):
        read(console.connector(), "companies")


def names_of(kind: str) -> set[str]:
    """Names of companies and computers; what stands in for a missing one is none."""
    rows = [row for what in ("companies", "computers") for row in sample(kind, f"expected/{what}.json")]
    return {row["name"] for row in rows if row["name"] != row["external_id"]}


@pytest.mark.case(cases.UNICODE)
@pytest.mark.parametrize(("kind", "what"), [pair for pair in LISTS if pair[1] != "events"])
def test_names_may_hold_every_letter_there_is(kind: str, what: str, console: RecordedConsole) -> None:
    """Sent as plain UTF-8, without a word about how it is to be read."""
    names = names_of(kind)
    console.content_type = "application/json"
    console.change = renamed(names, AWKWARD)
    found = [(row["external_id"], row["name"]) for row in as_json(read(console.connector(), what))]

    assert any(name.endswith(AWKWARD) for _, name in found)
    assert found == [
        (row["external_id"], row["name"] + (AWKWARD if row["name"] in names else ""))
        for row in sample(kind, f"expected/{what}.json")
    ]


@pytest.mark.case(cases.UNICODE)
@pytest.mark.parametrize(("kind", "what"), [pair for pair in LISTS if pair[1] == "events"])
def test_events_tell_such_names_as_they_are(kind: str, what: str, console: RecordedConsole) -> None:
    console.content_type = "application/json"
    console.change = renamed(names_of(kind), AWKWARD)
    found = as_json(read(console.connector(), what))

    assert len(found) == len(sample(kind, f"expected/{what}.json"))
    assert any(AWKWARD in f"{row['title']} {row['message']}" for row in found)
