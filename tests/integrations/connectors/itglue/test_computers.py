"""What a configuration of IT Glue says, in every spelling, and what it does not say."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from integrations.connectors.itglue.parse import companies, computers
from integrations.records import ComputerRecord, LocationRecord


def make_computer(**attributes: Any) -> ComputerRecord:
    named = {name.replace("_", "-"): value for name, value in attributes.items()}
    found = computers.computer({"id": "7", "type": "configurations", "attributes": named})
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("server", "Server", "server"),
        ("workstation", "Managed Workstation", "workstation"),
        ("laptop", "Managed Workstation", "laptop"),
        ("Vm", "Vm (Synced)", "vm"),
        (None, "Virtual Server", "vm"),
        (None, "Hypervisor", "server"),
        (None, "Virtual Host", "server"),
        (None, "Desktop PC", "workstation"),
        ("managed-network-switch", "x", "network"),
        ("network_device", "x", "network"),
        (None, "Firewall", "network"),
        (None, "Print Server", "server"),
        ("printer", None, "printer"),
        (None, "Smartphone", "mobile"),
        ("other", "Label maker", "other"),
        ("other", "Laptop", "laptop"),
        (None, "Capacitor", "other"),
        (None, None, None),
        ("", " ", None),
    ],
)
def test_the_class_comes_from_the_words_of_the_type(
    kind: str | None, name: str | None, expected: str | None
) -> None:
    found = make_computer(configuration_type_kind=kind, configuration_type_name=name)

    assert found.device_class == expected


def test_the_product_is_the_name_of_the_type() -> None:
    assert make_computer(configuration_type_name=" Managed Workstation ").products == ("Managed Workstation",)
    assert make_computer(configuration_type_kind="server").products == ()


@pytest.mark.parametrize("sent", ["2028-09-14", "2028-09-14T00:00:00.000Z", "2028-09-14T23:59:00.000-07:00"])
def test_days_are_taken_as_they_are_written(sent: str) -> None:
    found = make_computer(warranty_expires_at=sent, purchased_at=sent)

    assert (found.purchased_on, found.warranty_ends_on) == (date(2028, 9, 14), date(2028, 9, 14))


def test_the_day_of_installation_is_not_that_of_purchase() -> None:
    assert make_computer(installed_at="2025-09-14").purchased_on is None


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ({"name": " A ", "hostname": "b"}, "A"),
        ({"name": " ", "hostname": "b"}, "b"),
        ({"name": None, "hostname": ""}, "7"),
        ({}, "7"),
    ],
)
def test_a_configuration_without_a_name_has_another(sent: dict[str, Any], name: str) -> None:
    found = make_computer(**sent)

    assert (found.name, found.host_name) == (name, (sent.get("hostname") or None))


@pytest.mark.parametrize("sent", [True, "true", 1])
def test_what_is_archived_is_not_eligible(sent: Any) -> None:
    found = make_computer(archived=sent)

    assert (found.eligible, found.ineligible_reason) == (False, "Archived in IT Glue.")


@pytest.mark.parametrize("sent", [False, "false", None, 0, "no idea"])
def test_all_else_is_eligible(sent: Any) -> None:
    assert make_computer(archived=sent).eligible


def test_ids_of_relations_are_numbers_or_text() -> None:
    numbers = make_computer(organization_id=4411029, location_id=881)
    texts = make_computer(organization_id=" 4411029 ", location_id="881")

    assert numbers.company_external_id == texts.company_external_id == "4411029"
    assert numbers.location_external_id == texts.location_external_id == "881"
    assert make_computer(organization_id=None).company_external_id is None


@pytest.mark.parametrize(
    "sent", ["00-15-5D-01-02-03", "0015.5d01.0203", "00155d010203", " 00:15:5D:01:02:03,"]
)
def test_hardware_addresses_are_read_as_people_type_them(sent: str) -> None:
    assert make_computer(mac_address=sent).mac_addresses == ("00:15:5d:01:02:03",)


def test_an_address_that_is_none_is_left_out() -> None:
    found = make_computer(primary_ip="DHCP", mac_address="see label")

    assert (found.ip_addresses, found.mac_addresses) == ((), ())


@pytest.mark.parametrize(
    "row", [{}, {"id": None}, {"id": " "}, {"id": {}}, {"attributes": {"name": "no id"}}]
)
def test_a_row_without_an_id_is_no_computer(row: dict[str, Any]) -> None:
    assert computers.computer(row) is None


@pytest.mark.parametrize(
    "attributes", [None, [], "text", {"name": ["a"], "archived": {}, "serial-number": True}]
)
def test_attributes_that_make_no_sense_are_no_reason_to_leave_it_out(attributes: Any) -> None:
    found = computers.computer({"id": 7, "attributes": attributes})

    assert found is not None
    assert (found.external_id, found.name, found.serial_number) == ("7", "7", None)


# ---- organisations --------------------------------------------------------------------------


def test_an_organisation_has_its_own_locations_only() -> None:
    rows = [
        {"id": "1", "attributes": {"organization-id": 5, "name": "Main office"}},
        {"id": "2", "attributes": {"organization-id": "6", "name": "Main office"}},
        {"id": "3", "attributes": {"organization-id": 5, "name": None}},
        {"id": "4", "attributes": {"organization-id": None, "name": "Nowhere"}},
        {"id": None, "attributes": {"organization-id": 5, "name": "No id"}},
    ]
    row = {"id": 5, "attributes": {"name": "  株式会社さくら "}}
    found = companies.company(row, companies.locations_of(rows))

    assert found is not None
    assert found.name == "株式会社さくら"
    assert found.locations == (LocationRecord("1", "Main office"), LocationRecord("3", "3"))


@pytest.mark.parametrize("attributes", [None, {}, {"name": None}, {"name": "  "}])
def test_an_organisation_without_a_name_is_none(attributes: Any) -> None:
    assert companies.company({"id": "5", "attributes": attributes}, {}) is None
