"""What storing costs: rows of consoles and events against a plain `bulk_create` of the same rows."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.ingest.console_side import store_computers
from integrations.ingest.events import store_events
from integrations.models import Computer, Console, Event
from integrations.records import ComputerRecord, EventRecord
from mappings.matching import AssetKeys, ComputerKeys, match_computers
from tests.builders import make_console

ROWS = 10_000
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def timed(work: Callable[[], object]) -> tuple[float, int]:
    """Seconds and SQL statements."""
    with CaptureQueriesContext(connection) as queries:
        began = time.perf_counter()
        work()
        return time.perf_counter() - began, len(queries)


def line(what: str, seconds: float, statements: int, baseline: float, of: str) -> None:
    print(f"{what:<46} {seconds:7.2f} s  {statements:5} SQL  {seconds / baseline:5.2f} × {of}")


def computers(console: Console) -> None:
    records = [
        ComputerRecord(f"c{n}", f"PC-{n}", serial_number=f"5CG{n:07}", os_name="Windows 11 Pro")
        for n in range(ROWS)
    ]
    plain_console = make_console()
    plain, _ = timed(
        lambda: Computer.objects.bulk_create(
            [
                Computer(
                    console=plain_console,
                    external_id=r.external_id,
                    name=r.name,
                    serial_number=r.serial_number or "",
                )
                for r in records
            ],
            batch_size=1000,
        )
    )
    line("computers: plain bulk_create", plain, 0, plain, "itself")
    line("computers: first read stored", *timed(lambda: store_computers(console, records)), plain, "plain")
    line("computers: unchanged read", *timed(lambda: store_computers(console, records)), plain, "plain")


def events(console: Console) -> None:
    records = [
        EventRecord(f"e{n}", "backup.failed", "open", f"Backup {n}", series_key=f"plan:{n}", occurred_at=NOW)
        for n in range(ROWS)
    ]
    plain, _ = timed(
        lambda: Event.objects.bulk_create(
            [
                Event(
                    console=console,
                    external_id=f"plain{r.external_id}",
                    fingerprint=f"plain{r.external_id}",
                    event_type=r.event_type,
                    state=r.state,
                    title=r.title,
                    occurred_at=NOW,
                )
                for r in records
            ],
            batch_size=500,
        )
    )

    def by_500() -> None:
        for start in range(0, ROWS, 500):
            store_events(console, records[start : start + 500])

    line("events: plain bulk_create by 500", plain, 0, plain, "itself")
    line("events: stored by 500", *timed(by_500), plain, "plain")
    line("events: repeated by 500", *timed(by_500), plain, "plain")


def matching() -> None:
    ours = [ComputerKeys(n, n % 500, f"5CG{n:07}", (), f"pc-{n}") for n in range(ROWS * 2)]
    halos = [AssetKeys(n, n % 500, f"5CG{n:07}", (), f"pc-{n}") for n in range(ROWS * 2)]
    began = time.perf_counter()
    list(zip(ours, halos, strict=True))
    result = match_computers(ours, halos)
    seconds = time.perf_counter() - began
    print(
        f"{'matching: 20,000 computers, 20,000 assets':<46} {seconds:7.2f} s  {len(result.matches)} matched"
    )
