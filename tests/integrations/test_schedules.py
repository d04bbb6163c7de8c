"""The project's own schedules: made again without doubling, asking only for what is due."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from django_q.models import Schedule

from integrations.choices import ConnectionState, EventStatus, ReadState, RunKind, RunState
from integrations.ingest.events import store_events
from integrations.models import Event, Heartbeat, MirrorState, Run, SyncSettings
from integrations.records import EventRecord
from integrations.runs.request import request_delivery
from integrations.schedules import canary, ensure_schedules, nightly, purge, tick
from tests.builders import make_console, make_credential, make_intention

pytestmark = pytest.mark.django_db


def kinds() -> list[str]:
    return sorted(Run.objects.values_list("kind", flat=True))


def test_making_them_twice_makes_them_once() -> None:
    ensure_schedules()
    before = sorted(Schedule.objects.values_list("name", "func", "cluster", "next_run"))
    ensure_schedules()
    assert sorted(Schedule.objects.values_list("name", "func", "cluster", "next_run")) == before
    assert len(before) == 7


def test_a_schedule_of_somebody_else_stays() -> None:
    Schedule.objects.create(name="theirs", func="math.floor")
    ensure_schedules()
    assert Schedule.objects.filter(name="theirs").exists()


def test_each_cluster_has_its_canary() -> None:
    ensure_schedules()
    clusters = Schedule.objects.filter(func__endswith="canary").values_list("cluster", flat=True)
    assert sorted(clusters) == ["delivery", "halobridge"]
    canary("delivery")
    canary("delivery")
    assert Heartbeat.objects.get().cluster == "delivery"


def test_a_tick_asks_for_what_is_due_and_a_second_one_for_nothing_more() -> None:
    long_ago = timezone.now() - timedelta(days=1)
    make_credential(synced_at=long_ago)
    make_console(kind="msp360", synced_at=long_ago)
    make_console(kind="push", synced_at=long_ago)
    tick()
    assert kinds() == sorted([RunKind.DELIVER, RunKind.EVENTS, RunKind.SYNC_CONSOLE, RunKind.SYNC_HALO])
    tick()
    assert len(kinds()) == 4


@pytest.mark.parametrize(
    ("kind", "chosen", "minutes", "due"),
    [
        ("msp360", None, 2, True),
        ("connectsecure", None, 29, False),
        ("connectsecure", None, 31, True),
        ("connectsecure", 5, 6, True),
        ("msp360", 10, 9, False),
        ("itglue", None, 600, False),
    ],
)
def test_events_are_fetched_as_often_as_staff_say_or_as_is_usual_for_the_kind(
    kind: str, chosen: int | None, minutes: int, due: bool
) -> None:
    now = timezone.now()
    make_console(
        kind=kind, synced_at=now, event_minutes=chosen, events_read_at=now - timedelta(minutes=minutes)
    )
    tick()
    assert (RunKind.EVENTS in kinds()) == due


def test_a_sync_that_runs_is_not_asked_for_again_however_long_it_takes() -> None:
    make_credential(synced_at=None)
    tick()
    Run.objects.filter(kind=RunKind.SYNC_HALO).update(state=RunState.RUNNING)
    tick()
    run = Run.objects.get(kind=RunKind.SYNC_HALO)
    assert not run.dirty


def test_all_is_read_when_it_is_due_and_changes_only_in_between() -> None:
    long_ago = timezone.now() - timedelta(hours=2)
    for name, hours in (("often", 1), ("seldom", 24)):
        credential = make_credential(name=name, synced_at=long_ago)
        SyncSettings.objects.create(halo_credential=credential, full_hours=hours)
        MirrorState.objects.create(
            halo_credential=credential, resource="clients", state=ReadState.DONE, full_at=long_ago
        )
    tick()
    syncs = Run.objects.filter(kind=RunKind.SYNC_HALO).values_list("halo_credential__name", "parameters")
    assert dict(syncs) == {"often": {"full": True}, "seldom": {"full": False}}


def test_with_nothing_to_do_each_instance_is_looked_at_every_ten_minutes() -> None:
    make_credential(synced_at=timezone.now())
    make_console(synced_at=timezone.now())
    tick()
    assert kinds() == [RunKind.DELIVER]
    Run.objects.update(state=RunState.SUCCEEDED)
    tick()
    assert kinds() == [RunKind.DELIVER]
    Run.objects.update(requested_at=timezone.now() - timedelta(minutes=11))
    tick()
    assert kinds() == [RunKind.DELIVER, RunKind.DELIVER]


def test_a_first_read_that_failed_is_asked_for_again() -> None:
    make_credential(synced_at=None)
    make_console(kind="msp360", synced_at=None)
    tick()
    assert kinds() == sorted([RunKind.DELIVER, RunKind.SYNC_CONSOLE, RunKind.SYNC_HALO])


def test_what_failed_its_test_is_tested_again_after_a_while() -> None:
    soon, later = timezone.now(), timezone.now() - timedelta(minutes=11)
    make_credential(state=ConnectionState.FAILED, tested_at=soon)
    make_credential(state=ConnectionState.FAILED, tested_at=later)
    make_console(state=ConnectionState.FAILED, tested_at=later)
    tick()
    asked = [kind for kind in kinds() if kind != RunKind.DELIVER]
    assert asked == sorted([RunKind.TEST_HALO, RunKind.TEST_CONSOLE])


def test_what_was_left_behind_is_routed_and_delivered() -> None:
    credential = make_credential(synced_at=timezone.now())
    make_intention(credential)
    console = make_console(synced_at=timezone.now())
    store_events(console, [EventRecord("e1", "backup.failed", "open", "Backup")])
    tick()
    assert kinds() == sorted([RunKind.DELIVER, RunKind.ROUTE])


def test_a_delivery_that_failed_is_asked_for_again() -> None:
    credential = make_credential(synced_at=timezone.now())
    run = request_delivery(credential.instance)
    Run.objects.filter(pk=run.pk).update(state=RunState.FAILED)
    tick()
    assert kinds() == [RunKind.DELIVER, RunKind.DELIVER]


def test_events_that_wait_are_never_thrown_away() -> None:
    console = make_console()
    old = timezone.now() - timedelta(days=400)
    for status in EventStatus.values:
        store_events(console, [EventRecord(status, "backup.failed", "open", "Backup")])
        Event.objects.filter(external_id=status).update(status=status, received_at=old)
    purge()
    left = set(Event.objects.values_list("external_id", flat=True))
    assert left == {EventStatus.NEW, EventStatus.WAITING}


def test_a_tick_leaves_alone_what_is_fresh_broken_or_switched_off() -> None:
    long_ago = timezone.now() - timedelta(days=1)
    make_credential(synced_at=timezone.now(), enabled=False)
    make_credential(synced_at=long_ago, state=ConnectionState.FAILED, enabled=False)
    make_console(kind="msp360", synced_at=timezone.now(), events_read_at=timezone.now())
    make_console(kind="msp360", synced_at=long_ago, state=ConnectionState.FAILED)
    tick()
    assert kinds() == []


def test_the_night_tests_every_connection_and_profile_and_looks_for_doubles() -> None:
    make_credential()
    make_console()
    nightly()
    assert kinds() == sorted([RunKind.PREFLIGHT, RunKind.SWEEP, RunKind.TEST_CONSOLE, RunKind.TEST_HALO])


def test_a_credential_is_read_at_the_interval_of_its_own_settings() -> None:
    lately = timezone.now() - timedelta(minutes=20)
    often, usual = (make_credential(name=name, synced_at=lately) for name in ("Often", "Usual"))
    SyncSettings.objects.create(halo_credential=often, interval_minutes=10)
    tick()
    asked = Run.objects.filter(kind=RunKind.SYNC_HALO).values_list("halo_credential", flat=True)
    assert set(asked) == {often.pk}
    type(usual).objects.filter(pk=usual.pk).update(synced_at=timezone.now() - timedelta(days=1))
    tick()
    assert set(asked.all()) == {often.pk, usual.pk}


def test_sessions_that_have_ended_are_dropped_and_others_stay() -> None:
    for key, hours in (("ended", -1), ("open", 1)):
        Session.objects.create(session_key=key, expire_date=timezone.now() + timedelta(hours=hours))
    purge()
    assert [session.session_key for session in Session.objects.all()] == ["open"]
