"""The project's own schedules: made again without doubling, asking only for what is due."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import Schedule

from integrations.choices import ConnectionState, RunKind
from integrations.models import Heartbeat, Run
from integrations.schedules import canary, ensure_schedules, nightly, tick
from tests.builders import make_console, make_credential

pytestmark = pytest.mark.django_db


def kinds() -> list[str]:
    return sorted(Run.objects.values_list("kind", flat=True))


def test_making_them_twice_makes_them_once() -> None:
    ensure_schedules()
    before = sorted(Schedule.objects.values_list("name", "func", "cluster", "next_run"))
    ensure_schedules()
    assert sorted(Schedule.objects.values_list("name", "func", "cluster", "next_run")) == before
    assert len(before) == 4


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
    assert kinds() == sorted(
        [RunKind.EVENTS, RunKind.SYNC_CONSOLE, RunKind.SYNC_HALO, RunKind.ROUTE, RunKind.DELIVER]
    )
    tick()
    assert len(kinds()) == 5


def test_a_tick_leaves_alone_what_is_fresh_broken_or_switched_off() -> None:
    long_ago = timezone.now() - timedelta(days=1)
    make_credential(synced_at=timezone.now(), enabled=False)
    make_credential(synced_at=long_ago, state=ConnectionState.FAILED, enabled=False)
    make_console(kind="msp360", synced_at=timezone.now(), events_read_at=timezone.now())
    make_console(kind="msp360", synced_at=long_ago, state=ConnectionState.FAILED)
    tick()
    assert kinds() == [RunKind.ROUTE]


def test_the_night_tests_every_credential_and_looks_for_doubles() -> None:
    make_credential()
    nightly()
    assert kinds() == [RunKind.SWEEP, RunKind.TEST_HALO]
