"""What changes all the time, and what could not be read this time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from integrations.ingest import console_side, halo_side
from integrations.ingest.stored import Stored
from integrations.models import Company, Computer, HaloClient
from tests.integrations.ingest import builders as make
from tests.integrations.ingest.builders import captured_sql

pytestmark = pytest.mark.django_db

LATER = make.MORNING + timedelta(hours=2)


def make_inhabited_console(computers: int) -> object:
    console = make.make_console()
    console_side.store_companies(console, make.make_companies(1))
    console_side.store_computers(console, make.make_computers(computers))
    return console


def test_being_seen_again_is_stored_in_one_statement_and_is_no_change() -> None:
    console = make_inhabited_console(30)
    before = list(Computer.objects.order_by("pk").values_list("digest", "changed_at"))
    with captured_sql() as sql:
        stored = console_side.store_computers(console, make.make_computers(30, last_seen=LATER, online=False))
    assert stored == Stored(unchanged=30)
    assert len(sql.writes) == 1
    assert list(Computer.objects.order_by("pk").values_list("digest", "changed_at")) == before
    assert set(Computer.objects.values_list("last_seen", "online")) == {(LATER, False)}


def test_halos_own_time_of_change_alone_is_no_change_either() -> None:
    credential = make.make_credential()
    halo_side.store_clients(credential, [make.make_clients(1)])
    before = HaloClient.objects.get().changed_at
    touched = [make.ClientRecord(1, "Client 1 Ltd", updated_at=LATER)]
    assert halo_side.store_clients(credential, [touched]) == Stored(unchanged=1)
    assert (HaloClient.objects.get().updated_at, HaloClient.objects.get().changed_at) == (LATER, before)


def test_what_could_not_be_read_keeps_its_value() -> None:
    console = make_inhabited_console(2)
    bare = make.make_computers(
        2, serial_number=None, mac_addresses=(), raw={"unread": ["serial_number", "mac_addresses"]}
    )
    with captured_sql() as sql:
        assert console_side.store_computers(console, bare) == Stored(unchanged=2)
    assert sql.writes == []
    assert Computer.objects.get(external_id="pc1").serial_number == "SN1"


def test_unread_products_keep_the_product_and_an_unread_company_its_location() -> None:
    console = make_inhabited_console(1)
    before = Computer.objects.get()
    bare = make.make_computers(
        1,
        products=(),
        company_external_id=None,
        os_name="Linux",
        last_seen=None,
        raw={"unread": ["products", "company_external_id", "last_seen", "no_such_attribute"]},
    )
    assert console_side.store_computers(console, bare) == Stored(updated=1)
    after = Computer.objects.get()
    assert (after.products, after.product_id) == (["Server", "Mail"], before.product_id)
    assert (after.company_id, after.location_id) == (before.company_id, before.location_id)
    assert (after.last_seen, after.os_name) == (make.MORNING, "Linux")


def test_a_new_computer_of_which_something_is_unread_is_stored_without_it() -> None:
    console = make.make_console()
    records = make.make_computers(1, serial_number=None, raw={"unread": ["serial_number"]})
    assert console_side.store_computers(console, records).created == 1
    assert Computer.objects.get().serial_number == ""


def test_a_page_may_mix_computers_of_which_different_things_are_unread() -> None:
    console = make_inhabited_console(2)
    one = make.make_computers(1, serial_number=None, raw={"unread": ["serial_number"]})
    other = make.make_computers(2, serial_number=None, model="X1", raw={"unread": ["model"]})[1:]
    console_side.store_computers(console, one + other)
    rows = Computer.objects.order_by("external_id").values_list("serial_number", "model")
    assert list(rows) == [("SN0", ""), ("", "")]


def test_an_unread_name_of_a_company_keeps_both_its_forms() -> None:
    console = make_inhabited_console(0)
    unread = [make.CompanyRecord("c0", "", raw={"unread": ["name"]}, domain="new.example")]
    console_side.store_companies(console, unread, seen=set())
    assert list(Company.objects.values_list("name", "normalised_name", "domain")) == [
        ("Company 0 Ltd", "company 0", "new.example")
    ]
