"""`manage.py deliver`: one table, JSON for programs, exit 1 when something failed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from integrations.choices import RunKind
from integrations.models import Entry, Run
from integrations.runs.delivery import deliver
from integrations.runs.steps import Done, Result, Work, work
from tests.ticketing.fake_halo import KINDS, FakeHalo
from tests.ticketing.world import World
from ticketing.apply import TicketSender
from ticketing.planning import plan_tickets
from ticketing.routing import route_events

pytestmark = pytest.mark.django_db
HALOS: list[FakeHalo] = []


def execute(run_id: int) -> None:
    """What `halobridge.tasks.execute` is for the product, with a HaloPSA in memory."""
    work(run_id, {RunKind.ROUTE: {"start": _route}, RunKind.DELIVER: {"start": _deliver}})


def _route(doing: Work) -> Result:
    while (routed := route_events()).events:
        doing.count(events=routed.events)
    return Done()


def _deliver(doing: Work) -> Result:
    assert doing.run.instance
    doing.count(**plan_tickets(doing.run.instance, doing.run))
    sender = TicketSender(HALOS[-1], HALOS[-1], entry=doing.entry)  # type: ignore[arg-type]
    deliver(
        doing.run.instance,
        KINDS,
        lambda _: sender,
        probe=lambda: None,
        renew=doing.renew,
        time_is_up=lambda: doing.time_is_up,
    )
    return Done()


@pytest.fixture
def halo(settings: Any) -> Iterator[FakeHalo]:
    settings.HALOBRIDGE_EXECUTE = "tests.ticketing.test_deliver_command.execute"
    HALOS.append(FakeHalo())
    yield HALOS[-1]
    HALOS.pop()


def deliver_command(*arguments: str) -> str:
    out = StringIO()
    call_command("deliver", *arguments, stdout=out)
    return out.getvalue()


def test_it_brings_an_event_to_halo_and_prints_a_table(halo: FakeHalo) -> None:
    world = World()
    world.opened()
    printed = deliver_command()
    assert len(halo.tickets) == 1
    heading, routing, delivery = printed.strip().splitlines()
    assert heading.split()[:3] == ["name", "what", "state"]
    assert "Routing of events" in routing
    assert "1 events" in routing
    assert "1 creates" in delivery
    (entry,) = Entry.objects.all()
    assert (entry.outcome, entry.subject) == (
        "done",
        "Ticket 4242: [Backup] ALD-SRV01: File backup failed: Nightly",
    )


def test_it_says_json_to_programs(halo: FakeHalo) -> None:
    World().opened()
    rows = json.loads(deliver_command("--json"))
    assert [row["what"] for row in rows] == ["Routing of events", "Delivery of tickets"]
    assert not any(row["failed"] for row in rows)


def test_a_refusal_ends_with_exit_1(halo: FakeHalo) -> None:
    world = World()
    world.opened()
    halo.answers = ["refused"]
    with pytest.raises(SystemExit) as ended:
        deliver_command()
    assert ended.value.code == 1
    assert Run.objects.filter(kind=RunKind.DELIVER).get().state == "partial"
    (entry,) = Entry.objects.all()
    assert (entry.outcome, entry.reason) == ("refused", halo.words)


def test_nothing_to_do_costs_one_run_each_and_fails_nothing(halo: FakeHalo) -> None:
    World()
    deliver_command()
    assert not Entry.objects.exists()
