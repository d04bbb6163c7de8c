"""Companies and computers that programs send for `push` consoles."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.models import Company, Computer, Location, Product
from tests.builders import make_console
from tests.integrations.api.clients import make_caller, make_company

pytestmark = pytest.mark.django_db

COMPANIES = "/api/v1/companies/"
COMPUTERS = "/api/v1/computers/"


def post(path: str, body: Any) -> Any:
    return make_caller().post(path, body, format="json")


def test_one_company_is_stored_and_sending_it_again_updates_it() -> None:
    console = make_console()
    body = {
        "console": console.pk,
        "external_id": "c1",
        "name": "Acme Ltd",
        "domain": "acme.example",
        "locations": [{"external_id": "l1", "name": "Head office"}],
    }
    answer = post(COMPANIES, body)
    assert answer.status_code == 201, answer.content
    company = Company.objects.get()
    assert answer.json()["id"] == company.pk
    assert answer.json()["outcome"] == "created"
    assert Location.objects.get().company == company
    answer = post(COMPANIES, {**body, "name": "Acme Limited"})
    assert (answer.status_code, answer.json()["outcome"], answer.json()["id"]) == (200, "updated", company.pk)
    assert Company.objects.get().name == "Acme Limited"


def test_what_is_not_sent_stays() -> None:
    console = make_console()
    body = {"console": console.pk, "external_id": "p", "name": "PC"}
    post(COMPUTERS, {**body, "serial_number": "S1", "products": ["Server"]})
    answer = post(COMPUTERS, {"console": console.pk, "external_id": "p", "name": "PC", "model": "M"})
    computer = Computer.objects.get()
    assert (computer.serial_number, computer.model, computer.products) == ("S1", "M", ["Server"])
    assert answer.json()["serial_number"] == "S1"
    post(COMPUTERS, {"console": console.pk, "external_id": "p", "name": "PC", "serial_number": None})
    assert Computer.objects.get().serial_number == ""


def test_what_is_not_in_the_array_does_not_count_as_gone() -> None:
    console = make_console()
    for number in range(4):
        body = {"console": console.pk, "external_id": str(number), "name": f"C{number}"}
        assert post(COMPANIES, [body]).status_code == 201
    assert Company.objects.filter(active=True, missed_reads=0).count() == 4


def test_an_array_comes_back_in_order_with_an_outcome_each() -> None:
    console = make_console(name="Pushed")
    make_company(console, external_id="old")
    rows = [
        {"console": "Pushed", "external_id": "new", "name": "New"},
        {"console": "Pushed", "external_id": "bad"},
        {"console": str(console.pk), "external_id": "old", "name": "Old"},
        "no object",
        {"console": "Elsewhere", "external_id": "x", "name": "X"},
    ]
    answer = post(COMPANIES, rows)
    assert answer.status_code == 201
    told = answer.json()
    assert [row["outcome"] for row in told] == ["created", "invalid", "updated", "invalid", "invalid"]
    assert told[0]["external_id"] == "new"
    assert told[1] == {
        "outcome": "invalid",
        "external_id": "bad",
        "errors": {"name": ["This field is required."]},
    }
    assert "Elsewhere" in told[4]["errors"]["console"][0]
    assert Company.objects.count() == 2


def test_if_every_item_is_bad_the_request_is() -> None:
    assert post(COMPANIES, {"external_id": "x"}).status_code == 400
    answer = post(COMPANIES, [{"external_id": "x"}])
    assert answer.status_code == 400
    assert "0.name" in answer.json()["errors"]


def test_of_items_with_one_id_only_the_last_is_taken_and_the_others_are_told() -> None:
    console, other = make_console(), make_console()
    common = {"console": console.pk, "external_id": "p", "name": "PC"}
    rows = [
        {**common, "serial_number": "S1"},
        {**common, "console": other.pk},
        {**common, "model": "M"},
        {**common, "model": "M2"},
        {"console": console.pk, "external_id": "p"},
    ]
    told = post(COMPUTERS, rows).json()
    assert [row["outcome"] for row in told] == ["invalid", "created", "invalid", "created", "invalid"]
    repeated = {"external_id": ["Item 4 has the same external_id; only that one is taken."]}
    assert [told[0]["errors"], told[2]["errors"]] == [repeated, repeated]
    assert Computer.objects.get(console=console).model == "M2"


def test_a_name_that_is_not_known_is_told_instead_of_dropped() -> None:
    console = make_console()
    location = {"external_id": "l", "name": "Office", "town": "Hull"}
    company = {"console": console.pk, "external_id": "c", "name": "C", "locations": [location]}
    errors = post(COMPANIES, company).json()["errors"]
    assert errors == {"locations.0.town": ["There is no such name; known are: external_id, name."]}
    errors = post(COMPUTERS, {"console": console.pk, "external_id": "p", "name": "P", "serial": "S1"}).json()
    assert "serial_number" in errors["errors"]["serial"][0]
    assert not Company.objects.exists()


def test_a_console_that_is_read_is_not_written_to() -> None:
    console = make_console(kind="msp360")
    answer = post(COMPANIES, {"console": console.pk, "external_id": "c", "name": "C"})
    assert answer.status_code == 400
    assert "read from it" in answer.json()["errors"]["console"][0]


def test_a_computer_names_its_company_by_our_id_or_by_its_external_id() -> None:
    console = make_console()
    company = make_company(console)
    common = {"console": console.pk, "name": "PC"}
    answer = post(
        COMPUTERS,
        [
            {**common, "external_id": "1", "company": company.pk},
            {**common, "external_id": "2", "company_external_id": company.external_id},
            {**common, "external_id": "3"},
        ],
    )
    assert [row["company"] for row in answer.json()] == [company.pk, company.pk, None]


def test_a_company_of_another_console_is_refused() -> None:
    console, other = make_console(), make_company(make_console())
    common = {"console": console.pk, "name": "PC", "external_id": "1"}
    assert "company" in post(COMPUTERS, {**common, "company": other.pk}).json()["errors"]
    errors = post(COMPUTERS, {**common, "company_external_id": other.external_id}).json()["errors"]
    assert "send it first" in errors["company_external_id"][0]


def test_everything_a_computer_can_tell_is_stored() -> None:
    console = make_console(time_zone="Europe/Berlin")
    body = {
        "console": console.pk,
        "external_id": "1",
        "name": "PC",
        "host_name": "pc.acme.example",
        "serial_number": "ABC",
        "mac_addresses": ["00:11:22:33:44:55"],
        "ip_addresses": ["10.0.0.1"],
        "manufacturer": "Dell",
        "model": "X",
        "os_name": "Windows 11",
        "os_version": "24H2",
        "device_class": "workstation",
        "last_user": "ann",
        "last_seen": "2026-01-31T12:00:00",
        "online": False,
        "agent_version": "1.2",
        "purchased_on": "2024-05-01",
        "warranty_ends_on": "2027-04-30",
        "console_url": "https://console.example/devices/7",
        "remote_url": "https://console.example/devices/7/remote",
        "products": ["Desktop", "Backup"],
    }
    answer = post(COMPUTERS, body)
    assert answer.status_code == 201, answer.content
    told = answer.json()
    for name in set(body) - {"last_seen"}:
        assert told[name] == body[name], name
    assert told["last_seen"] == "2026-01-31T11:00:00Z"
    assert set(Product.objects.values_list("name", flat=True)) == {"Desktop", "Backup"}
    assert Computer.objects.get().product.name == "Desktop"  # type: ignore[union-attr]


def test_a_last_contact_in_the_future_is_left_out_and_that_is_told() -> None:
    computer = {"console": make_console(time_zone="Asia/Tokyo").pk, "external_id": "1", "name": "PC"}
    post(COMPUTERS, {**computer, "last_seen": "2026-01-31T12:00:00Z"})
    told = post(COMPUTERS, [{**computer, "last_seen": "2100-01-01T00:00:00"}]).json()
    assert told[0]["outcome"] == "updated"
    assert told[0]["notes"] == ["The last contact (2100-01-01T00:00:00) is in the future, so it is left out."]
    assert told[0]["last_seen"] == "2026-01-31T12:00:00Z"
    assert "notes" not in post(COMPUTERS, computer).json()


def test_an_address_that_would_run_a_script_is_refused() -> None:
    body = {
        "console": make_console().pk,
        "external_id": "1",
        "name": "PC",
        "console_url": "javascript:alert(1)",
    }
    answer = post(COMPUTERS, body)
    assert answer.status_code == 400
    assert "console_url" in answer.json()["errors"]


def test_awkward_values_are_told_or_stored_but_never_crash() -> None:
    console = make_console()
    common = {"console": console.pk, "name": "PC"}
    rows = [
        {**common, "external_id": "1", "name": "x" * 300},
        {**common, "external_id": "2", "serial_number": "a\u0000b"},
        {**common, "external_id": "3", "last_seen": "0001-01-01T00:00:00Z"},
        {**common, "external_id": "4", "last_seen": "soon"},
        {**common, "external_id": "5", "mac_addresses": "00:11"},
        {**common, "external_id": "6", "company": 10**40},
        {**common, "external_id": {"a": 1}},
        {**common, "external_id": True},
        {**common, "external_id": 7},
        {**common, "external_id": "8", "console": 10**40},
        {**common, "external_id": "9", "console": None},
        {**common, "external_id": "10", "console": [1]},
        {**common, "external_id": "11", "name": "\ud800"},
    ]
    told = make_caller().post(COMPUTERS, json.dumps(rows), content_type="application/json").json()
    outcomes = [row["outcome"] for row in told]
    assert [position for position, outcome in enumerate(outcomes, 1) if outcome == "created"] == [3, 9]
    assert told[8]["external_id"] == "7"


def test_a_thousand_items_and_no_more() -> None:
    console = make_console()
    rows = [{"console": console.pk, "external_id": str(n), "name": f"C{n}"} for n in range(1001)]
    answer = post(COMPANIES, rows)
    assert answer.status_code == 400
    assert "1000" in answer.json()["detail"]
    assert post(COMPANIES, rows[:1000]).status_code == 201
    assert Company.objects.count() == 1000


def test_an_empty_array_is_fine() -> None:
    answer = post(COMPANIES, [])
    assert (answer.status_code, answer.json()) == (200, [])


def test_the_number_of_statements_does_not_depend_on_the_number_of_items() -> None:
    console, caller = make_console(), make_caller()
    common = {"console": console.pk, "name": "PC", "company": make_company(console).pk}

    def cost(first: int, count: int) -> int:
        rows = [{**common, "external_id": str(n), "products": ["A"]} for n in range(first, first + count)]
        with CaptureQueriesContext(connection) as queries:
            assert caller.post(COMPUTERS, rows, format="json").status_code == 201
        return len(queries)

    cost(0, 1)
    assert cost(10, 2) == cost(100, 30)


def test_both_permissions_are_needed() -> None:
    console = make_console()
    body = {"console": console.pk, "external_id": "c", "name": "C"}
    assert make_caller("integrations.add_company").post(COMPANIES, body, format="json").status_code == 403
    both = make_caller("integrations.add_company", "integrations.change_company")
    assert both.post(COMPANIES, body, format="json").status_code == 201
