"""Alerts that share a ticket: one per company and type, or per computer; the ticket lists them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from integrations.models import Intention
from mappings.models import ComputerMapping
from tests.ticketing.fake_halo import FakeHalo, run_once, send
from tests.ticketing.world import START, World, make_asset, make_computer
from ticketing import clock
from ticketing.models import Alert, IntegrationProfile, TicketState

pytestmark = pytest.mark.django_db


def grouped(by: str = "company_type", **profile: object) -> tuple[World, FakeHalo]:
    world = World()
    IntegrationProfile.objects.filter(pk=world.profile.pk).update(grouping=by, **profile)
    return world, FakeHalo()


def run_at(halo: FakeHalo, world: World, minutes: float) -> dict[str, int]:
    """So many minutes after the start; what rests between two writes of a list is over."""
    with clock.at(START + timedelta(minutes=minutes)):
        counts = run_once(halo, world.instance)
        Intention.objects.update(not_before=None)
        send(halo, world.instance)
    return counts


def test_two_computers_with_the_same_trouble_share_a_ticket_that_lists_both() -> None:
    world, halo = grouped()
    world.opened()
    world.opened(computer=make_computer(world.company, name="ALD-PC07"))
    run_once(halo, world.instance)
    (payload,) = halo.tickets.values()
    assert payload["summary"] == "[Backup] Alder Dental: Backup failed"
    assert "2 of 2 alerts open" in payload["details_html"]
    assert "ALD-SRV01" in payload["details_html"]
    assert "ALD-PC07" in payload["details_html"]
    assert halo.actions == []
    assert len(set(Alert.objects.values_list("ticket", flat=True))) == 1


def test_one_that_joins_later_updates_the_list_and_is_noted() -> None:
    world, halo = grouped()
    world.opened()
    run_at(halo, world, 0)
    world.opened(computer=make_computer(world.company, name="ALD-PC07"))
    run_at(halo, world, 5)
    (update,) = halo.updates
    assert "ALD-PC07" in update["details_html"]
    assert world.tickets()[0].marker in update["details_html"]
    assert len(halo.notes()) == 1


def test_many_that_join_within_the_interval_are_one_note() -> None:
    world, halo = grouped(note_minutes=60)
    world.opened()
    run_at(halo, world, 0)
    for minute in range(1, 6):
        world.opened(computer=make_computer(world.company))
        run_at(halo, world, minute)
    assert len(halo.notes()) == 1
    assert "6 of 6 alerts open" in halo.updates[-1]["details_html"]


def test_the_ticket_closes_with_the_last_of_its_alerts_and_shows_how_each_ended() -> None:
    world, halo = grouped()
    other = make_computer(world.company, name="ALD-PC07")
    world.opened()
    world.opened(computer=other)
    run_at(halo, world, 0)
    world.resolved()
    run_at(halo, world, 1)
    assert halo.closings() == []
    assert "1 of 2 alerts open" in halo.updates[-1]["details_html"]
    world.resolved(computer=other)
    run_at(halo, world, 2)
    assert "0 of 2 alerts open" in halo.updates[-1]["details_html"]
    assert len(halo.closings()) == 1


def test_one_that_comes_back_goes_on_in_the_open_ticket() -> None:
    world, halo = grouped()
    world.opened()
    world.opened(computer=make_computer(world.company))
    run_at(halo, world, 0)
    world.resolved()
    run_at(halo, world, 1)
    world.opened()
    run_at(halo, world, 2)
    assert (len(halo.tickets), halo.closings()) == (1, [])
    assert "2 of 2 alerts open" in halo.updates[-1]["details_html"]
    assert {a.ticket.state for a in Alert.objects.select_related("ticket")} == {TicketState.OPEN}


def test_a_list_that_changes_fast_is_written_once_in_two_minutes() -> None:
    world, halo = grouped(note_minutes=60)
    world.opened()
    run_once(halo, world.instance)
    for _ in range(5):
        world.opened(computer=make_computer(world.company))
        run_once(halo, world.instance)
    assert len(halo.updates) == 1
    assert Intention.objects.filter(kind="update_ticket", state="planned").count() == 1


def test_assets_that_a_person_added_stay_on_the_ticket() -> None:
    world, halo = grouped()
    mine = world.map_asset()
    world.opened()
    run_at(halo, world, 0)
    halo.change(4242, asset_ids=(mine.halo_id, 999))
    other = make_computer(world.company)
    asset = make_asset(world.client)
    ComputerMapping.objects.create(computer=other, halo_credential=world.credential, halo_asset=asset)
    world.opened(computer=other)
    run_at(halo, world, 5)
    assert [row["id"] for row in halo.updates[-1]["assets"]] == [mine.halo_id, 999, asset.halo_id]


def test_one_ticket_per_computer_takes_all_its_alerts_and_no_other_computers() -> None:
    world, halo = grouped("computer")
    world.opened(series_key="plan:1")
    world.opened(series_key="plan:2", event_type="backup.overdue")
    world.opened(computer=make_computer(world.company, name="ALD-PC07"))
    run_once(halo, world.instance)
    assert sorted(ticket["summary"] for ticket in halo.tickets.values()) == [
        "[Computer] ALD-PC07: several alerts",
        "[Computer] ALD-SRV01: several alerts",
    ]


def test_what_names_no_computer_has_a_ticket_of_its_own() -> None:
    world, halo = grouped("computer")
    for key in ("a", "b"):
        world.opened(computer=None, series_key=key)
    run_once(halo, world.instance)
    assert len(halo.tickets) == 2


def test_another_company_never_shares_a_ticket() -> None:
    world, halo = grouped()
    world.opened()
    other = World()
    assert other.credential != world.credential
    run_once(halo, world.instance)
    assert len(halo.tickets) == 1


def test_a_list_too_long_for_halo_says_how_many_more_there_are() -> None:
    world, halo = grouped()
    for number in range(160):
        world.opened(series_key=f"plan:{number}", title="x" * 300)
    run_once(halo, world.instance)
    (payload,) = halo.tickets.values()
    assert len(payload["details_html"]) <= 60_000
    assert "160 of 160 alerts open" in payload["details_html"]
    assert "and 10 more" in payload["details_html"]


def test_an_unchanged_group_costs_nothing() -> None:
    world, halo = grouped()
    world.opened()
    world.opened(computer=make_computer(world.company))
    run_once(halo, world.instance)
    before = list(Intention.objects.values())
    assert run_once(halo, world.instance) == {}
    assert list(Intention.objects.values()) == before


def test_one_ticket_per_product_to_be_remediated_lists_its_computers() -> None:
    world, halo = grouped("product")
    for name, product in (("PC-1", "Chrome"), ("PC-2", "Chrome"), ("PC-3", "7-Zip")):
        computer = make_computer(world.company, name=name)
        world.opened(computer=computer, product=product, series_key=f"{product}:{name}")
    run_once(halo, world.instance)
    assert sorted(ticket["summary"] for ticket in halo.tickets.values()) == [
        "[Backup] 7-Zip – Alder Dental",
        "[Backup] Chrome – Alder Dental",
    ]


def finding(asset: str, **values: str) -> dict[str, str]:
    usual = {"product": "Chrome", "installed_version": "125.0", "fixed_version": "126.0", "severity": "high"}
    return {**usual, "asset": asset, "cve": "CVE-2026-1", **values}


def test_the_list_tells_what_is_to_be_remedied_and_shrinks_as_computers_are_done() -> None:
    world, halo = grouped("product")
    one, two = (make_computer(world.company, name=name) for name in ("PC-1", "PC-2"))
    for computer in (one, two):
        world.opened(
            computer=computer,
            product="Chrome",
            series_key=f"Chrome:{computer.name}",
            findings=[finding(computer.name), finding(computer.name, cve="<b>CVE-2</b>")],
        )
    run_at(halo, world, 0)
    (payload,) = halo.tickets.values()
    assert "What is to be remedied" in payload["details_html"]
    assert payload["details_html"].count("<td>126.0</td>") == 4
    assert "&lt;b&gt;CVE-2" in payload["details_html"]

    world.resolved(computer=one, product="Chrome", series_key="Chrome:PC-1")
    run_at(halo, world, 5)
    assert halo.updates[-1]["details_html"].count("<td>126.0</td>") == 2
