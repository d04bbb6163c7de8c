"""Events as no console should send them: each becomes what it can, and nothing else is hurt or lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from integrations.choices import OptionKind
from integrations.ingest.events import store_events
from integrations.models import Event, HaloOption, Intention
from integrations.records import EventRecord
from tests.integrations.api.clients import make_caller
from tests.ticketing.fake_halo import FakeHalo, run_once, send
from tests.ticketing.world import World, make_option
from ticketing import clock
from ticketing.models import Alert, IntegrationProfile, Ticket, TicketState

pytestmark = pytest.mark.django_db


def tell(world: World, external_id: str, **values: Any) -> list[str]:
    """As a console's connector does: through ingest, with the ids of the console."""
    defaults: dict[str, Any] = {
        "event_type": "backup.failed",
        "state": "open",
        "title": "Backup failed",
        "series_key": "plan:1",
        "company_external_id": world.company.external_id,
        "computer_external_id": world.computer.external_id,
        "occurred_at": timezone.now(),
    }
    return store_events(world.console, [EventRecord(external_id, **{**defaults, **values})])


def test_html_and_control_characters_arrive_as_harmless_text() -> None:
    world, halo = World(), FakeHalo()
    title = "<script>alert(1)</script>\x00 Disk\u202e full"
    tell(world, "e1", title=title, message="<img src=x onerror=alert(1)>\x00\x07" * 10)
    run_once(halo, world.instance)
    (sent,) = halo.tickets.values()
    assert "<script" not in sent["details_html"]
    assert "<img" not in sent["details_html"]
    assert not {"\x00", "\x07", "\u202e"} & set(sent["details_html"] + sent["summary"])


def test_a_message_of_a_megabyte_becomes_a_ticket_that_halo_takes() -> None:
    world, halo = World(), FakeHalo()
    tell(world, "e1", message="Line of a log & more <b>\n" * 42_000)
    run_once(halo, world.instance)
    (sent,) = halo.tickets.values()
    assert len(sent["details_html"]) <= 60_000
    assert sent["details_html"].count("<p") == sent["details_html"].count("</p>")


@pytest.mark.parametrize("year", [1899, 2100])
def test_a_time_of_another_century_opens_and_closes_all_the_same(year: int) -> None:
    world, halo = World(), FakeHalo()
    then = datetime(year, 1, 1, tzinfo=UTC)
    tell(world, "e1", occurred_at=then)
    run_once(halo, world.instance)
    assert len(halo.tickets) == 1
    assert Event.objects.get().occurred_at <= timezone.now()
    tell(world, "e2", state="resolved", occurred_at=timezone.now())
    run_once(halo, world.instance)
    assert len(halo.closings()) == 1


def test_a_severity_that_nobody_knows_is_kept_as_medium() -> None:
    world, halo = World(), FakeHalo()
    tell(world, "e1", severity="apocalyptic")
    run_once(halo, world.instance)
    assert Alert.objects.get().severity == "medium"
    assert len(halo.tickets) == 1


def test_resolved_before_open_and_resolved_twice_make_no_second_ticket() -> None:
    world, halo, now = World(), FakeHalo(), timezone.now()
    tell(world, "e1", state="resolved", occurred_at=now)
    run_once(halo, world.instance)
    tell(world, "e2", occurred_at=now - timedelta(minutes=5))
    run_once(halo, world.instance)
    assert halo.tickets == {}
    tell(world, "e3", occurred_at=now)
    run_once(halo, world.instance)
    for number in range(2):
        tell(world, f"r{number}", state="resolved", occurred_at=timezone.now())
        run_once(halo, world.instance)
    assert len(halo.tickets) == len(halo.closings()) == 1


def test_ten_thousand_events_in_a_minute_are_one_ticket_and_one_note() -> None:
    world, halo = World(), FakeHalo()
    IntegrationProfile.objects.update(note_minutes=60)
    start = timezone.now() - timedelta(hours=2)
    tell(world, "first", occurred_at=start)
    with clock.at(start):
        run_once(halo, world.instance)
    records = [
        EventRecord(
            f"flood {n}",
            event_type="backup.failed",
            state="open",
            title="Backup failed",
            series_key="plan:1",
            company_external_id=world.company.external_id,
            computer_external_id=world.computer.external_id,
            occurred_at=start + timedelta(milliseconds=6 * n),
        )
        for n in range(1, 10_001)
    ]
    assert set(store_events(world.console, records)) == {"stored"}
    with clock.at(start + timedelta(minutes=2)):
        run_once(halo, world.instance)
    assert (len(halo.tickets), halo.notes()) == (1, [])
    with clock.at(start + timedelta(minutes=60)):
        run_once(halo, world.instance)
    (note,) = halo.notes()
    assert "10000 events since the last note" in note["note_html"]
    assert Alert.objects.get().event_count == 10_001


def test_a_profile_that_became_invalid_makes_its_alerts_wait_and_say_why() -> None:
    world, halo = World(), FakeHalo()
    make_option(world.credential, OptionKind.TICKET_TYPE, 21, name="Alert", active=False)
    tell(world, "e1")
    run_once(halo, world.instance)
    alert = Alert.objects.get()
    assert (halo.tickets, alert.decision) == ({}, "waiting")
    assert "no longer exists in HaloPSA; choose another on the profile." in alert.reason
    HaloOption.objects.update(active=True)
    run_once(halo, world.instance)
    assert len(halo.tickets) == 1


def test_one_bad_event_in_an_array_hurts_no_other() -> None:
    world, halo = World(), FakeHalo()
    good = {
        "console": world.console.name,
        "event_type": "backup.failed",
        "company": world.company.external_id,
        "computer": world.computer.external_id,
        "title": "Backup failed",
    }
    sent: list[Any] = [
        {**good, "external_id": "a", "series_key": "a"},
        {**good, "external_id": "b", "occurred_at": "yesterday"},
        {**good, "external_id": "c", "state": "perhaps"},
        "no object",
        {**good, "external_id": "d", "series_key": "d"},
    ]
    type(world.console).objects.update(kind="push")
    told = make_caller().post("/api/v1/events/", sent, format="json").json()["results"]
    assert [row["outcome"] for row in told] == ["accepted", "invalid", "invalid", "invalid", "accepted"]
    run_once(halo, world.instance)
    assert len(halo.tickets) == 2


def test_a_lost_answer_and_a_flood_leave_one_ticket() -> None:
    world, halo = World(), FakeHalo(answers=["lost"])
    tell(world, "e1")
    run_once(halo, world.instance)
    for number in range(20):
        tell(world, f"more {number}", occurred_at=timezone.now())
    run_once(halo, world.instance)
    Intention.objects.filter(state="uncertain").update(not_before=None)
    send(halo, world.instance)
    send(halo, world.instance)
    assert len(halo.tickets) == 1
    assert Ticket.objects.get().state == TicketState.OPEN
    assert len(halo.notes()) == 20
