"""The forecast of a simulation equals what then really happens, as long as nobody acts in HaloPSA."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integrations.choices import EventStatus, IntentionState
from integrations.models import Event, Intention
from tests.ticketing.fake_halo import FakeHalo, run_once, send
from tests.ticketing.world import World, make_computer
from ticketing import clock
from ticketing.models import (
    Alert,
    EventSet,
    IntegrationProfile,
    MaintenanceWindow,
    NoiseSettings,
    Simulation,
    Ticket,
    TicketRule,
)
from ticketing.simulate import simulate

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 18, 0, 0, tzinfo=UTC)
END = START + timedelta(days=2)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def nothing(done: int, total: int) -> None:
    """Nobody watches."""


def simulated(**values: Any) -> dict[str, Any]:
    simulation = Simulation.objects.create(**{"days": 2, "created_at": END, **values})
    return simulate(simulation, nothing)


def tell(world: World, minute: float, state: str = "open", **values: Any) -> Event:
    """Came in at that minute, when it happened."""
    return world.event(state, **{"occurred_at": at(minute), "received_at": at(minute), **values})


def live(world: World) -> dict[str, int]:
    """The same events through the product itself, minute by minute; what was written."""
    halo, events = FakeHalo(), list(Event.objects.order_by("received_at", "id"))
    Event.objects.update(status=EventStatus.IGNORED)
    moments = sorted({event.received_at for event in events})
    for moment in moments:
        _look_until(halo, world, moment)
        Event.objects.filter(received_at=moment).update(status=EventStatus.NEW)
        with clock.at(moment):
            run_once(halo, world.instance)
            _send_lists(halo, world)
    _look_until(halo, world, END)
    kinds = Counter(Intention.objects.filter(state=IntentionState.DONE).values_list("kind", flat=True))
    return {
        "created": kinds["create_ticket"],
        "noted": kinds["add_note"],
        "closed": kinds["close_ticket"],
        "reopened": kinds["reopen_ticket"],
    }


def _send_lists(halo: FakeHalo, world: World) -> None:
    """Lists of alerts rest by the real clock."""
    Intention.objects.update(not_before=None)
    send(halo, world.instance)


def _look_until(halo: FakeHalo, world: World, moment: datetime) -> None:
    while True:
        due = (
            Alert.objects.filter(look_again_at__lt=moment)
            .order_by("look_again_at")
            .values_list("look_again_at", flat=True)
            .first()
        )
        if due is None:
            return
        with clock.at(due):
            run_once(halo, world.instance)
            _send_lists(halo, world)
            Alert.objects.filter(look_again_at__lte=due).update(look_again_at=None)


def busy(world: World, seed: int) -> None:
    """Two days of four computers with three plans each, at random."""
    dice = random.Random(seed)
    computers = [make_computer(world.company, name=f"PC-{n}") for n in range(4)]
    open_now: set[tuple[int, str]] = set()
    for minute in sorted(dice.sample(range(0, 2 * 1440, 3), 70)):
        number, plan = dice.randrange(4), f"plan:{dice.randrange(3)}"
        is_open = (number, plan) in open_now
        state = "resolved" if is_open and dice.random() < 0.6 else "open"
        (open_now.discard if state == "resolved" else open_now.add)((number, plan))
        kind = "backup.overdue" if plan == "plan:2" else "backup.failed"
        about = {"computer": computers[number], "series_key": plan, "event_type": kind}
        tell(world, minute, state, **about)
        if dice.random() < 0.2:
            # What came and went before anybody looked arrives in one go.
            for other in ("resolved", "open") if state == "open" else ("open", "resolved"):
                tell(world, minute, other, **about)


PROFILES: list[dict[str, Any]] = [
    {"note_minutes": 0, "reopen_hours": 0},
    {"note_minutes": 60, "reopen_hours": 6},
    {"closing_policy": "quiet", "quiet_minutes": 45, "note_minutes": 30},
    {"closing_policy": "never"},
    {"closing_policy": "untouched", "reopen_hours": 2},
    {"wait_minutes": 30, "note_minutes": 120},
    {"grouping": "computer", "note_minutes": 60},
    {"grouping": "company_type", "closing_policy": "quiet", "quiet_minutes": 20},
]


@pytest.mark.parametrize("profile", PROFILES, ids=[str(values) for values in PROFILES])
def test_the_forecast_is_what_then_really_happens(profile: dict[str, Any]) -> None:
    world = World()
    IntegrationProfile.objects.update(**profile)
    type(world.mapping).objects.update(tickets_since=START - timedelta(days=1))
    NoiseSettings.objects.create(halo_credential=world.credential, storm_company=3, storm_minutes=60)
    MaintenanceWindow.objects.create(
        name="Night", time_zone="Europe/Berlin", begins_on=START.date(), begins_at="22:00", minutes=240,
        repeats="daily",
    )  # fmt: skip
    busy(world, seed=1)
    forecast = simulated()["forecast"]
    assert forecast == live(world)
    assert forecast["created"] > 0


def test_a_simulation_changes_nothing_in_the_real_world() -> None:
    world = World()
    tell(world, 5)
    before = [list(model.objects.values()) for model in (Event, Alert, Ticket, Intention, TicketRule)]
    assert simulated()["forecast"]["created"] == 1
    assert [list(model.objects.values()) for model in (Event, Alert, Ticket, Intention, TicketRule)] == before


def test_a_draft_is_the_first_rule_and_stays_a_draft() -> None:
    world = World()
    tell(world, 5, event_type="device.offline")
    draft = EventSet.objects.create(name="Draft", event_types=["device.offline"])
    assert simulated()["forecast"]["created"] == 0
    told = simulated(event_set=draft, profile=world.profile, company_mapping=world.mapping)
    assert told["forecast"]["created"] == 1
    assert TicketRule.objects.get().event_set == world.event_set


def test_a_draft_may_differ_from_what_is_stored() -> None:
    world = World()
    tell(world, 5)
    tell(world, 15, "resolved")
    pair = {"event_set": world.event_set, "profile": world.profile}
    assert simulated(**pair)["forecast"]["created"] == 1
    assert simulated(**pair, profile_changes={"wait_minutes": 30})["forecast"]["created"] == 0
    assert (
        simulated(**pair, event_set_changes={"event_types": ["ad.user_locked"]})["forecast"]["created"] == 0
    )


def test_it_is_told_by_company_and_day_beside_what_really_happened() -> None:
    world, halo = World(), FakeHalo()
    type(world.mapping).objects.update(tickets_since=START - timedelta(days=1))
    tell(world, 5)
    with clock.at(at(5)):
        run_once(halo, world.instance)
    Intention.objects.update(finished_at=at(6))
    tell(world, 1500, "resolved")
    told = simulated()
    assert told["events"] == 2
    assert [(row["day"], row["forecast"]["created"], row["really"]["created"]) for row in told["by_day"]] == [
        ("2026-11-18", 1, 1),
        ("2026-11-19", 0, 0),
    ]
    (company,) = told["by_company"]
    assert (company["name"], company["forecast"]["closed"]) == ("Alder Dental", 1)


def test_test_tickets_are_not_what_really_happened() -> None:
    world, halo = World(), FakeHalo()
    type(world.mapping).objects.update(tickets_since=START - timedelta(days=1))
    tell(world, 5)
    with clock.at(at(5)):
        run_once(halo, world.instance)
        Ticket.objects.update(is_test=True)
    Intention.objects.update(finished_at=at(6))
    assert simulated()["really"]["created"] == 0


def test_what_was_open_before_the_days_is_known_and_not_counted() -> None:
    world = World()
    tell(world, -600)
    tell(world, 60)
    told = simulated(days=2)
    assert told["forecast"]["created"] == 0
    assert told["forecast"]["noted"] == 1


def test_it_can_be_stopped() -> None:
    world = World()
    tell(world, 5)

    def stop(done: int, total: int) -> None:
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        simulate(Simulation.objects.create(days=2, created_at=END), stop)
    assert Event.objects.count() == 1
