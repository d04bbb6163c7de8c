"""Numbered pages with a total and without an order that one could rely on: what is whole, what is broken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from integrations.connectors import patience
from integrations.connectors.base import Connector
from integrations.connectors.ncentral.client import PAGE_SIZE
from integrations.net.errors import BadAnswer, Forbidden, NotFound, ShortList
from tests.contract.recorded import Fault, RecordedConsole, recorded_console


@pytest.fixture
def console() -> Iterator[RecordedConsole]:
    with recorded_console("ncentral") as found:
        yield found


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    made: list[float] = []
    monkeypatch.setattr(patience, "sleep", made.append)
    return made


def page(rows: list[Any], total: object = None) -> str:
    return json.dumps({"data": rows, "totalItems": total, "pageSize": 500})


def devices(*ids: int) -> list[dict[str, Any]]:
    return [{"deviceId": number, "longName": f"PC-{number}"} for number in ids]


def answer(console: RecordedConsole, path: str, *bodies: str) -> None:
    """One body for each page; the last for all further ones."""
    for number, body in enumerate(bodies, start=1):
        asked = f"{path}?pageNumber={number}&" if number < len(bodies) else path
        console.faults.append(Fault(asked, body=body, times=None))


def plain(console: RecordedConsole) -> Connector:
    return console.connector(asset_data="no", lifecycle="no")


def ids(connector: Connector) -> list[str]:
    return [record.external_id for record in connector.fetch_computers()]


def test_pages_are_asked_for_by_number_until_the_total(console: RecordedConsole) -> None:
    assert len(ids(plain(console))) == 6
    asked = [call for call in console.calls if call.startswith("GET /api/devices")]

    assert asked == [f"GET /api/devices?pageNumber={number}&pageSize={PAGE_SIZE}" for number in (1, 2)]


@pytest.mark.parametrize("total", [3, "3", None])
def test_a_total_may_be_text_or_missing(console: RecordedConsole, total: object) -> None:
    answer(console, "/api/devices", page(devices(1, 2), total), page(devices(3), total), page([], total))

    assert ids(plain(console)) == ["1", "2", "3"]


def test_a_list_that_ends_before_its_total_is_not_used(console: RecordedConsole) -> None:
    answer(console, "/api/devices", page(devices(1, 2), 5), page([], 5))

    with pytest.raises(ShortList, match="devices ended after 2 of 5"):
        ids(plain(console))


def test_a_page_that_comes_again_and_again_is_not_used(console: RecordedConsole) -> None:
    answer(console, "/api/devices", page(devices(1, 2), 5))

    with pytest.raises(ShortList, match="repeats itself"):
        ids(plain(console))


def test_a_row_on_two_pages_means_that_another_has_slipped(console: RecordedConsole) -> None:
    answer(console, "/api/devices", page(devices(1, 2), 4), page(devices(2, 4), 4))

    with pytest.raises(ShortList, match="devices changed its order while it was read"):
        ids(plain(console))


def test_a_list_that_grows_while_it_is_read_is_whole(console: RecordedConsole) -> None:
    answer(console, "/api/devices", page(devices(1, 2), 4), page(devices(2, 3), 5), page(devices(4), 5))

    assert ids(plain(console)) == ["1", "2", "3", "4"]


def test_two_devices_with_one_id_are_one_and_are_told(console: RecordedConsole) -> None:
    answer(console, "/api/devices", page([*devices(1, 2), {"deviceId": 2, "longName": "Other"}], 3))
    connector = plain(console)

    assert [record.name for record in connector.fetch_computers()] == ["PC-1", "PC-2"]
    assert connector.warnings == ["1 devices came twice under one id; the first was taken."]


def test_rows_without_an_id_are_counted_and_left_out(console: RecordedConsole) -> None:
    nameless = [{"longName": "A"}, {"deviceId": None, "longName": "B"}, {"deviceId": " "}]
    answer(console, "/api/devices", page([*nameless, *devices(1)], 4))
    connector = plain(console)

    assert ids(connector) == ["1"]
    assert connector.warnings == ["3 devices without an id were left out."]


@pytest.mark.parametrize("data", ['{"data": null}', '{"data": {}}', '{"rows": []}', "[]", "7"])
def test_an_answer_without_rows_is_not_an_empty_list(console: RecordedConsole, data: str) -> None:
    answer(console, "/api/devices", data)

    with pytest.raises(BadAnswer, match="N-central gave no list of devices"):
        ids(plain(console))


def test_an_account_without_anything_has_empty_lists(console: RecordedConsole) -> None:
    for path in ("/api/devices", "/api/customers", "/api/sites", "/api/org-units"):
        answer(console, path, page([], 0))
    connector = plain(console)

    assert [*connector.fetch_companies(), *connector.fetch_computers(), *connector.fetch_events()] == []
    assert connector.warnings == []


# ---- customers and sites --------------------------------------------------------------------


def test_customers_without_a_name_and_sites_without_a_customer_are_counted(console: RecordedConsole) -> None:
    answer(
        console,
        "/api/customers",
        page([{"customerId": 5}, {"customerName": "x"}, *[], {"customerId": 6, "customerName": "F"}], 3),
    )
    answer(console, "/api/sites", page([{"siteId": 1, "siteName": "lost"}, {"siteId": 2, "parentId": 6}], 2))
    connector = plain(console)
    (company,) = connector.fetch_companies()

    assert [(place.external_id, place.name) for place in company.locations] == [("2", "2")]
    assert sorted(connector.warnings) == [
        "1 sites without an id or a customer were left out.",
        "2 customers without id or name were left out.",
    ]


def test_sites_are_read_once_for_a_run(console: RecordedConsole) -> None:
    connector = plain(console)
    list(connector.fetch_companies())
    list(connector.fetch_events())

    assert sum("/api/sites" in call for call in console.calls) == 1


def test_customers_without_their_sites_would_lose_them_so_the_read_breaks(console: RecordedConsole) -> None:
    console.faults.append(Fault("/api/sites", status=403, times=None))

    with pytest.raises(Forbidden):
        list(plain(console).fetch_companies())


def test_a_customer_that_is_deleted_meanwhile_leaves_its_devices_behind(console: RecordedConsole) -> None:
    companies = {record.external_id for record in plain(console).fetch_companies()}
    owners = {record.company_external_id for record in plain(console).fetch_computers()}

    assert owners - companies == {None, "999"}


# ---- asset data -----------------------------------------------------------------------------


def test_asset_data_cost_one_call_for_each_device_and_none_where_they_are_not_wanted(
    console: RecordedConsole,
) -> None:
    list(plain(console).fetch_computers())
    assert not any("/assets" in call for call in console.calls)
    list(console.connector(lifecycle="").fetch_computers())

    assert sum(call.endswith("/assets") for call in console.calls) == 6


def test_a_device_over_which_the_server_fails_is_not_waited_for(
    console: RecordedConsole, pauses: list[float]
) -> None:
    console.faults.append(Fault("/api/devices/774120194/assets", status=500, times=None))
    connector = console.connector(lifecycle="")
    found = {record.external_id: record for record in connector.fetch_computers()}

    assert pauses == []
    assert "serial_number" in found["774120194"].raw["unread"]
    assert found["774120193"].serial_number == "7HX2K93"
    assert found["774120195"].manufacturer == "Cisco Systems", "the next one is asked for"
    assert connector.warnings[-1].startswith("Asset data of 1 computers could not be read: ")


def test_three_failures_in_a_row_end_the_asking(console: RecordedConsole) -> None:
    console.faults.append(Fault("/api/devices/", status=500, times=None))
    connector = console.connector(lifecycle="")
    list(connector.fetch_computers())

    assert sum(call.endswith("/assets") for call in console.calls) == 3
    assert connector.warnings[-1].startswith("Asset data of 6 computers could not be read: ")


@pytest.mark.parametrize("body", ["[]", "{}", '{"data": null}', '{"message": "The device is busy."}'])
def test_asset_data_in_another_shape_are_unread(console: RecordedConsole, body: str) -> None:
    console.faults.append(Fault("/api/devices/774120193/assets", body=body, times=None))
    connector = console.connector(lifecycle="")
    first = next(iter(connector.fetch_computers()))

    assert "serial_number" in first.raw["unread"]


def test_asset_data_need_nothing_around_them(console: RecordedConsole) -> None:
    console.faults.append(
        Fault("/api/devices/774120193/assets", body='{"computersystem": {"serialnumber": "X1"}}', times=None)
    )
    first = next(iter(console.connector(lifecycle="").fetch_computers()))

    assert first.serial_number == "X1"


# ---- active issues --------------------------------------------------------------------------


def test_an_issue_that_two_units_tell_is_one(console: RecordedConsole) -> None:
    answer(console, "/api/service-orgs", page([{"soId": 50}, {"soId": "51"}], 2))
    answer(
        console,
        "/api/org-units/51",
        page([{"deviceId": 774120193, "taskId": 551290, "serviceItemId": 12}], 1),
    )
    keys = [event.series_key for event in plain(console).fetch_events()]

    assert keys.count("774120193/551290/12") == 1


@pytest.mark.parametrize("status", [403, 404])
def test_without_service_organisations_customers_are_asked(console: RecordedConsole, status: int) -> None:
    console.faults.append(Fault("/api/service-orgs", status=status, times=None))
    answer(console, "/api/org-units", page([], 0))
    list(plain(console).fetch_events())
    asked = [call.split("/")[3] for call in console.calls if "/org-units/" in call]

    assert asked == ["318", "1", "319", "320", "321"]


def test_a_customer_that_is_deleted_between_two_calls_breaks_the_read(console: RecordedConsole) -> None:
    """Whether its issues have ended is not known; the next read does not ask for it any more."""
    console.faults.append(Fault("/api/service-orgs", body=page([], 0), times=None))

    with pytest.raises(NotFound):
        list(plain(console).fetch_events())


def test_a_unit_without_an_id_breaks_the_read(console: RecordedConsole) -> None:
    answer(console, "/api/service-orgs", page([{"soName": "Demo MSP"}], 1))

    with pytest.raises(ShortList, match="has no id"):
        list(plain(console).fetch_events())


def test_a_user_who_is_shown_nothing_at_all_tells_nothing_about_issues(console: RecordedConsole) -> None:
    for path in ("/api/service-orgs", "/api/customers"):
        answer(console, path, page([], 0))

    with pytest.raises(ShortList, match="neither a service organisation nor a customer"):
        list(plain(console).fetch_events())
