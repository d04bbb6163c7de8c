"""What tickets cost: the door for events, routing, and the time from the door to HaloPSA."""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.models import Event
from integrations.sandbox.server import Sandbox
from tests.benchmarks.mirroring import figure
from tests.benchmarks.storing import timed
from tests.builders import make_console
from tests.faults.test_killed_workers import Bridge
from tests.integrations.api.clients import make_caller
from tests.ticketing.world import World, make_computer
from ticketing.routing import route_events

ARRAY = 500
POSTED = 5_000
WAITING = 100_000
SAMPLES = 20
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def door() -> None:
    """Events by REST in arrays of 500, against a plain `bulk_create` of the same rows."""
    console, plain_console, caller = make_console(kind="push"), make_console(kind="push"), make_caller()
    items = [
        {
            "console": console.name,
            "external_id": f"posted {n}",
            "event_type": "backup.failed",
            "title": f"Backup of plan {n} failed",
            "occurred_at": (NOW + timedelta(seconds=n)).isoformat(),
            "state": "open",
            "series_key": f"plan {n}",
        }
        for n in range(POSTED)
    ]
    plain, _ = timed(lambda: _plain(plain_console, items))
    began = time.perf_counter()
    for start in range(0, POSTED, ARRAY):
        answer = caller.post(
            "/api/v1/events/", items[start : start + ARRAY], format="json", headers={"host": "localhost"}
        )
        assert answer.status_code == 202, answer.content
    seconds = time.perf_counter() - began
    what = "events by REST, arrays of 500"
    figure(what, POSTED / seconds, "rows/s", plain / seconds, "the rate of bulk_create")


def _plain(console: Any, items: list[dict[str, Any]]) -> None:
    for start in range(0, POSTED, ARRAY):
        Event.objects.bulk_create(
            Event(
                console=console,
                external_id=item["external_id"],
                fingerprint=f"plain {item['external_id']}",
                event_type=item["event_type"],
                series_key=item["series_key"],
                state=item["state"],
                title=item["title"],
                occurred_at=datetime.fromisoformat(item["occurred_at"]),
                raw=item,
            )
            for item in items[start : start + ARRAY]
        )


def routing() -> None:
    """A hundred thousand waiting events: statements for each thousand."""
    world = World()
    computers = [make_computer(world.company) for _ in range(200)]
    Event.objects.all().delete()
    for start in range(0, WAITING, 10_000):
        Event.objects.bulk_create(
            Event(
                console=world.console,
                external_id=f"w{n}",
                fingerprint=f"waiting {n}",
                event_type="backup.failed",
                series_key=f"plan:{n % 37}",
                state="open" if n % 3 else "resolved",
                title="Backup failed",
                company=world.company,
                computer=computers[n % 200],
                occurred_at=NOW + timedelta(seconds=n),
            )
            for n in range(start, start + 10_000)
        )
    counts, began = [], time.perf_counter()
    while True:
        with CaptureQueriesContext(connection) as queries:
            if not route_events().events:
                break
        counts.append(len(queries))
    seconds = time.perf_counter() - began
    what = "routing of 100,000 events"
    figure(what, WAITING / seconds, "rows/s", max(counts), "statements at most per 1,000")


def latency() -> None:
    """With an idle queue on the embedded default: from the door until HaloPSA holds the ticket."""
    taken = []
    with tempfile.TemporaryDirectory() as folder, Sandbox.start(seed=1) as sandbox:
        sandbox.switches.change(rate_limit_calls=1_000_000)
        port = sandbox.halo_url.rsplit(":", 1)[1].split("/")[0]
        bridge = Bridge(Path(folder), HALOBRIDGE_SANDBOX="0", HALOBRIDGE_SANDBOX_PORT=port)
        bridge.manage("migrate", "--verbosity", "0")
        bridge.manage("createcachetable")
        bridge.do("prepare")
        with bridge:
            bridge.serve()
            bridge.sign_in()
            for number in range(SAMPLES):
                time.sleep(1)
                taken.append(_one(bridge, sandbox, number))
    taken.sort()
    p95 = taken[round(0.95 * len(taken)) - 1]
    median = taken[len(taken) // 2]
    what = "from the door to HaloPSA, p95"
    figure(what, p95 * 1000, "ms", p95 / 2.0, f"2 s; median {median * 1000:.0f} ms")


def _one(bridge: Bridge, sandbox: Sandbox, number: int) -> float:
    title = f"Latency {number:03}"
    began = time.perf_counter()
    bridge.post(
        "events/",
        {
            "console": "Push",
            "external_id": title,
            "event_type": "backup.failed",
            "company": "c1",
            "title": title,
            "state": "open",
            "series_key": title,
        },
    )
    while not any(title in row["summary"] for row in sandbox.tickets()):
        assert time.perf_counter() - began < 30, f"no ticket for {title}"
        time.sleep(0.02)
    return time.perf_counter() - began
