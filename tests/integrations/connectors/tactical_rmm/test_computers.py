"""One row of the list of agents becomes one computer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from integrations.connectors.tactical_rmm.parse.companies import agent_count, company
from integrations.connectors.tactical_rmm.parse.computers import Surroundings, computer
from integrations.records import CompanyRecord, ComputerRecord, LocationRecord

pytestmark = pytest.mark.pure

HARBOUR = CompanyRecord("4", "Harbour", locations=(LocationRecord("9", "Main"), LocationRecord("10", "Yard")))


def make_record(full: dict[str, Any] | None = None, **changed: Any) -> ComputerRecord:
    row = {"agent_id": "aBc", "hostname": "SRV01", "site_name": "Main", **changed}
    found = computer(row, Surroundings.of(HARBOUR, UTC, "https://rmm.msp.example/"), full)
    assert found is not None
    return found


@pytest.mark.parametrize("sent", [None, "", " ", "-", "None", {}, []])
def test_a_row_without_id_is_no_computer(sent: Any) -> None:
    assert computer({"agent_id": sent}, Surroundings.of(HARBOUR, UTC, ""), None) is None


def test_a_computer_without_a_name_has_its_id_for_one() -> None:
    found = make_record(hostname=None)

    assert (found.name, found.host_name) == ("aBc", None)


def test_the_id_keeps_its_case() -> None:
    assert make_record().external_id == "aBc"


@pytest.mark.parametrize(
    ("sent", "location"), [("Main", "9"), (" yard ", "10"), ("Gone", None), (None, None)]
)
def test_the_site_is_found_by_its_name(sent: str | None, location: str | None) -> None:
    assert make_record(site_name=sent).location_external_id == location


def test_a_site_that_cannot_be_found_is_unread_and_one_that_is_not_named_is_not() -> None:
    assert make_record(site_name="Gone").raw["unread"] == ["location_external_id"]
    assert make_record(site_name="").raw["unread"] == []


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("Dell Inc. PowerEdge T350", ("Dell Inc.", "PowerEdge T350")),
        ("HP HP EliteDesk 800 G6", ("HP", "HP EliteDesk 800 G6")),
        ("HPE ProLiant DL380 Gen10", ("HPE", "ProLiant DL380 Gen10")),
        ("Microsoft Corporation Virtual Machine", ("Microsoft Corporation", "Virtual Machine")),
        ("['VMware, Inc.', 'VMware7,1']", ("VMware, Inc.", "VMware7,1")),
        ('["LENOVO", "11JN002WGE"]', ("LENOVO", "11JN002WGE")),
        (["Apple Inc.", "MacBookPro18,3"], ("Apple Inc.", "MacBookPro18,3")),
        ("Somebody's Own PC", (None, "Somebody's Own PC")),
        ("[it's, broken]", ("it's", "broken")),
        ("error getting make/model", (None, None)),
        ("", (None, None)),
        (None, (None, None)),
        (7, (None, "7")),
    ],
)
def test_maker_and_model_come_in_one_text(sent: Any, expected: tuple[str | None, str | None]) -> None:
    found = make_record(make_model=sent)

    assert (found.manufacturer, found.model) == expected


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("Windows Server 2022 Standard, 64 bit (build 20348)", ("Windows Server 2022 Standard", "20348")),
        ("Windows 11 Pro, 64 bit v23H2 (build 22631.3155)", ("Windows 11 Pro", "22631.3155")),
        ("Windows 7 Professional, 32-bit", ("Windows 7 Professional", None)),
        ("Debian 12.5 x86_64 6.1.0-18-amd64", ("Debian 12.5 x86_64 6.1.0-18-amd64", None)),
        (None, (None, None)),
    ],
)
def test_the_system_is_told_from_its_build(sent: Any, expected: tuple[str | None, str | None]) -> None:
    found = make_record(operating_system=sent)

    assert (found.os_name, found.os_version) == expected


@pytest.mark.parametrize(
    ("status", "online"),
    [("online", True), ("offline", False), ("Overdue", False), ("asleep", None), (None, None)],
)
def test_offline_and_overdue_are_not_online(status: str | None, online: bool | None) -> None:
    assert make_record(status=status).online is online


@pytest.mark.parametrize(
    ("kind", "platform", "products"),
    [
        ("server", "windows", ("server (windows)",)),
        ("workstation", None, ("workstation",)),
        (None, "darwin", ("darwin",)),
        (None, None, ()),
    ],
)
def test_the_product_is_the_monitoring_type_and_the_platform(
    kind: str | None, platform: str | None, products: tuple[str, ...]
) -> None:
    assert make_record(monitoring_type=kind, plat=platform).products == products


def test_only_cards_with_an_address_give_their_hardware_address() -> None:
    cards: list[Any] = [
        [{"IPAddress": ["10.0.0.1"]}, {"MACAddress": "00:15:5D:01:02:03"}],
        {"IPAddress": ["10.0.0.2"], "MACAddress": "00-15-5D-01-02-04"},
        [{"IPAddress": None, "MACAddress": "20:41:53:59:4E:FF"}],
        [{"IPAddress": ["10.0.0.3"], "MACAddress": None}],
        None,
    ]

    found = make_record({"wmi_detail": {"network_config": cards}})

    assert found.mac_addresses == ("00:15:5d:01:02:03", "00:15:5d:01:02:04")
    assert make_record({"wmi_detail": "not read"}).mac_addresses == ()


def test_a_clock_in_the_future_is_told_as_it_is() -> None:
    assert make_record(last_seen="2099-01-01T00:00:00Z").last_seen == datetime(2099, 1, 1, tzinfo=UTC)


def test_the_links_need_the_dashboard() -> None:
    assert make_record().console_url == "https://rmm.msp.example/agents/aBc"
    assert make_record().remote_url == "https://rmm.msp.example/takecontrol/aBc"

    bare = computer({"agent_id": "aBc"}, Surroundings.of(HARBOUR, UTC, ""), None)
    assert bare is not None
    assert (bare.console_url, bare.remote_url) == (None, None)


# ---- clients --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "row", [{}, {"id": 4}, {"name": "A"}, {"id": None, "name": "A"}, {"id": 4, "name": " "}]
)
def test_a_client_needs_an_id_and_a_name(row: dict[str, Any]) -> None:
    assert company(row) is None


def test_a_client_without_sites_has_no_locations() -> None:
    for sites in (None, [], "none", [None, {"id": 1}, {"name": "x"}]):
        found = company({"id": 4, "name": "A", "sites": sites})
        assert found is not None
        assert found.locations == ()


def test_agents_are_counted_by_site_because_a_role_may_not_see_all_of_them() -> None:
    row = {"agent_count": 9, "sites": [{"agent_count": 2}, {"agent_count": "3"}]}

    assert agent_count([row, {"sites": []}]) == 5
    assert agent_count([row, {"agent_count": 4}]) is None
    assert agent_count([row, {"sites": [{}]}]) is None
