"""Lists of NinjaOne go on after an id and have no total: what counts as their end, and what as broken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from integrations.connectors import patience
from integrations.connectors.ninjaone.connector import OVERLAP
from integrations.net.errors import Forbidden, ShortList
from tests.contract.recorded import Fault, RecordedConsole, recorded_console, sample

SINCE = datetime(2026, 3, 4, 5, 45, tzinfo=UTC)


@pytest.fixture
def console() -> Iterator[RecordedConsole]:
    with recorded_console("ninjaone") as found:
        yield found


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "sleep", lambda seconds: None)


def answer(console: RecordedConsole, path: str, *rows: object) -> None:
    console.faults.append(Fault(path, body=json.dumps(rows), times=None))


def calls_of(console: RecordedConsole, path: str) -> list[str]:
    return [call for call in console.calls if f"GET {path}" in call]


def test_each_page_begins_after_the_last_id_of_the_page_before(console: RecordedConsole) -> None:
    list(console.connector().fetch_computers())
    asked = [call.partition("&after=")[2] for call in calls_of(console, "/v2/devices-detailed")]

    assert asked == ["", "2206", "2209"]


def test_only_approved_devices_are_asked_for_and_taken(console: RecordedConsole) -> None:
    found = [record.external_id for record in console.connector().fetch_computers()]

    assert all("df=status+eq+APPROVED" in call for call in calls_of(console, "/v2/devices-detailed"))
    assert "2206" not in found, "a console that ignores the filter sends pending devices, too"


@pytest.mark.parametrize("path", ["/v2/devices-detailed", "/v2/organizations-detailed"])
def test_a_console_that_does_not_go_on_breaks_the_read(console: RecordedConsole, path: str) -> None:
    answer(console, path, {"id": 1, "name": "One"}, {"id": 2, "name": "Two"})
    connector = console.connector()
    fetch = connector.fetch_computers if "devices" in path else connector.fetch_companies

    with pytest.raises(ShortList, match="repeats itself"):
        list(fetch())


def test_rows_without_any_id_cannot_be_read_to_their_end(console: RecordedConsole) -> None:
    answer(console, "/v2/devices-detailed", {"displayName": "nameless"})

    with pytest.raises(ShortList, match="its rows have no id"):
        list(console.connector().fetch_computers())


def test_an_account_without_anything_has_empty_lists(console: RecordedConsole) -> None:
    for path in ("/v2/devices", "/v2/organizations", "/v2/alerts"):
        answer(console, path)
    connector = console.connector()

    assert [*connector.fetch_companies(), *connector.fetch_computers(), *connector.fetch_events()] == []
    assert connector.warnings == []


def test_organisations_that_make_no_sense_are_counted(console: RecordedConsole) -> None:
    answer(console, "/v2/organizations-detailed?pageSize=500&after")
    answer(
        console,
        "/v2/organizations-detailed",
        {"id": 3, "name": " "},
        {"name": "No id"},
        {"id": 4, "name": "B"},
    )
    connector = console.connector()

    assert [record.name for record in connector.fetch_companies()] == ["B"]
    assert connector.warnings == ["2 organisations without id or name were left out."]


# ---- the history ----------------------------------------------------------------------------


def test_the_first_read_takes_no_history(console: RecordedConsole) -> None:
    found = list(console.connector().fetch_events())

    assert calls_of(console, "/v2/activities") == []
    assert {event.state for event in found} == {"open"}


def test_the_history_is_read_back_to_a_little_before_the_last_read(console: RecordedConsole) -> None:
    newest = datetime(2026, 3, 4, 6, 10, tzinfo=UTC)
    cases = {newest + OVERLAP + timedelta(seconds=1): 1, newest + OVERLAP: 2, SINCE: 3}
    for since, pages in cases.items():
        console.calls.clear()
        list(console.connector().fetch_events(since))
        assert len(calls_of(console, "/v2/activities")) == pages, since


def test_what_is_older_is_left_out_though_its_page_is_read(console: RecordedConsole) -> None:
    found = {event.title for event in console.connector().fetch_events(SINCE)}

    assert "Antivirus: EICAR-Test-File in C:\\Users\\x" in found
    assert not any("Long ago" in title for title in found)


def test_a_history_that_repeats_itself_breaks_the_read(console: RecordedConsole) -> None:
    console.replaced["GET /v2/activities?class=ALL&pageSize=200&olderThan=889102240"] = "activities.json"

    with pytest.raises(ShortList, match="activities repeats itself"):
        list(console.connector().fetch_events(SINCE))


def test_a_history_that_may_not_be_read_breaks_the_read(console: RecordedConsole) -> None:
    """Half of the news would look like all of it."""
    console.faults.append(Fault("/v2/activities", status=403, times=None))

    with pytest.raises(Forbidden):
        list(console.connector().fetch_events(SINCE))


def test_an_empty_history_is_fine(console: RecordedConsole) -> None:
    console.faults.append(
        Fault("/v2/activities", body='{"lastActivityId": null, "activities": []}', times=None)
    )
    found = list(console.connector().fetch_events(SINCE))

    assert len(found) == len(sample("ninjaone", "alerts.json"))
