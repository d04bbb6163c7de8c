"""What webhooks have delivered is read in the queue: each once, in order, and again when somebody asks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from integrations import schedules
from integrations.access import open_connector
from integrations.choices import EventState, RunKind, RunState
from integrations.ingest import deliveries
from integrations.management.reporting import execute_here
from integrations.models import Console, Event, RawDelivery, Run
from integrations.registry import connector_class
from integrations.runs.request import request_deliveries
from tests.builders import make_console
from tests.integrations.ingest.builders import captured_sql

pytestmark = pytest.mark.django_db


@pytest.fixture
def console() -> Console:
    return make_console(kind="push")


def deliver(console: Console, body: Any) -> RawDelivery:
    return deliveries.keep(console, body if isinstance(body, bytes) else json.dumps(body).encode())


def read(console: Console) -> Run:
    run = execute_here(request_deliveries(console))
    assert run.state == RunState.SUCCEEDED, run.error
    return run


def event(number: int, **more: Any) -> dict[str, Any]:
    return {"external_id": f"e{number}", "event_type": "backup.failed", "title": "Failed", **more}


def brought(delivery: RawDelivery) -> tuple[int | None, int | None]:
    delivery.refresh_from_db()
    return delivery.new_events, delivery.known_events


def test_events_are_stored_and_routed_and_the_delivery_says_so(console: Console) -> None:
    delivery = deliver(console, event(1))
    run = read(console)

    assert Event.objects.get().external_id == "e1"
    assert brought(delivery) == (1, 0)
    assert delivery.processed_at is not None
    assert (run.totals["deliveries"], run.totals["stored"]) == (1, 1)
    assert Run.objects.filter(kind=RunKind.ROUTE).count() == 1


def test_a_trigger_and_its_recovery_are_stored_in_the_order_of_their_coming(console: Console) -> None:
    for state in ("open", "resolved", "open"):
        deliver(console, event(1, state=state, series_key="s"))
    read(console)
    states = list(Event.objects.order_by("pk").values_list("state", flat=True))
    assert states == [EventState.OPEN, EventState.RESOLVED, EventState.OPEN]


def test_a_repeat_brings_no_second_event(console: Console) -> None:
    body = event(1, occurred_at="2026-01-31T12:00:00Z")
    first, second = deliver(console, body), deliver(console, body)
    read(console)
    assert (brought(first), brought(second)) == ((1, 0), (0, 1))
    assert Event.objects.count() == 1


def test_one_that_cannot_be_read_hurts_no_other(console: Console) -> None:
    bad = [deliver(console, body) for body in (b"", b"{", b"\xff\xfe\x00", b"[" * 100_000)]
    good = deliver(console, event(1))
    run = read(console)

    assert brought(good) == (1, 0)
    for delivery in bad:
        assert brought(delivery) == (0, 0)
        assert delivery.error
    assert run.totals["unreadable"] == len(bad)


def test_what_is_half_good_keeps_its_good_half_and_says_what_was_not(console: Console) -> None:
    delivery = deliver(console, [event(1), {"title": "No id"}])
    read(console)
    assert brought(delivery) == (1, 0)
    assert "external_id" in delivery.error


def test_a_console_without_webhooks_says_so() -> None:
    console = make_console(kind="msp360")
    delivery = deliver(console, {"a": 1})
    read(console)
    assert brought(delivery) == (0, 0)
    assert "gives no" in delivery.error


def test_a_parser_that_breaks_loses_nothing_and_is_tried_again_when_asked(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("broken")

    delivery = deliver(console, event(1))
    with monkeypatch.context() as broken:
        broken.setattr(connector_class("push"), "parse_webhook", fail)
        read(console)
    delivery.refresh_from_db()
    assert "log of the server" in delivery.error

    assert deliveries.read_again(RawDelivery.objects.all()) == [console]
    read(console)
    assert brought(delivery) == (1, 0)
    assert delivery.error == ""


def test_reading_again_what_was_read_brings_nothing_twice(console: Console) -> None:
    delivery = deliver(console, event(1, occurred_at="2026-01-31T12:00:00Z"))
    read(console)
    deliveries.read_again(RawDelivery.objects.all())
    read(console)
    assert brought(delivery) == (0, 1)
    assert Event.objects.count() == 1


def test_a_worker_that_dies_before_the_note_leaves_it_to_the_next(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = deliver(console, event(1, occurred_at="2026-01-31T12:00:00Z"))

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr("django.db.models.query.QuerySet.bulk_update", die)
        with pytest.raises(KeyboardInterrupt):
            deliveries.read_some(console, lambda body: connector(console).parse_webhook(body, {}))
    assert Event.objects.count() == 1

    read(console)
    assert brought(delivery) == (0, 1)
    assert Event.objects.count() == 1


def connector(console: Console) -> Any:
    return open_connector(console)


def test_what_nobody_asked_for_is_asked_for_within_a_minute(console: Console) -> None:
    deliver(console, event(1))
    schedules.tick()
    assert Run.objects.filter(kind=RunKind.DELIVERIES, console=console).count() == 1


def test_the_deliveries_of_a_switched_off_console_wait(console: Console) -> None:
    delivery = deliver(console, event(1))
    Console.objects.update(enabled=False)
    schedules.tick()
    assert not Run.objects.filter(kind=RunKind.DELIVERIES).exists()
    assert deliveries.read_again(RawDelivery.objects.all()) == []
    Console.objects.update(enabled=True)
    read(console)
    assert brought(delivery) == (1, 0)


def test_a_hundred_deliveries_cost_no_more_statements_than_two(console: Console) -> None:
    counts = []
    for size in (2, 100):
        for number in range(size):
            deliver(console, event(1000 * size + number))
        parse = connector(console).parse_webhook
        with captured_sql() as sql:
            read_now = deliveries.read_some(console, lambda body: parse(body, {}))  # noqa: B023
        assert read_now.new == size
        counts.append(len(sql.statements))
    assert counts[1] <= counts[0] + 1
