"""The project's own schedules: made by itself, safe to make again.

django-q2 looks at schedules every 30 s only, so one *tick* a minute asks for whatever is due; what each
console and credential needs is read from the rows themselves, not from a schedule each.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django_q.models import Schedule

from integrations.choices import ConnectionState, RunKind
from integrations.models import Console, Event, HaloCredential, Heartbeat, RawDelivery, Run
from integrations.registry import connector_class
from integrations.runs.claim import stamp
from integrations.runs.reaper import purge_permits, reap
from integrations.runs.request import (
    request_console_sync,
    request_delivery,
    request_events,
    request_halo_sync,
    request_halo_test,
    request_routing,
    request_run,
)


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
        "halobridge: nightly": {"func": "integrations.schedules.nightly", "cluster": main},
    }
    with transaction.atomic():
        for name, values in wanted.items():
            nightly = name.endswith("nightly")
            Schedule.objects.update_or_create(
                name=name,
                defaults={
                    **values,
                    "schedule_type": Schedule.DAILY if nightly else Schedule.MINUTES,
                    "minutes": None if nightly else 1,
                    "repeats": -1,
                },
                create_defaults={
                    **values,
                    "schedule_type": Schedule.DAILY if nightly else Schedule.MINUTES,
                    "minutes": None if nightly else 1,
                    "repeats": -1,
                    "next_run": _three_in_the_morning() if nightly else timezone.now(),
                },
            )


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
    for console in _consoles_due("events_read_at", settings.HALOBRIDGE_EVENT_INTERVAL, now):
        if connector_class(console.kind).abilities.events:
            request_events(console)
    for console in _consoles_due("synced_at", settings.HALOBRIDGE_SYNC_INTERVAL, now):
        if connector_class(console.kind).abilities.computers:
            request_console_sync(console)
    old = Q(synced_at__lte=now - timedelta(minutes=settings.HALOBRIDGE_SYNC_INTERVAL))
    for credential in HaloCredential.objects.filter(old, enabled=True, state=ConnectionState.WORKING):
        request_halo_sync(credential)
    request_routing()
    for credential in HaloCredential.objects.filter(enabled=True).select_related("instance"):
        request_delivery(credential.instance)


def _consoles_due(field: str, minutes: int, now: datetime) -> list[Console]:
    due = Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__lte": now - timedelta(minutes=minutes)})
    return list(
        Console.objects.filter(due, enabled=True, state=ConnectionState.WORKING, synced_at__isnull=False)
    )


def nightly() -> None:
    """Test connections again, look for doubles, drop what is older than the retention."""
    for credential in HaloCredential.objects.filter(enabled=True).select_related("instance"):
        request_halo_test(credential)
        request_run(RunKind.SWEEP, halo_credential=credential, slot=f"sweep:{credential.pk}")
    purge()


def purge() -> None:
    """Delete finished runs, routed events without an alert and stamps past the retention."""
    before = timezone.now() - timedelta(days=settings.HALOBRIDGE_RETENTION_DAYS)
    purge_permits()
    Run.objects.filter(ended_at__lt=before, plan__isnull=True).delete()
    Event.objects.filter(received_at__lt=before, alerts__isnull=True).delete()
    RawDelivery.objects.filter(received_at__lt=before, error="").delete()
    Heartbeat.objects.filter(stamped_at__lt=timezone.now() - timedelta(days=7)).delete()
