"""One row of the list of computers becomes one record."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from integrations.connectors.msp360.parse.companies import company, ids_by_name
from integrations.connectors.msp360.parse.computers import NO_AGENT, Surroundings, computer, ids_by_place
from integrations.connectors.msp360.parse.envelopes import host_record
from integrations.records import CompanyRecord, ComputerRecord

HID = "9f1c2a74-0c5d-4e27-b8a1-6d4b5e7f8091"


def make_row(**changed: Any) -> dict[str, Any]:
    backup = {"ApplicationId": "backup", "Version": "8.3.1.140", "Online": True}
    return {"ComputerHID": HID, "ComputerName": "SRV01", "UserID": "u-1", "Apps": [backup], **changed}


def make_record(
    row: dict[str, Any], around: Surroundings | None = None, host: dict[str, Any] | None = None
) -> ComputerRecord:
    found = computer(row, around or Surroundings(products={}), host, unread=())
    assert found is not None
    return found


def make_app(app_id: str, online: Any = None) -> dict[str, Any]:
    return {"ApplicationId": app_id, "Online": online}


def test_a_row_without_id_is_no_computer() -> None:
    assert computer(make_row(ComputerHID="{}"), Surroundings(), None, unread=()) is None


@pytest.mark.parametrize(
    ("display", "name", "shown"),
    [
        ("File server", "SRV01", "File server"),
        ("", "SRV01", "SRV01"),
        (None, " SRV01 ", "SRV01"),
        (None, None, HID),
    ],
)
def test_it_always_has_a_name(display: str | None, name: str | None, shown: str) -> None:
    assert make_record(make_row(ComputerDisplayName=display, ComputerName=name)).name == shown


# ---- company --------------------------------------------------------------------------------


def test_its_company_is_found_by_name() -> None:
    around = Surroundings(company_ids=ids_by_name([CompanyRecord("c-1", "Harbour  Dental")]), products={})

    assert make_record(make_row(CompanyName=" harbour dental "), around).company_external_id == "c-1"


def test_a_name_that_two_companies_share_gives_no_company() -> None:
    twins = ids_by_name([CompanyRecord("c-1", "Twin Ltd"), CompanyRecord("c-2", "TWIN ltd")])
    found = make_record(make_row(CompanyName="Twin Ltd"), Surroundings(company_ids=twins, products={}))

    assert found.company_external_id is None
    assert found.raw["computer"]["CompanyName"] == "Twin Ltd"


def test_a_company_that_is_not_in_the_list_is_not_read_as_none() -> None:
    """An empty list of companies must not take every computer away from its company."""
    assert make_record(make_row(CompanyName="Gone Ltd")).raw["unread"] == ["company_external_id"]
    assert make_record(make_row(CompanyName="")).raw["unread"] == []


@pytest.mark.parametrize("row", [{"Id": None, "Name": "A"}, {"Id": "c-1", "Name": " "}, {}])
def test_a_company_needs_id_and_name(row: dict[str, Any]) -> None:
    assert company(row) is None


# ---- eligibility ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "row",
    [
        make_row(HasBackupApp=True, Apps=[]),
        make_row(HasBackupApp=False, Apps=[make_app("backup")]),
        make_row(HasBackupApp=False, Apps=[make_app("rmm")]),
        make_row(HasBackupApp=False, Apps=[make_app("ra"), make_app("RMM Agent")]),
        make_row(HasBackupApp=None, Apps=None),
    ],
    ids=["backup flag", "backup app", "RMM app", "RMM beside remote access", "nothing said"],
)
def test_a_computer_with_an_agent_is_eligible(row: dict[str, Any]) -> None:
    found = make_record(row)

    assert (found.eligible, found.ineligible_reason) == (True, "")


@pytest.mark.parametrize(
    "row",
    [
        make_row(HasBackupApp=False, Apps=[]),
        make_row(HasBackupApp=False, Apps=[make_app("ra")]),
        make_row(HasBackupApp=False, Apps=None),
        make_row(HasBackupApp=None, Apps=[]),
        make_row(HasBackupApp=False, Apps=[None, {"ApplicationId": None}, "backup"]),
    ],
    ids=["no apps", "remote access only", "apps unknown", "flag unknown", "apps unreadable"],
)
def test_a_computer_without_agent_is_not_eligible_and_says_why(row: dict[str, Any]) -> None:
    found = make_record(row)

    assert (found.eligible, found.ineligible_reason) == (False, NO_AGENT)
    assert NO_AGENT == "Neither a backup agent nor an RMM agent is installed on this computer."


# ---- products -------------------------------------------------------------------------------


def test_it_carries_its_licences() -> None:
    around = Surroundings(products={("srv01", "u-1"): ("MS SQL Server", "Server")})

    assert make_record(make_row(), around).products == ("MS SQL Server", "Server")


def test_an_rmm_agent_alone_is_a_product_too() -> None:
    assert make_record(make_row(HasBackupApp=False, Apps=[make_app("rmm")])).products == ("RMM agent only",)


def test_a_backup_agent_without_licence_has_no_product() -> None:
    assert make_record(make_row(Apps=[make_app("backup"), make_app("rmm")])).products == ()


def test_licences_that_could_not_be_read_are_not_read_as_none() -> None:
    found = make_record(make_row(HasBackupApp=False, Apps=[make_app("rmm")]), Surroundings(products=None))

    assert found.products == ()
    assert found.raw["unread"] == ["products"]


# ---- state ----------------------------------------------------------------------------------


def test_a_time_without_zone_is_in_the_consoles_zone() -> None:
    around = Surroundings(products={}, zone=ZoneInfo("America/New_York"))
    found = make_record(make_row(LastActivity="2025-07-04T08:00:00"), around)

    assert found.last_seen == datetime(2025, 7, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("states", "online"),
    [([True, False], True), ([False, "false"], False), (["Online"], True), ([None], None), ([], None)],
)
def test_it_is_online_if_one_of_its_apps_is(states: list[Any], online: bool | None) -> None:
    assert make_record(make_row(Apps=[make_app("backup", state) for state in states])).online is online


@pytest.mark.parametrize(
    ("build", "version"),
    [
        ({"_Major": 8, "_Minor": 3, "_Build": 1, "_Revision": 140}, "8.3.1.140"),
        ({"_Major": "8", "_Minor": 0, "_Build": -1, "_Revision": -1}, "8.0"),
        ({"_Major": 0, "_Minor": 0}, "8.3.1.140"),
        (None, "8.3.1.140"),
        ("8.3", "8.3.1.140"),
    ],
)
def test_the_agents_version_comes_from_the_build_or_the_app(build: Any, version: str) -> None:
    assert make_record(make_row(BackupBuildVersion=build)).agent_version == version


# ---- hardware -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "device_class"),
    [
        ({"productType": "Server"}, "server"),
        ({"productType": "Domain Controller"}, "server"),
        ({"productType": None, "osName": "Windows Server 2022 Standard"}, "server"),
        ({"productType": "Workstation", "osName": "Windows 11 Pro"}, "workstation"),
        ({"osName": "Ubuntu 22.04.4 LTS"}, None),
        ({}, None),
    ],
)
def test_server_or_workstation_is_told_by_the_host(host: dict[str, Any], device_class: str | None) -> None:
    assert make_record(make_row(), host=host).device_class == device_class


def test_hosts_may_have_several_network_cards() -> None:
    cards = [
        {"ip4Address": "10.0.0.1", "macAddress": "00-15-5D-01-02-03"},
        {"ip4Address": "10.0.0.2,10.0.0.3", "ip6Address": "fe80::1", "macAddress": None},
    ]
    found = make_record(make_row(), host={"network": cards})

    assert found.ip_addresses == ("10.0.0.1", "10.0.0.2", "10.0.0.3", "fe80::1")
    assert found.mac_addresses == ("00:15:5d:01:02:03",)


@pytest.mark.parametrize(
    ("host", "last_user"),
    [
        ({"userName": "amelie", "userDomainName": "HARBOUR"}, "HARBOUR\\amelie"),
        ({"userName": "HARBOUR\\amelie", "userDomainName": "HARBOUR"}, "HARBOUR\\amelie"),
        ({"userName": "amelie"}, "amelie"),
        ({"userDomainName": "HARBOUR"}, None),
    ],
)
def test_the_last_login_has_its_domain(host: dict[str, Any], last_user: str | None) -> None:
    assert make_record(make_row(), host=host).last_user == last_user


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "text",
        {},
        {"data": None},
        {"data": []},
        {"data": [{"data": []}]},
        {"data": ["x"]},
        {"data": [{"data": ["x"]}]},
    ],
)
def test_an_answer_without_host_is_none(answer: Any) -> None:
    assert host_record(answer) is None


# ---- places ---------------------------------------------------------------------------------


def test_of_two_computers_in_one_place_the_last_active_counts() -> None:
    rows = [
        make_row(ComputerHID="old", LastActivity="2024-01-01T00:00:00"),
        make_row(ComputerHID="new", LastActivity="2025-01-01T00:00:00"),
        make_row(ComputerHID="never", LastActivity=None),
    ]

    assert ids_by_place(rows, UTC) == {("srv01", "u-1"): "new"}


# ---- links ----------------------------------------------------------------------------------


def test_its_pages_are_made_of_the_patterns_of_staff() -> None:
    around = Surroundings(
        products={},
        console_link="https://console.example.com/computers/{id}",
        remote_link="connect://{name}",
    )

    record = make_record(make_row(ComputerName="SRV 01"), around)

    assert record.console_url == f"https://console.example.com/computers/{HID}"
    assert record.remote_url == "connect://SRV%2001"


def test_without_a_pattern_it_has_no_pages() -> None:
    record = make_record(make_row())
    assert (record.console_url, record.remote_url) == (None, None)
