"""Lists of ConnectSecure: what counts as their end, and what as broken; histories end where they are old."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integrations.connectors import patience
from integrations.connectors.connectsecure.connector import FIRST_AUDIT, OVERLAP
from integrations.net.errors import BadAnswer, Forbidden, ServerFailed, ShortList
from tests.contract.recorded import Fault, RecordedConsole, recorded_console

SINCE = datetime(2026, 3, 4, 5, 45, tzinfo=UTC)
EVENTS, AUDIT = "/report_queries/system_events_view", "/report_queries/adaudit"


@pytest.fixture
def console() -> Iterator[RecordedConsole]:
    with recorded_console("connectsecure") as found:
        yield found


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "sleep", lambda seconds: None)


def answer(console: RecordedConsole, path: str, *rows: object, times: int | None = None) -> None:
    console.faults.append(Fault(path, body=json.dumps({"status": True, "data": rows}), times=times))


def calls_of(console: RecordedConsole, path: str) -> list[str]:
    return [call for call in console.calls if call.startswith(f"GET {path}")]


def make_audit(number: int, created: datetime) -> dict[str, Any]:
    return {"id": number, "event_id": "4740", "created": created.isoformat()}


def test_each_page_begins_behind_the_rows_that_have_come(console: RecordedConsole) -> None:
    list(console.connector().fetch_computers())

    assert calls_of(console, "/r/asset/asset_view") == [
        f"GET /r/asset/asset_view?skip={skip}&limit=500&order_by=id" for skip in (0, 3, 7)
    ]


@pytest.mark.parametrize("path", ["/r/company", "/r/asset"])
def test_a_console_that_does_not_go_on_breaks_the_read(console: RecordedConsole, path: str) -> None:
    answer(console, path, {"id": 1, "name": "One"}, {"id": 2, "name": "Two"})
    connector = console.connector()
    fetch = connector.fetch_computers if "asset" in path else connector.fetch_companies

    with pytest.raises(ShortList, match="repeats itself"):
        list(fetch())


def test_an_empty_page_before_the_total_breaks_the_read(console: RecordedConsole) -> None:
    row = {"company_id": 412, "asset_id": 1, "product": "P", "total_count": 3}
    answer(console, "/r/report_queries/get_remediation", row, times=1)
    answer(console, "/r/report_queries/get_remediation")

    with pytest.raises(ShortList, match="remediation ended after 1 of 3"):
        list(console.connector().fetch_events())


@pytest.mark.parametrize("data", [None, {}, "rows", 7])
def test_data_that_is_no_list_is_a_wrong_answer(console: RecordedConsole, data: object) -> None:
    console.faults.append(Fault("/r/company", body=json.dumps({"status": True, "data": data}), times=None))

    with pytest.raises(BadAnswer, match="no list of companies"):
        list(console.connector().fetch_companies())


def test_a_tenant_without_anything_has_empty_lists(console: RecordedConsole) -> None:
    for path in ("/r/", "/report_queries/"):
        answer(console, path)
    connector = console.connector()

    assert [*connector.fetch_companies(), *connector.fetch_computers(), *connector.fetch_events()] == []
    assert (connector.warnings, connector.series_seen) == ([], set())


def test_companies_that_make_no_sense_are_counted_and_deleted_ones_are_not(console: RecordedConsole) -> None:
    answer(console, "/r/company/companies?skip=4")
    answer(
        console,
        "/r/company/companies",
        {"id": 3, "name": " "},
        {"name": "No id"},
        {"id": 4, "name": "B"},
        {"id": 5, "name": "Gone", "is_deleted": "true"},
    )
    connector = console.connector()

    assert [record.name for record in connector.fetch_companies()] == ["B"]
    assert connector.warnings == ["2 companies without id or name were left out."]


def test_a_row_of_remediation_that_comes_twice_counts_once(console: RecordedConsole) -> None:
    row = {"company_id": 412, "id": 7, "asset_id": 7, "product": "P", "severity": "low"}
    answer(console, "/r/report_queries/get_remediation?condition=company_id%3D412&skip=0", row, times=1)
    answer(
        console,
        "/r/report_queries/get_remediation?condition=company_id%3D412&skip=1",
        row,
        {**row, "fix": "F"},
        times=1,
    )
    answer(console, "/r/report_queries/get_remediation")
    found = {event.event_type: event for event in console.connector().fetch_events()}

    assert found["remediation.by_asset"].raw["fixes"] == 2


# ---- histories ------------------------------------------------------------------------------


def test_a_history_is_read_back_to_a_little_before_the_last_read(console: RecordedConsole) -> None:
    """The fifth event is of 05:49, those behind it are older."""
    oldest = datetime(2026, 3, 4, 5, 49, tzinfo=UTC)
    for since, pages in {oldest + OVERLAP: 2, SINCE: 2}.items():
        console.calls.clear()
        list(console.connector().fetch_events(since))
        assert len(calls_of(console, EVENTS)) == pages, since


def test_a_page_of_which_nothing_is_new_ends_a_history(console: RecordedConsole) -> None:
    now = SINCE
    rows = [make_audit(9, now), make_audit(8, now - timedelta(minutes=5))]
    old = [make_audit(7, now - OVERLAP - timedelta(days=1)), make_audit(6, now - timedelta(days=3))]
    answer(console, AUDIT, *rows, times=1)
    answer(console, AUDIT, *old, times=1)
    found = [event.external_id for event in console.connector().fetch_events(now)]

    assert [number for number in found if number.startswith("ad:")] == ["ad:8", "ad:9"]
    assert len(calls_of(console, AUDIT)) == 2


def test_a_console_that_does_not_sort_is_read_to_the_end(console: RecordedConsole) -> None:
    old, new = make_audit(1, SINCE - timedelta(days=9)), make_audit(2, SINCE - timedelta(days=8))
    late = make_audit(3, SINCE)
    answer(console, AUDIT, old, new, times=1)
    answer(console, AUDIT, late, times=1)
    answer(console, AUDIT)
    found = [event.external_id for event in console.connector().fetch_events(SINCE)]

    assert "ad:3" in found
    assert not {"ad:1", "ad:2"} & set(found)


def test_rows_without_a_time_are_taken_and_do_not_end_a_history(console: RecordedConsole) -> None:
    answer(console, AUDIT, {"id": 1, "event_id": "4740"}, times=1)
    answer(console, AUDIT, make_audit(2, SINCE), times=1)
    answer(console, AUDIT)
    found = [event.external_id for event in console.connector().fetch_events(SINCE)]

    assert {"ad:1", "ad:2"} <= set(found)


def test_the_first_read_takes_open_events_of_any_age_and_one_day_of_audits(console: RecordedConsole) -> None:
    now = datetime.now(UTC)
    rows = [make_audit(2, now - timedelta(hours=1)), make_audit(1, now - FIRST_AUDIT * 2)]
    answer(console, AUDIT, *rows, times=1)
    answer(console, AUDIT)
    found = {event.external_id: event for event in console.connector().fetch_events()}

    assert "event:771100" in found, "open since long"
    assert "event:771198" not in found, "over before the first read"
    assert "ad:2" in found
    assert "ad:1" not in found


def test_what_happened_is_told_in_its_order(console: RecordedConsole) -> None:
    found = [event.external_id for event in console.connector().fetch_events(SINCE)]

    assert found.index("event:771204") < found.index("event:771207"), "down before up"


def test_an_audit_that_may_not_be_read_is_told_and_stops_nothing(console: RecordedConsole) -> None:
    console.faults += [
        Fault(AUDIT, status=403, times=None),
        Fault("/report_queries/azure", status=404, times=None),
    ]
    connector = console.connector()
    found = list(connector.fetch_events(SINCE))

    assert not any(event.external_id.startswith(("ad:", "entra:")) for event in found)
    assert [warning.partition(" cannot")[0] for warning in connector.warnings[-2:]] == [
        "AD audit",
        "Entra ID audit",
    ]


def test_an_audit_that_is_refused_in_the_middle_breaks_the_read(console: RecordedConsole) -> None:
    """Half of the news would look like all of it."""
    answer(console, AUDIT, make_audit(1, SINCE), times=1)
    console.faults.append(Fault(AUDIT, status=403, times=None))

    with pytest.raises(Forbidden):
        list(console.connector().fetch_events(SINCE))


@pytest.mark.parametrize("path", [EVENTS, AUDIT])
def test_a_history_that_fails_breaks_the_read(console: RecordedConsole, path: str) -> None:
    console.faults.append(Fault(path, status=500, times=None))

    with pytest.raises(ServerFailed):
        list(console.connector().fetch_events(SINCE))


def test_tickets_are_read_only_where_an_event_does_not_say_whose_it_is(console: RecordedConsole) -> None:
    row = {
        "id": 1,
        "event_id": "x:412:90211",
        "event_name": "New Asset Added",
        "updated": "2026-03-04T06:00:00Z",
    }
    answer(console, EVENTS, row, times=1)
    answer(console, EVENTS)
    list(console.connector().fetch_events(SINCE))

    assert calls_of(console, "/report_queries/event_tickets") == []


def test_tickets_that_may_not_be_read_cost_the_company_only(console: RecordedConsole) -> None:
    console.faults.append(Fault("/report_queries/event_tickets", status=403, times=None))
    connector = console.connector()
    found = {event.external_id: event for event in connector.fetch_events(SINCE)}

    assert found["event:771202"].company_external_id is None
    assert any(warning.startswith("Companies of some events are not known") for warning in connector.warnings)


def test_an_unknown_kind_of_remediation_is_told(console: RecordedConsole) -> None:
    result = console.connector(remediation_by="asset, colour").check()

    assert (result.ok, result.message) == (False, "There is no remediation by colour.")
