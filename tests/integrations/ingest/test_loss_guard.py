"""A read that misses too much at once changes nothing, and says why."""

from __future__ import annotations

import pytest

from integrations.ingest import console_side, halo_side
from integrations.models import Company, Computer, HaloAsset, HaloClient
from integrations.records import ComputerRecord
from tests.integrations.ingest import builders as make
from tests.integrations.ingest.builders import captured_sql

pytestmark = pytest.mark.django_db


def make_inhabited_console(computers: int, companies: int) -> tuple[object, list[ComputerRecord]]:
    console = make.make_console()
    console_side.store_companies(console, make.make_companies(companies))
    records = make.make_computers(computers, companies)
    console_side.store_computers(console, records)
    return console, records


def of_company(records: list[ComputerRecord], number: int) -> list[ComputerRecord]:
    return [record for record in records if record.company_external_id == f"c{number}"]


def without(records: list[ComputerRecord], left_out: list[ComputerRecord]) -> list[ComputerRecord]:
    return [record for record in records if record not in left_out]


@pytest.mark.parametrize("known", [1, 3, 50])
def test_an_empty_read_is_never_a_disappearance(known: int) -> None:
    credential = make.make_credential()
    halo_side.store_clients(credential, [make.make_clients(known)])
    for times in range(3):
        with captured_sql() as sql:
            stored = halo_side.store_clients(credential, [])
        assert stored.gone == 0
        assert "without any of the" in stored.held_back
        assert len(sql.writes) == (0 if times else 1), "once it is remembered that it is held"
    assert HaloClient.objects.filter(active=True, missed_reads=0).count() == known


@pytest.mark.parametrize(("missing", "held"), [(2, False), (3, False), (4, True), (9, True)])
def test_more_than_three_in_ten_of_a_credential_wait_for_approval(missing: int, held: bool) -> None:
    credential = make.make_credential()
    halo_side.store_assets(credential, [make.make_assets(10)])
    for _ in range(2):
        stored = halo_side.store_assets(credential, [make.make_assets(10 - missing)])
    assert bool(stored.held_back) == held
    assert HaloAsset.objects.filter(active=False).count() == (0 if held else missing)
    if held:
        assert f"{missing} of 10 Halo assets are missing at once" in stored.held_back
        assert not HaloAsset.objects.filter(missed_reads__gt=0).exists()


def test_rows_that_the_same_read_brings_do_not_make_a_loss_look_smaller() -> None:
    credential = make.make_credential()
    halo_side.store_assets(credential, [make.make_assets(20)])
    others = make.make_assets(200)[15:]
    stored = halo_side.store_assets(credential, [others])
    assert "15 of 20" in stored.held_back


def test_new_rows_that_are_inactive_do_not_hide_a_total_loss() -> None:
    credential = make.make_credential()
    halo_side.store_assets(credential, [make.make_assets(10)])
    inactive = make.make_assets(30, active=False)[10:]
    for _ in range(2):
        assert halo_side.store_assets(credential, [inactive]).held_back
    assert HaloAsset.objects.filter(active=True).count() == 10


def test_a_company_that_loses_much_is_held_back_and_the_others_are_not() -> None:
    console, records = make_inhabited_console(100, companies=5)
    lost, single = of_company(records, 1)[:10], of_company(records, 2)[:1]
    for _ in range(2):
        stored = console_side.store_computers(console, without(records, lost + single))
    assert stored.gone == 1
    assert stored.held_back == (
        "Company 1 Ltd: 10 of 20 computers are missing at once, more than 30%: held back."
    )
    assert list(Computer.objects.filter(active=False).values_list("external_id", flat=True)) == ["pc2"]
    assert not Computer.objects.filter(company__external_id="c1", missed_reads__gt=0).exists()


def test_a_company_that_is_held_back_does_not_count_against_the_console() -> None:
    console, records = make_inhabited_console(40, companies=2)
    lost, single = of_company(records, 0), of_company(records, 1)[:1]
    for _ in range(2):
        stored = console_side.store_computers(console, without(records, lost + single))
    assert stored.gone == 1
    assert "Company 0 Ltd: The list came back without any of the 20 known computers." in stored.held_back


def test_many_companies_that_are_held_back_are_told_in_short() -> None:
    console, records = make_inhabited_console(60, companies=12)
    lost = [record for number in range(8) for record in of_company(records, number)]
    stored = console_side.store_computers(console, without(records, lost))
    assert stored.held_back.count("Company") == 3
    assert stored.held_back.endswith("The same holds for 5 more.")


def test_the_only_computer_of_a_small_company_may_go() -> None:
    console, records = make_inhabited_console(40, companies=20)
    lost = of_company(records, 3)
    for _ in range(2):
        stored = console_side.store_computers(console, without(records, lost))
    assert (stored.gone, stored.held_back) == (2, "")


def test_a_loss_spread_over_small_companies_is_held_back_for_the_console() -> None:
    console, records = make_inhabited_console(40, companies=20)
    stored = console_side.store_computers(console, records[:20])
    assert "20 of 40 computers are missing at once" in stored.held_back
    assert not Computer.objects.filter(missed_reads__gt=0).exists()


def test_an_empty_list_of_computers_is_told_once_not_by_company() -> None:
    console, _ = make_inhabited_console(60, companies=12)
    stored = console_side.store_computers(console, [])
    assert stored.held_back == "The list came back without any of the 60 known computers."


def test_what_had_been_missed_before_stays_as_it_was_when_held_back() -> None:
    console, records = make_inhabited_console(40, companies=20)
    console_side.store_computers(console, records[1:])
    assert console_side.store_computers(console, records[20:]).held_back
    assert list(Computer.objects.filter(missed_reads=1).values_list("external_id", flat=True)) == ["pc0"]
    assert console_side.store_computers(console, records[1:]).gone == 1


def test_companies_are_guarded_and_so_are_their_locations() -> None:
    console = make.make_console()
    console_side.store_companies(console, make.make_companies(12))
    for _ in range(2):
        stored = console_side.store_companies(console, make.make_companies(6))
    assert stored.gone == 0
    assert "6 of 12 companies" in stored.held_back
    assert "6 of 12 locations" in stored.held_back
    assert Company.objects.filter(active=True, missed_reads=0).count() == 12


def test_new_rows_that_are_inactive_do_not_make_a_small_loss_look_large() -> None:
    credential = make.make_credential()
    halo_side.store_assets(credential, [make.make_assets(20)])
    read = make.make_assets(14) + make.make_assets(40, active=False)[20:]
    for _ in range(2):
        stored = halo_side.store_assets(credential, [read])
    assert (stored.gone, stored.held_back) == (6, "")


def test_a_read_in_steps_that_brought_many_inactive_rows_does_not_hide_a_total_loss() -> None:
    credential, seen = make.make_credential(), set[int]()
    halo_side.store_assets(credential, [make.make_assets(10)])
    created = halo_side.store_assets(credential, [make.make_assets(30, active=False)[10:]], seen).created
    assert halo_side.close_read(credential, HaloAsset, seen, created=created).held_back
    assert not HaloAsset.objects.filter(missed_reads__gt=0).exists()
