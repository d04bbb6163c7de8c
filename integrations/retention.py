"""What is past the retention and nobody needs any more is dropped at night, in batches.

Each batch is a transaction of its own: no long lock, flat memory, and a night that is cut short leaves the
rest to the next one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.models import Task

from integrations.choices import EventStatus
from integrations.ingest.uploads.purging import purge_uploads
from integrations.models import Alarm, AuditEntry, Entry, Event, HaloChange, Heartbeat, RawDelivery, Run
from integrations.runs.reaper import purge_permits

AT_ONCE: Final = 2000
HEARTBEATS_KEPT: Final = timedelta(days=7)
TASKS_KEPT: Final = timedelta(days=7)
"""Of the queue's own notes of what went well, some a minute; what matters of it stands in the runs.
django-q2's `save_limit` would count and lock them all at the end of each task."""
DONE_WITH: Final = (EventStatus.ROUTED, EventStatus.IGNORED)


def purge() -> None:
    """Delete finished runs without a preview, events that made no alert, deliveries that were worked off,
    refused or unreadable, the history of HaloPSA's objects, uploads, alarms that are over, ended tasks of the
    queue, ended sessions.

    What waits, and what an alert or a ticket tells of, stays. The retention is `HALOBRIDGE_RETENTION_DAYS`;
    that of the audit log is `HALOBRIDGE_AUDIT_DAYS` (0: for ever).
    """
    before = timezone.now() - timedelta(days=settings.HALOBRIDGE_RETENTION_DAYS)
    purge_permits()
    old_runs = Run.objects.filter(ended_at__lt=before, plan__isnull=True)
    _in_batches(Entry.objects.filter(run__in=old_runs.order_by().values("pk")))
    _in_batches(old_runs)
    _in_batches(Event.objects.filter(received_at__lt=before, alerts__isnull=True, status__in=DONE_WITH))
    _in_batches(_old_deliveries(before))
    _in_batches(HaloChange.objects.filter(noticed_at__lt=before))
    purge_uploads(before)
    _in_batches(Alarm.objects.filter(ended_at__lt=before))
    if kept := settings.HALOBRIDGE_AUDIT_DAYS:
        _in_batches(AuditEntry.objects.filter(at__lt=timezone.now() - timedelta(days=kept)))
    _in_batches(Task.objects.filter(success=True, stopped__lt=timezone.now() - TASKS_KEPT))
    _in_batches(Task.objects.filter(success=False, stopped__lt=before))
    _in_batches(Heartbeat.objects.filter(stamped_at__lt=timezone.now() - HEARTBEATS_KEPT))
    import_string(f"{settings.SESSION_ENGINE}.SessionStore").clear_expired()


def _old_deliveries(before: datetime) -> QuerySet[RawDelivery]:
    """All but what still waits to be read; what was refused or unreadable has been shown all that time."""
    return RawDelivery.objects.filter(received_at__lt=before, processed_at__isnull=False)


def _in_batches(rows: QuerySet[Any]) -> None:
    model: type[Model] = rows.model
    numbers = rows.order_by().values_list("pk", flat=True)
    while found := list(numbers[:AT_ONCE]):
        model._default_manager.filter(pk__in=found).delete()
