"""Offboarding a company: tickets stop and close, assets of ours become inactive, the mapping is archived."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from integrations.choices import Action, Outcome, RunState
from integrations.models import HaloAsset
from mappings.linking import bring_back, set_switches
from mappings.models import CompanyChange, CompanyMapping, ComputerMapping
from mappings.planning import compute_changes, new_offboard, new_plan, new_undo
from tests.ticketing.fake_halo import run_once
from tests.ticketing.leaving import Leaving, twin_in_a_company_that_stays
from tests.ticketing.world import make_computer
from ticketing.models import Alert, Decision, Ticket, TicketState
from ticketing.planning import plan_tickets
from ticketing.routing import route_events

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _short_rests(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HALOBRIDGE_PAUSE_FACTOR = 0.0002
    # Long enough that the run hands over to delivery, on a slow machine as well.
    monkeypatch.setattr("ticketing.apply.previews.LOOK_EVERY", 250.0)


# ---- the preview ----------------------------------------------------------------------------


def test_ticket_asset_and_mapping_are_one_row_each() -> None:
    assert Leaving().told() == {
        "ticket": (Action.CLOSE, True),
        "computer_mapping": (Action.DEACTIVATE, True),
        "company_mapping": (Action.UNLINK, True),
    }


def test_assets_that_were_only_linked_stay_active() -> None:
    scene = Leaving()
    ComputerMapping.objects.update(created_by_us=False)
    assert scene.told()["computer_mapping"] == (Action.SKIP, False)
    assert scene.reason("computer_mapping") == "Its asset was not created here, so it is left alone."


def test_however_many_assets_it_is_all_are_ticked() -> None:
    scene = Leaving()
    for number in range(30):
        computer = make_computer(scene.company)
        asset = HaloAsset.objects.create(
            halo_credential=scene.credential, client=scene.client, halo_id=9000 + number, name="X"
        )
        ComputerMapping.objects.create(
            computer=computer, halo_credential=scene.credential, halo_asset=asset, created_by_us=True
        )
    assert scene.preview().changes.filter(action=Action.DEACTIVATE, selected=True).count() == 31


def test_an_asset_of_a_company_that_stays_is_not_ticked() -> None:
    scene = Leaving()
    twin_in_a_company_that_stays(scene)
    assert scene.told()["computer_mapping"] == (Action.DEACTIVATE, False)
    assert "It also stands for TWIN of Alder elsewhere" in scene.reason("computer_mapping")


def test_with_no_notification_its_tickets_are_left_to_staff() -> None:
    scene = Leaving()
    CompanyMapping.objects.update(no_notification=True)
    assert scene.told()["ticket"] == (Action.SKIP, False)
    assert scene.reason("ticket").startswith("'No notification' is on for the company")


def test_an_offboarded_company_is_not_offboarded_again() -> None:
    scene = Leaving()
    scene.apply(scene.preview())
    scene.mapping.refresh_from_db()
    with pytest.raises(ValidationError, match="is offboarded already"):
        new_offboard(scene.mapping)


# ---- applying -------------------------------------------------------------------------------


def test_the_ticket_is_closed_with_a_note_and_the_asset_is_inactive() -> None:
    scene = Leaving()
    run = scene.apply(scene.preview())
    assert run.state == RunState.SUCCEEDED
    (closing,) = scene.halo.closings()
    assert "Its company is no longer looked after, so the ticket is closed." in closing["note_html"]
    assert (scene.ticket.state, scene.ticket.current) == (TicketState.CLOSED, False)
    assert scene.assets.assets[scene.asset.halo_id]["inactive"]
    assert set(run.entries.values_list("outcome", flat=True)) == {Outcome.DONE}
    assert run.entries.count() == 3


def test_the_mapping_is_archived_and_switched_off() -> None:
    scene = Leaving()
    scene.apply(scene.preview())
    scene.mapping.refresh_from_db()
    assert scene.mapping.archived_at is not None
    assert (scene.mapping.create_tickets, scene.mapping.enable_configuration) == (False, False)
    assert CompanyChange.objects.filter(text__startswith="Offboarded").exists()


def test_no_new_ticket_is_made_for_what_is_still_open_or_comes_later() -> None:
    scene = Leaving()
    scene.apply(scene.preview())
    scene.opened(series_key="plan:2")
    run_once(scene.halo, scene.instance)
    assert Ticket.objects.count() == 1
    assert set(Alert.objects.values_list("decision", flat=True)) == {Decision.NOT_WANTED}


def test_its_computers_are_no_longer_planned() -> None:
    scene = Leaving()
    make_computer(scene.company)
    scene.apply(scene.preview())
    plan = new_plan(halo_credential=scene.credential)
    computed = compute_changes(plan)
    assert computed.changes == []
    assert computed.counts["company_unmapped"] == 2


def test_a_lost_answer_closes_it_once() -> None:
    scene = Leaving()
    scene.halo.answers = ["lost"]
    assert scene.apply(scene.preview()).state == RunState.SUCCEEDED
    assert len(scene.halo.closings()) == 1


def test_a_ticket_that_was_not_sent_yet_is_taken_back() -> None:
    scene = Leaving()
    scene.opened(series_key="plan:2")
    route_events()
    plan_tickets(scene.instance)
    run = scene.apply(scene.preview())
    assert run.state == RunState.SUCCEEDED
    assert len(scene.halo.tickets) == 1
    assert list(Ticket.objects.order_by("pk").values_list("state", flat=True)) == ["closed", "cancelled"]


def test_switches_of_an_archived_mapping_stay_off() -> None:
    scene = Leaving()
    scene.apply(scene.preview())
    assert not set_switches(scene.mapping, create_tickets=True).create_tickets


# ---- back again -----------------------------------------------------------------------------


def test_bringing_back_switches_on_what_was_on_and_the_next_export_wakes_the_asset() -> None:
    scene = Leaving()
    scene.apply(scene.preview())
    assert bring_back(scene.mapping)
    assert (scene.mapping.create_tickets, scene.mapping.enable_configuration) == (True, True)
    assert scene.mapping.archived_at is None
    (change,) = compute_changes(new_plan(halo_credential=scene.credential)).changes
    assert (change.action, change.after["inactive"]) == (Action.UPDATE, False)
    assert not bring_back(scene.mapping)


def test_the_run_can_be_undone() -> None:
    scene = Leaving()
    run = scene.apply(scene.preview())
    undone = scene.apply(scene.computed(new_undo(run)))
    assert undone.state == RunState.SUCCEEDED
    assert not scene.assets.assets[scene.asset.halo_id]["inactive"]
    scene.mapping.refresh_from_db()
    assert scene.mapping.archived_at is None
