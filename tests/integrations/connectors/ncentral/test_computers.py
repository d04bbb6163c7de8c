"""A device of N-central becomes one record, whatever it leaves out or sends oddly."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from integrations.connectors.ncentral.parse.computers import (
    HARDWARE,
    LIFECYCLE,
    Details,
    Surroundings,
    computer,
    is_ahead,
)
from integrations.records import ComputerRecord

NOW = datetime(2026, 3, 4, 6, 0, tzinfo=UTC)
SERVER = "https://ncentral.msp.example"
AROUND = Surroundings(UTC, NOW, SERVER)


def make(assets: Any = None, lifecycle: Any = None, **fields: Any) -> ComputerRecord:
    found = computer({"deviceId": 7, **fields}, AROUND, Details(assets, lifecycle))
    assert found is not None
    return found


@pytest.mark.parametrize("number", [None, "", "  ", True, {}, []])
def test_a_row_without_an_id_is_no_computer(number: object) -> None:
    assert computer({"deviceId": number, "longName": "PC"}, AROUND, Details()) is None


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"longName": " HDG-SRV01 ", "discoveredName": "x"}, "HDG-SRV01"),
        ({"longName": "", "discoveredName": "hdg.local"}, "hdg.local"),
        ({"longName": None}, "7"),
        ({"longName": "受付パソコン"}, "受付パソコン"),
    ],
)
def test_a_device_without_a_name_is_called_by_what_there_is(fields: dict[str, Any], name: str) -> None:
    assert make(**fields).name == name


@pytest.mark.parametrize(
    ("discovered", "host_name"),
    [
        ("HDG-SRV01.harbour.local", "HDG-SRV01"),
        ("HDG-SRV01", "HDG-SRV01"),
        ("EMPFANG-ÄÖÜ.zürich.local", "EMPFANG-ÄÖÜ"),
        ("Pat O'Brien's Laptop", "Pat O'Brien's Laptop"),
        ("Copier v2.1 (hall)", "Copier v2.1 (hall)"),
        ("10.20.0.99", "NETBIOS"),
        ("fe80::1", "NETBIOS"),
        ("", "NETBIOS"),
        (None, "NETBIOS"),
    ],
)
def test_the_host_name_is_the_discovered_one_without_its_domain(discovered: object, host_name: str) -> None:
    found = make({"computersystem": {"netbiosname": "NETBIOS"}}, discoveredName=discovered)

    assert found.host_name == host_name


def test_the_customer_owns_it_and_the_site_is_its_place() -> None:
    found = make(customerId="318", siteId=401, orgUnitId=401)

    assert (found.company_external_id, found.location_external_id) == ("318", "401")
    assert make(orgUnitId=318).company_external_id == "318", "where there is no customer id"
    assert make().company_external_id is None


@pytest.mark.parametrize("nothing", ["", " ", "N/A", "n/a", "None", "Unknown", None, "-"])
def test_words_for_nothing_are_nothing(nothing: object) -> None:
    system = dict.fromkeys(("serialnumber", "model", "manufacturer"), nothing)
    found = make(
        {"computersystem": system, "os": {"version": nothing}},
        lastLoggedInUser=nothing,
        licenseMode=nothing,
        supportedOsLabel=nothing,
    )

    assert (found.serial_number, found.model, found.manufacturer) == (None, None, None)
    assert (found.last_user, found.products, found.os_name, found.os_version) == (None, (), None, None)


@pytest.mark.parametrize("shape", ["list", "wrapped", "one"])
def test_network_cards_without_an_address_do_not_count(shape: str) -> None:
    real = {"ipaddress": "10.1.2.3, fe80::7", "macaddress": "00-15-5D-01-02-03"}
    idle = {"ipaddress": "", "macaddress": "20:41:53:59:4E:FF"}
    cards = {"list": [idle, real, "junk"], "wrapped": {"list": [idle, real]}, "one": real}[shape]
    found = make({"networkadapter": cards}, uri="10.1.2.3")

    assert found.mac_addresses == ("00:15:5d:01:02:03",)
    assert found.ip_addresses == ("10.1.2.3", "fe80::7")


def test_where_no_card_has_an_address_all_of_them_count() -> None:
    assert make({"networkadapter": [{"macaddress": "001B.5400.AA01"}]}).mac_addresses == (
        "00:1b:54:00:aa:01",
    )


@pytest.mark.parametrize("cards", [None, 7, "text", [], {}, [None], {"list": None}])
def test_network_cards_in_another_shape_are_none(cards: object) -> None:
    found = make({"networkadapter": cards}, uri="10.20.0.10")

    assert (found.mac_addresses, found.ip_addresses) == ((), ("10.20.0.10",))


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("2026-03-04T05:10:12.000Z", datetime(2026, 3, 4, 5, 10, 12, tzinfo=UTC)),
        ("2026-03-04T06:10:12+01:00", datetime(2026, 3, 4, 5, 10, 12, tzinfo=UTC)),
        ("2026-03-04T05:10:12", datetime(2026, 3, 4, 5, 10, 12, tzinfo=UTC)),
        ("2026-03-04 05:10:12", datetime(2026, 3, 4, 5, 10, 12, tzinfo=UTC)),
        (1772601012, datetime(2026, 3, 4, 5, 10, 12, tzinfo=UTC)),
        ("1772601012000", datetime(2026, 3, 4, 5, 10, 12, tzinfo=UTC)),
        (None, None),
        ("", None),
        ("0001-01-01T00:00:00Z", None),
        ("yesterday", None),
    ],
)
def test_the_last_contact_is_read_in_every_spelling(sent: object, expected: datetime | None) -> None:
    assert make(lastApplianceCheckinTime=sent).last_seen == expected


def test_a_time_without_a_zone_is_the_consoles() -> None:
    around = Surroundings(ZoneInfo("Europe/Berlin"), NOW, SERVER)
    found = computer({"deviceId": 7, "lastApplianceCheckinTime": "2026-03-04T06:00:00"}, around, Details())

    assert found is not None
    assert found.last_seen == datetime(2026, 3, 4, 5, 0, tzinfo=UTC)


def test_a_contact_in_the_future_is_left_out() -> None:
    row = {"deviceId": 7, "lastApplianceCheckinTime": "2026-03-04T07:00:01Z"}

    assert is_ahead(row, AROUND)
    assert make(**row).last_seen is None
    assert not is_ahead({**row, "lastApplianceCheckinTime": "2026-03-04T06:59:00Z"}, AROUND), "clocks differ"


@pytest.mark.parametrize(
    ("sent", "day"),
    [
        ("2027-05-01", date(2027, 5, 1)),
        ("2027-05-01T00:00:00.000+02:00", date(2027, 5, 1)),
        ("2027-05-01 00:00:00", date(2027, 5, 1)),
        (1809129600000, date(2027, 5, 1)),
        ("", None),
        (None, None),
        ("0001-01-01", None),
        ("soon", None),
    ],
)
def test_dates_of_the_lifecycle_are_days(sent: object, day: date | None) -> None:
    found = make(lifecycle={"warrantyExpiryDate": sent, "purchaseDate": sent})

    assert (found.warranty_ends_on, found.purchased_on) == (day, day)


def test_what_was_not_read_is_named() -> None:
    seen = {"discoveredName": "PC", "supportedOsLabel": "Windows 11"}

    assert make(**seen).raw["unread"] == sorted({*HARDWARE, *LIFECYCLE})
    assert make().raw["unread"] == sorted({*HARDWARE, *LIFECYCLE, "host_name", "os_name"})
    assert make({}, **seen).raw["unread"] == sorted(LIFECYCLE)
    assert make({}, {}).raw["unread"] == []


def test_lists_of_programs_are_not_kept() -> None:
    found = make({"application": [{"displayname": "7-Zip"}], "os": {"version": "10"}})

    assert found.raw["assets"] == {"os": {"version": "10"}}


def test_it_links_to_its_page_and_to_its_remote_control() -> None:
    found = make(customerId=318)
    page = f"{SERVER}/deepLinkAction.do?method={{}}&customerID=318&deviceID=7&language=en"

    assert (found.console_url, found.remote_url) == (page.format("deviceDetails"), page.format("deviceRC"))
    own = make(customerId=318, remoteControlUri="https://rc.example/7")
    assert own.remote_url == "https://rc.example/7", "its own address goes first"
    strange = make(customerId=318, remoteControlUri="javascript:alert(1)")
    assert strange.remote_url == page.format("deviceRC")


def test_without_a_customer_there_is_no_page() -> None:
    assert (make().console_url, make().remote_url) == (None, None)


@pytest.mark.parametrize(
    ("label", "code", "licence", "products"),
    [
        ("Servers - Windows", "101", "Professional", ("Servers - Windows", "Professional")),
        (None, "101", "Essential", ("101", "Essential")),
        ("Printer", None, None, ("Printer",)),
        (None, None, "Professional", ("Professional",)),
    ],
)
def test_the_class_decides_before_the_licence(
    label: object, code: object, licence: object, products: tuple[str, ...]
) -> None:
    assert make(deviceClassLabel=label, deviceClass=code, licenseMode=licence).products == products
