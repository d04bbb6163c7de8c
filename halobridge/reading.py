"""Reading a console: its companies and computers, or its events, in as many steps as that takes.

Most consoles are read in one step. One that takes a call for each company stops when the step's time is up
(`Connector.goes_on`), and the next step goes on there. What is missing is concluded after the last, from what
all of them have seen; a read that breaks off has only stored what came, and concludes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone

from halobridge import verdicts
from integrations.choices import Outcome
from integrations.ingest import console_side, events
from integrations.ingest.batches import batches
from integrations.ingest.parts import SERIES, UNREAD, Part
from integrations.ingest.stored import Stored
from integrations.models import Company, Computer, Console
from integrations.records import EventRecord
from integrations.runs.request import request_routing
from integrations.runs.steps import Again, Done, Result, Then, Work

if TYPE_CHECKING:
    from integrations.connectors.base import Connector

LISTS: Final = ("companies", "computers")
PHASES_IN_PARTS: Final = {
    "Companies": "Companies",
    "Computers": "Computers of companies",
    "Events": "Events of companies",
}
STORED_AS: Final[dict[str, tuple[type[Company] | type[Computer], Callable[..., Stored]]]] = {
    "companies": (Company, console_side.store_companies),
    "computers": (Computer, console_side.store_computers),
}


def read_lists(work: Work, console: Console, connector: Connector) -> Result:
    """Companies, then computers. A cursor holds which (`what`) and where (`at`, `memory`)."""
    begins = LISTS.index(work.cursor.get("what", LISTS[0]))
    for what in LISTS[begins:]:
        if getattr(connector.abilities, what) and (again := _read_list(work, console, connector, what)):
            return again
    _warn(work, connector)
    return Then("link")


def _read_list(work: Work, console: Console, connector: Connector, what: str) -> Again | None:
    cursor = work.cursor if work.cursor.get("what") == what else {}
    part = _begin(work, connector, cursor, what.capitalize())
    if what == "computers":
        connector.known_hardware = console_side.ids_with_hardware(console)
    model, store = STORED_AS[what]
    connector.brought_before = part.seen_of(model)
    fetch = {"companies": connector.fetch_companies, "computers": connector.fetch_computers}[what]
    work.progress(what.capitalize(), 0)
    rows = verdicts.renewing(work, what.capitalize(), fetch())
    verdicts.report(work, what, store(console, rows, part=part))
    if connector.goes_on_at:
        return _again(work, connector, part.keep(), what=what)
    if cursor:
        part.forget()
    return None


def read_events(work: Work, console: Console, connector: Connector) -> Result:
    """Events are stored and judged as they come; the position is stored after all of them are."""
    started = datetime.fromisoformat(work.cursor.get("started") or timezone.now().isoformat())
    part = _begin(work, connector, work.cursor, "Events")
    connector.lists_read_to = {
        beginning: datetime.fromisoformat(until) if until else None
        for beginning, until in console.unread_lists.items()
    }
    connector.open_series = events.open_series(console, connector.abilities.series_listed_while_open)
    rows = verdicts.renewing(work, "Events", connector.fetch_events(console.events_read_at))
    _store_events(work, console, rows)
    unread_lists = sorted({*work.cursor.get("unread_lists", ()), *connector.lists_unread})
    if connector.goes_on_at:
        memory = part.keep(**{SERIES: connector.series_seen, UNREAD: connector.series_unread})
        return _again(work, connector, memory, started=started.isoformat(), unread_lists=unread_lists)
    if connector.abilities.events_are_complete_list:
        seen = connector.series_seen | part.names(SERIES)
        unread = connector.series_unread | part.names(UNREAD)
        _conclude(work, console, connector, seen, unread, tuple(unread_lists))
    position = {"events_read_at": started, "unread_lists": _since_when_unread(console, unread_lists)}
    Console.objects.filter(pk=console.pk).update(**position)
    if work.cursor:
        part.forget()
    _warn(work, connector)
    return Done()


def _since_when_unread(console: Console, beginnings: Iterable[str]) -> dict[str, str | None]:
    """Up to when the lists that may not be read now have been read: what comes after that is news one day."""
    before, read_at = console.unread_lists, console.events_read_at
    until = read_at.isoformat() if read_at else None
    return {beginning: before.get(beginning, until) for beginning in beginnings}


def _store_events(work: Work, console: Console, records: Iterable[EventRecord]) -> None:
    """What the first read of a list tells was so before: no news."""
    first = console.events_read_at is None
    beginnings = tuple(one for one, until in console.unread_lists.items() if until is None)

    def was_so(record: EventRecord) -> bool:
        return first or record.series_key.startswith(beginnings)

    outcomes: list[str] = []
    try:
        for batch in batches(records):
            outcomes += events.store_events(console, [one for one in batch if not was_so(one)])
            outcomes += events.store_events(console, [*filter(was_so, batch)], first_read=True)
    finally:
        _count(work, outcomes)


def _count(work: Work, outcomes: list[str]) -> None:
    work.count(stored=outcomes.count(events.STORED), duplicate=outcomes.count(events.DUPLICATE))
    if events.STORED in outcomes:
        request_routing()


def _conclude(
    work: Work,
    console: Console,
    connector: Connector,
    seen: set[str],
    unread: set[str],
    unread_lists: tuple[str, ...],
) -> None:
    """What has ended because a complete read does not hold it any more."""
    waiting: list[str] = []
    vanished = events.derived_resolves(
        console,
        seen,
        only_open=connector.abilities.events_list_only_open,
        listed_while_open=connector.abilities.series_listed_while_open,
        unread=unread,
        unread_lists=unread_lists,
        warnings=connector.warnings,
        waiting=waiting,
    )
    verdicts.warn(work, waiting, Outcome.HELD)
    _count(work, events.store_events(console, vanished))


# ---- parts ----------------------------------------------------------------------------------


def _begin(work: Work, connector: Connector, cursor: dict[str, Any], phase: str) -> Part:
    """Tell the connector where it begins, and when to stop."""

    def goes_on(done: int, of: int) -> bool:
        work.progress(PHASES_IN_PARTS[phase], done, of)
        return not work.time_is_up

    connector.goes_on, connector.begins_at, connector.goes_on_at = goes_on, cursor.get("at", {}), {}
    return Part(work.run, cursor.get("memory"), lambda: not connector.goes_on_at)


def _again(work: Work, connector: Connector, memory: dict[str, Any], **more: Any) -> Again:
    told = _warn(work, connector)
    return Again({**more, "at": dict(connector.goes_on_at), "memory": memory, "told": told})


def _warn(work: Work, connector: Connector) -> list[str]:
    """Tell each sentence once in a read; those that have been told."""
    told = list(work.cursor.get("told", ()))
    new = [sentence for sentence in dict.fromkeys(connector.warnings) if sentence not in told]
    verdicts.warn(work, new)
    return told + new
