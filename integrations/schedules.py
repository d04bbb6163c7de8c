"""The project's own schedules: made by itself, safe to make again.

django-q2 looks at schedules every 30 s only, so one *tick* a minute asks for whatever is due; what each
console and credential needs is read from the rows themselves, not from a schedule each.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone
from django_q.models import Schedule

from integrations.choices import (
    TICKET_WRITES,
    ConnectionState,
    EventStatus,
    IntentionKind,
    IntentionState,
    RunKind,
    RunState,
)
from integrations.ingest.deliveries import to_read
from integrations.ingest.rhythm import learn_rhythm, note_last_events
from integrations.ingest.software_due import credentials_with_software_due
from integrations.models import (
    OPEN_STATES,
    Console,
    Event,
    HaloCredential,
    Instance,
    Intention,
    MirrorState,
    Run,
    SyncSettings,
)
from integrations.registry import connector_class
from integrations.retention import purge
from integrations.runs.claim import stamp
from integrations.runs.reaper import reap
from integrations.runs.request import (
    request_background_software,
    request_console_sync,
    request_console_test,
    request_deliveries,
    request_delivery,
    request_events,
    request_gaps,
    request_halo_sync,
    request_halo_test,
    request_preflight,
    request_routing,
    request_run,
    request_watch,
)
from integrations.runs.sync_settings import full_is_due, interval_of, settings_of_many

RETEST_AFTER = timedelta(minutes=10)
LOOK_AGAIN = timedelta(minutes=10)
SOFTWARE_AGAIN = timedelta(hours=1)
EARLY = timedelta(seconds=15)
"""A read begins a little after its tick: without this it would be due at every second tick only."""


def ensure_schedules() -> None:
    """Make or correct the project's schedules. Names are ours; anything else in the table stays."""
    main, delivery = settings.Q_CLUSTER["name"], settings.DELIVERY_CLUSTER
    wanted = {
        "halobridge: tick": {"func": "integrations.schedules.tick", "cluster": main},
        "halobridge: canary": {"func": "integrations.schedules.canary", "cluster": main, "args": repr(main)},
        "halobridge: canary of delivery": {
            "func": "integrations.schedules.canary",
            "cluster": delivery,
            "args": repr(delivery),
        },
        "halobridge: hourly": {"func": "integrations.schedules.hourly", "cluster": main},
        "halobridge: nightly": {"func": "integrations.schedules.nightly", "cluster": main},
        **{name: {"func": func, "cluster": main} for name, func in settings.HALOBRIDGE_SCHEDULES.items()},
    }
    with transaction.atomic():
        for name, values in wanted.items():
            values |= {**_rhythm(name), "repeats": -1}
            Schedule.objects.update_or_create(
                name=name, defaults=values, create_defaults={**values, "next_run": _first_time(name)}
            )


def _rhythm(name: str) -> dict[str, Any]:
    kinds = {"hourly": Schedule.HOURLY, "nightly": Schedule.DAILY}
    kind = kinds.get(name.rpartition(" ")[2], Schedule.MINUTES)
    return {"schedule_type": kind, "minutes": 1 if kind == Schedule.MINUTES else None}


def _first_time(name: str) -> datetime:
    if name.endswith("nightly"):
        return _three_in_the_morning()
    return timezone.now()


def _three_in_the_morning() -> datetime:
    local = timezone.localtime()
    return local.replace(hour=3, minute=0, second=0, microsecond=0) + timedelta(days=1)


def canary(cluster: str) -> None:
    """Stamp that this cluster still takes tasks."""
    stamp(cluster)


def tick() -> None:
    """Ask for everything that is due. Runs as a task, any number of times, on any machine."""
    reap()
    now = timezone.now()
    _test_again(now)
    # A read of several steps outlasts a tick: asking again would have it go round at once.
    reading = _busy(RunKind.EVENTS, "console")
    for console in _due(Console, "events_read_at", settings.HALOBRIDGE_EVENT_INTERVAL, now):
        if console.pk not in reading and _has_events_due(console, now):
            request_events(console)
    syncing = _busy(RunKind.SYNC_CONSOLE, "console")
    for console in _due(Console, "synced_at", settings.HALOBRIDGE_SYNC_INTERVAL, now):
        if console.pk not in syncing and connector_class(console.kind).abilities.computers:
            request_console_sync(console)
    _sync_halo(now)
    _read_software(now)
    _watch_tickets(now)
    _ask_for_what_waits()


def _has_events_due(console: Console, now: datetime) -> bool:
    """By the minutes that staff have chosen, else by what is usual for the kind."""
    connector = connector_class(console.kind)
    abilities = connector.abilities
    if not (abilities.mails or (abilities.events and console.synced_at)):
        return False
    minutes = timedelta(minutes=console.event_minutes or connector.event_minutes) - EARLY
    return console.events_read_at is None or console.events_read_at <= now - minutes


def _sync_halo(now: datetime) -> None:
    """What is due and not being read already; all of it only when that is due."""
    busy = _busy(RunKind.SYNC_HALO, "halo_credential")
    working = HaloCredential.objects.filter(enabled=True, state=ConnectionState.WORKING)
    idle = [credential for credential in working.select_related("instance") if credential.pk not in busy]
    chosen = settings_of_many(idle)
    wanted = [row for row in idle if _is_due(row, chosen[row.pk], now)]
    states = defaultdict[int, list[MirrorState]](list)
    for state in MirrorState.objects.filter(halo_credential__in=wanted):
        states[state.halo_credential_id].append(state)
    for credential in wanted:
        full = full_is_due(chosen[credential.pk], states[credential.pk], now)
        request_halo_sync(credential, full=full)


