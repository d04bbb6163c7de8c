"""What is an alarm."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from halobridge.alarms import AlarmWatch
from halobridge.alarms.failures import all_failures
from integrations.choices import ConnectionState, IntentionState, RunKind, RunState
from integrations.ingest.rhythm import learn_rhythm, note_last_events
from integrations.models import Alarm, Console, Heartbeat
from tests.builders import make_console, make_credential, make_intention
from tests.halobridge.admin.rows import make_ticket
from tests.halobridge.alarms.world import keys, queue_at_work
from tests.integrations.admin.made import make_event, make_held_loss, make_plan, make_run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _queue() -> None:
    queue_at_work()


def test_nothing_fails_where_all_is_well() -> None:
    make_credential()
    make_console()
    assert keys() == []


def test_a_cluster_that_was_at_work_nowhere_for_three_minutes() -> None:
    queue_at_work(timedelta(minutes=4))
    assert keys() == ["queue:halobridge", "queue:delivery"]
    Heartbeat.objects.create(host="another", cluster="delivery", stamped_at=timezone.now())
    assert keys() == ["queue:halobridge"]


def test_a_queue_that_was_just_started_is_given_time() -> None:
    queue_at_work(timedelta(days=1))
    AlarmWatch().look()
    assert not Alarm.objects.exists()


def test_a_connection_that_fails_its_test_unless_it_is_off() -> None:
    broken = make_credential(state=ConnectionState.FAILED, state_reason="The secret has ended.")
    console = make_console(state=ConnectionState.FAILED)
    make_console(state=ConnectionState.FAILED, enabled=False)
    assert keys() == [f"halocredential:{broken.pk}", f"console:{console.pk}"]


def test_a_loss_and_updates_that_wait_for_an_approval() -> None:
    credential = make_credential()
    loss = make_held_loss(credential)
    plan = make_plan(credential)
    run = make_run(
        kind=RunKind.KEEP_ASSETS, state=RunState.WAITING, halo_credential=credential, plan=plan, error="Look."
    )
    assert keys() == [f"loss:{loss.pk}", f"run:{run.pk}"]
    loss.dismissed_at = timezone.now()
    loss.save()
    assert keys() == [f"run:{run.pk}"]


def test_many_refused_tickets_of_a_credential_are_one_alarm() -> None:
    credential = make_credential()
    for _ in range(3):
        make_ticket(credential, state="refused")
    make_ticket(make_credential(), state="refused", is_test=True)
    assert keys() == [f"refused:{credential.pk}"]


def test_writes_that_only_staff_can_decide_about() -> None:
    credential = make_credential()
    make_intention(credential, state=IntentionState.STAFF)
    make_intention(credential, state=IntentionState.UNCERTAIN)  # is looked up by itself
    assert keys() == [f"uncertain:{credential.pk}"]


# ---- consoles that fall silent ---------------------------------------------------------------


def make_rhythm(console: Console, *days_ago: float) -> None:
    """Events at these times; the console's rhythm is learned from them."""
    for days in days_ago:
        make_event(console, received_at=timezone.now() - timedelta(days=days))
    learn_rhythm()


def test_a_console_silent_for_longer_than_usual() -> None:
    daily, weekly = make_console(), make_console()
    make_rhythm(daily, *(2.0 + day for day in range(12)))
    make_rhythm(weekly, *(2.0 + day for day in range(10)), 19.0)
    # Both are silent for two days; one of them has been so for a week before.
    assert keys() == [f"silence:{daily.pk}"]


def test_half_a_day_is_never_too_long() -> None:
    console = make_console()
    make_rhythm(console, *(0.4 + hours / 24 for hours in range(24 * 8)))
    console.refresh_from_db()
    assert console.longest_silence == 60
    assert keys() == []


def test_what_is_known_for_less_than_a_week_has_no_rhythm() -> None:
    console = make_console()
    make_rhythm(console, *(2.0 + day / 4 for day in range(20)))
    console.refresh_from_db()
    assert console.longest_silence is None
    assert keys() == []


def test_a_silence_ends_within_the_hour_after_an_event() -> None:
    console = make_console()
    make_rhythm(console, *(3.0 + day for day in range(12)))
    assert keys() == [f"silence:{console.pk}"]
    make_event(console, received_at=timezone.now())
    note_last_events()
    assert keys() == []


def test_a_silent_console_whose_connection_is_broken_is_one_alarm() -> None:
    console = make_console()
    make_rhythm(console, *(3.0 + day for day in range(12)))
    Console.objects.update(state=ConnectionState.FAILED)
    assert keys() == [f"console:{console.pk}"]


def test_the_number_of_statements_does_not_grow() -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            all_failures(timezone.now(), judge_queue=True)
        return len(seen)

    def add() -> None:
        credential = make_credential(state=ConnectionState.FAILED)
        make_held_loss(credential)
        make_ticket(credential, state="refused")
        make_intention(credential, state=IntentionState.STAFF)

    add()
    before = statements()
    for _ in range(4):
        add()
    assert statements() == before <= 8
