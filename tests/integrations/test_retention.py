"""What is past the retention is dropped at night, in batches; what waits or is needed stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from django_q.models import Task

from integrations.choices import EventStatus, RunKind, RunState
from integrations.ingest.deliveries import keep
from integrations.ingest.events import store_events
from integrations.models import Alarm, AlarmChannel, AlarmNotice, Entry, Event, HaloChange, RawDelivery, Run
from integrations.records import EventRecord
from integrations.retention import purge
from tests.builders import make_console, make_credential

pytestmark = pytest.mark.django_db


def test_events_that_wait_are_never_thrown_away() -> None:
    console = make_console()
    old = timezone.now() - timedelta(days=400)
    for status in EventStatus.values:
        store_events(console, [EventRecord(status, "backup.failed", "open", "Backup")])
        Event.objects.filter(external_id=status).update(status=status, received_at=old)
    purge()
    left = set(Event.objects.values_list("external_id", flat=True))
    assert left == {EventStatus.NEW, EventStatus.WAITING}


def test_sessions_that_have_ended_are_dropped_and_others_stay() -> None:
    for key, hours in (("ended", -1), ("open", 1)):
        Session.objects.create(session_key=key, expire_date=timezone.now() + timedelta(hours=hours))
    purge()
    assert [session.session_key for session in Session.objects.all()] == ["open"]


def test_history_past_the_retention_is_deleted_in_batches(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr("integrations.retention.AT_ONCE", 2)
    settings.HALOBRIDGE_RETENTION_DAYS = 30
    credential = make_credential()
    ages = [29, 31, 32, 33, 34, 35]
    HaloChange.objects.bulk_create(
        HaloChange(
            halo_credential=credential,
            resource="clients",
            halo_id=days,
            kind="renamed",
            noticed_at=timezone.now() - timedelta(days=days),
        )
        for days in ages
    )
    purge()
    assert list(HaloChange.objects.values_list("halo_id", flat=True)) == [29]


def test_deliveries_that_were_read_refused_or_unreadable_go_and_those_that_wait_stay() -> None:
    console, old = make_console(kind="push"), timezone.now() - timedelta(days=400)
    refused, unreadable, read, waiting = (
        keep(console, b"{}", "The secret is missing."),
        keep(console, b"no json"),
        keep(console, b"{}"),
        keep(console, b"{}"),
    )
    RawDelivery.objects.filter(pk=unreadable.pk).update(error="This is no JSON.", processed_at=old)
    RawDelivery.objects.filter(pk=read.pk).update(processed_at=old)
    RawDelivery.objects.update(received_at=old)
    fresh = keep(console, b"{}", "The secret is missing.")

    purge()

    assert set(RawDelivery.objects.values_list("pk", flat=True)) == {waiting.pk, fresh.pk}
    assert refused.pk not in {waiting.pk, fresh.pk}


def test_the_entries_of_a_run_go_with_it_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integrations.retention.AT_ONCE", 2)
    long_ago = timezone.now() - timedelta(days=400)
    old, fresh = (
        Run.objects.create(kind=RunKind.TEST_CONSOLE, state=RunState.SUCCEEDED, ended_at=ended)
        for ended in (long_ago, timezone.now())
    )
    for run in (old, fresh):
        Entry.objects.bulk_create(Entry(run=run, outcome="warning", reason=str(at)) for at in range(5))

    purge()

    assert list(Run.objects.all()) == [fresh]
    assert Entry.objects.count() == 5


def test_alarms_that_are_over_are_dropped_with_what_was_told() -> None:
    long_ago = timezone.now() - timedelta(days=400)
    over = Alarm.objects.create(kind="queue", key="a", title="x", began_at=long_ago, ended_at=long_ago)
    channel = AlarmChannel.objects.create(name="Duty", kind="mail", recipients="duty@example.com")
    AlarmNotice.objects.create(alarm=over, channel=channel)
    lasts = Alarm.objects.create(kind="queue", key="b", title="x", began_at=long_ago)

    purge()

    assert list(Alarm.objects.all()) == [lasts]
    assert not AlarmNotice.objects.exists()


def test_tasks_that_went_well_are_kept_for_a_week_and_failed_ones_as_long_as_runs(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr("integrations.retention.AT_ONCE", 2)
    settings.HALOBRIDGE_RETENTION_DAYS = 30
    now = timezone.now()
    for success, ages in ((True, (6, 8, 9, 10, 400)), (False, (8, 29, 31))):
        for days in ages:
            at = now - timedelta(days=days)
            name = f"{'done' if success else 'failed'} {days}"
            Task.objects.create(id=name, name=name, func="f", started=at, stopped=at, success=success)

    purge()

    assert set(Task.objects.values_list("name", flat=True)) == {"done 6", "failed 8", "failed 29"}