def _is_due(credential: HaloCredential, chosen: SyncSettings, now: datetime) -> bool:
    return credential.synced_at is None or credential.synced_at <= now - interval_of(chosen)


def _busy(kind: str, whose: str) -> set[int]:
    """Consoles or credentials (`whose`) with such a run under way."""
    return set(Run.objects.filter(kind=kind, state__in=OPEN_STATES).values_list(whose, flat=True))


def _read_software(now: datetime) -> None:
    """The slow slice of installed software, once an hour at most: a run goes on until nothing is due."""
    lately = Run.objects.filter(kind=RunKind.SOFTWARE, parameters__background=True).filter(
        Q(state__in=OPEN_STATES) | Q(requested_at__gt=now - SOFTWARE_AGAIN)
    )
    for credential in credentials_with_software_due(
        now, without=lately.values_list("halo_credential", flat=True)
    ):
        request_background_software(credential)


def _watch_tickets(now: datetime) -> None:
    """The safety net under HaloPSA's webhooks: now and then it is asked for what has changed."""
    since = now - timedelta(minutes=settings.HALOBRIDGE_WATCH_INTERVAL)
    lately = Run.objects.filter(kind=RunKind.WATCH, parameters__has_key="polled", requested_at__gt=since)
    due = _with_tickets().filter(state=ConnectionState.WORKING)
    for credential in due.exclude(pk__in=lately.values("halo_credential")):
        request_watch(credential, poll=True)


def _with_tickets() -> QuerySet[HaloCredential]:
    """Credentials with which a ticket was ever made."""
    made = Intention.objects.filter(kind=IntentionKind.CREATE_TICKET, state=IntentionState.DONE)
    enabled = HaloCredential.objects.filter(enabled=True).select_related("instance")
    return enabled.filter(Exists(made.filter(halo_credential=OuterRef("pk"))))


def _due(model: type[Any], field: str, minutes: int, now: datetime) -> list[Any]:
    """Working rows that were never read, or not for so long."""
    before = now - timedelta(minutes=minutes) + EARLY
    due = Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__lte": before})
    return list(model.objects.filter(due, enabled=True, state=ConnectionState.WORKING))


def _test_again(now: datetime) -> None:
    """What failed a test may have been down for a while only: it comes back by itself."""
    failed = Q(enabled=True, state=ConnectionState.FAILED, tested_at__lte=now - RETEST_AFTER)
    for credential in HaloCredential.objects.filter(failed).select_related("instance"):
        request_halo_test(credential)
    for console in Console.objects.filter(failed):
        request_console_test(console)


def _ask_for_what_waits() -> None:
    """The safety net under the doors, which ask by themselves: where nothing waits, nothing is asked for."""
    for console in Console.objects.filter(pk__in=to_read().values("console")):
        request_deliveries(console)
    if Event.objects.filter(status=EventStatus.NEW).exists() or _last_failed(RunKind.ROUTE):
        request_routing()
    unfinished = (IntentionState.PLANNED, IntentionState.SENDING, IntentionState.UNCERTAIN)
    waiting = Intention.objects.filter(state__in=unfinished, kind__in=TICKET_WRITES).values("instance")
    due = Q(pk__in=waiting) | Q(pk__in=_last_failed(RunKind.DELIVER))
    used = Instance.objects.filter(credentials__enabled=True).distinct()
    for instance in used.filter(due | ~Q(pk__in=_delivered_lately())):
        request_delivery(instance)


def _delivered_lately() -> list[int | None]:
    """What changed without anybody asking (a mode, a switch) is looked at every ten minutes all the same."""
    since = timezone.now() - LOOK_AGAIN
    runs = Run.objects.filter(kind=RunKind.DELIVER, requested_at__gt=since).order_by()
    return list(runs.values_list("instance", flat=True).distinct())


def _last_failed(kind: str) -> list[int | None]:
    """Instances (None: no instance) whose newest run of this kind failed; what it was to do still waits."""
    newest = Run.objects.filter(kind=kind).order_by().values("instance").annotate(newest=Max("pk"))
    failed = Run.objects.filter(pk__in=newest.values("newest"), state=RunState.FAILED)
    return list(failed.values_list("instance", flat=True))


def nightly() -> None:
    """Test connections and profiles again, look for doubles, drop what is older than the retention."""
    for credential in HaloCredential.objects.filter(enabled=True).select_related("instance"):
        request_halo_test(credential)
        request_run(RunKind.SWEEP, halo_credential=credential, slot=f"sweep:{credential.pk}")
        request_preflight(credential)
    for credential in _with_tickets():
        request_watch(credential, everything=True)
    for console in Console.objects.filter(enabled=True):
        request_console_test(console)
    learn_rhythm()
    purge()


def hourly() -> None:
    """Note who told something, look for gaps; on the first of a month count the last, until that is done."""
    note_last_events()
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    for credential in HaloCredential.objects.filter(enabled=True, synced_at__isnull=False):
        request_gaps(credential)
        runs = Run.objects.filter(kind=RunKind.COUNTS, halo_credential=credential, requested_at__gte=today)
        if today.day == 1 and not runs.exclude(state=RunState.FAILED).exists():
            request_run(RunKind.COUNTS, halo_credential=credential, slot=f"counts:{credential.pk}")
