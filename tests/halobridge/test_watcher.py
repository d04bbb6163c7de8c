"""The watcher outside the queue: it wakes what is due, sends canaries, and says when a cluster is dead."""

from __future__ import annotations

import socket
from datetime import datetime

import pytest
import time_machine
from django.db.utils import OperationalError
from django_q.models import OrmQ

from halobridge.watcher import QueueWatcher
from integrations.choices import RunKind
from integrations.models import Heartbeat
from integrations.runs.claim import claim, stamp
from integrations.runs.request import request_run

pytestmark = pytest.mark.django_db
START = datetime.fromisoformat("2026-11-20T12:00:00+00:00")


def test_a_cluster_that_works_is_left_alone() -> None:
    with time_machine.travel(START, tick=False) as clock:
        watcher = QueueWatcher(("delivery",))
        for _ in range(10):
            clock.shift(60)
            stamp("delivery")
            assert watcher.look() == []
    assert not OrmQ.objects.exists()


def test_a_quiet_cluster_gets_several_canaries_and_is_dead_after_three_minutes() -> None:
    with time_machine.travel(START, tick=False) as clock:
        watcher = QueueWatcher(("delivery",))
        clock.shift(110)
        assert watcher.look() == []
        assert OrmQ.objects.filter(key="delivery").count() == 4
        clock.shift(75)
        assert watcher.look() == ["delivery"]
        assert watcher.look() == []


def test_a_live_lease_is_a_sign_of_life() -> None:
    with time_machine.travel(START, tick=False) as clock:
        watcher = QueueWatcher(("halobridge",))
        clock.shift(100)
        claim(request_run(RunKind.CANARY).pk)
        clock.shift(100)
        assert watcher.look() == []
        clock.shift(100)
        assert watcher.look() == ["halobridge"]


def test_the_stamp_of_another_host_does_not_hide_a_dead_cluster_here() -> None:
    with time_machine.travel(START, tick=False) as clock:
        watcher = QueueWatcher(("delivery",))
        clock.shift(200)
        Heartbeat.objects.create(
            host=f"not-{socket.gethostname()}", cluster="delivery", stamped_at=datetime.now().astimezone()
        )
        assert watcher.look() == ["delivery"]


def test_a_database_that_is_away_for_a_while_is_no_reason_to_die(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> int:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr("halobridge.watcher.reap", away)
    monkeypatch.setattr("halobridge.watcher.close_old_connections", lambda: None)
    assert QueueWatcher(("delivery",)).look() == []
