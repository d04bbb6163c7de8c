"""Once when it fails and once when it is over, whatever restarts, repeats or runs at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from halobridge.alarms import book as booking
from halobridge.alarms import post
from halobridge.alarms.book import book
from integrations.choices import AlarmKind, ChannelKind
from integrations.models import Alarm, AlarmChannel, AlarmNotice
from integrations.net.errors import LostAnswer, NetError, ServerFailed, Unreachable
from tests.halobridge.alarms.world import FAILURE, a_round, make_channel, states

pytestmark = pytest.mark.django_db
NOTHING_FAILS: dict[AlarmKind, list[object]] = {kind: [] for kind in AlarmKind}


def test_it_is_told_when_it_begins_and_when_it_is_over() -> None:
    make_channel()
    for failures in ((FAILURE,), (FAILURE,), (), ()):
        a_round(*failures)
    subjects = [message.subject for message in mail.outbox]
    assert subjects == [
        "HaloBridge: The connection “Backup” is broken.",
        "HaloBridge: Over: The connection “Backup” is broken.",
    ]
    assert "It said no." in mail.outbox[0].body
    assert mail.outbox[0].to == ["duty@example.com"]
    assert Alarm.objects.get().ended_at


def test_a_channel_is_told_of_the_alarms_that_were_chosen_for_it() -> None:
    make_channel(recipients="desk@example.com", alarms=[AlarmKind.APPROVAL])
    make_channel(recipients="duty@example.com", alarms=[AlarmKind.CONNECTION, AlarmKind.QUEUE])
    make_channel(recipients="all@example.com")
    for failures in ((FAILURE,), ()):
        a_round(*failures)
    told = [message.to[0] for message in mail.outbox]
    assert sorted(told) == ["all@example.com", "all@example.com", "duty@example.com", "duty@example.com"]


def test_what_fails_again_later_is_a_new_alarm() -> None:
    make_channel()
    for failures in ((FAILURE,), (), (FAILURE,)):
        a_round(*failures)
    assert len(mail.outbox) == 3
    assert Alarm.objects.count() == 2


def test_a_watcher_that_starts_again_repeats_nothing() -> None:
    make_channel()
    a_round(FAILURE)
    # All that is known is in the database: another process begins with the same.
    a_round(replace(FAILURE, text="It says no in other words."))
    assert len(mail.outbox) == 1


def test_of_two_watchers_at_the_same_moment_one_begins_and_one_ends() -> None:
    make_channel()
    now = timezone.now()
    for _ in range(2):  # the second one looked before the first had stored anything
        booking._begin([FAILURE], now)
    assert Alarm.objects.count() == AlarmNotice.objects.count() == 1
    post.send_waiting(now)
    for _ in range(2):
        booking._end(Alarm.objects.get().pk, now)
    assert [over for over, _ in states()] == [False, True]


def test_a_message_that_another_watcher_holds_is_not_sent() -> None:
    make_channel()
    now = timezone.now()
    book({AlarmKind.CONNECTION: [FAILURE]}, now)
    seen = AlarmNotice.objects.select_related("alarm", "channel").get()
    assert post._claim(AlarmNotice.objects.get(), now)
    assert not post._claim(seen, now)


def test_a_message_whose_watcher_died_is_not_sent_again() -> None:
    make_channel()
    now = timezone.now()
    book({AlarmKind.CONNECTION: [FAILURE]}, now)
    post._claim(AlarmNotice.objects.get(), now)
    a_round(FAILURE, now=now + timedelta(minutes=11))
    assert states() == [(False, "lost")]
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("problem", "state"),
    [
        (LostAnswer("No answer came."), "lost"),
        (Unreachable("It cannot be reached."), "waiting"),
        (ServerFailed("It says that it failed.", status=500), "waiting"),
    ],
)
def test_what_surely_did_not_arrive_is_sent_again_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, problem: NetError, state: str
) -> None:
    channel = make_channel()

    def fail(*_: object) -> None:
        raise problem

    with monkeypatch.context() as patched:
        patched.setattr(post, "send", fail)
        a_round(FAILURE)
    assert states() == [(False, state)]
    assert AlarmChannel.objects.get(pk=channel.pk).problem == str(problem)
    a_round(FAILURE)
    assert mail.outbox == []
    a_round(FAILURE, now=timezone.now() + timedelta(minutes=2))
    assert len(mail.outbox) == (1 if state == "waiting" else 0)


def test_it_is_given_up_after_two_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    make_channel()

    def fail(*_: object) -> None:
        raise Unreachable("It cannot be reached.")

    monkeypatch.setattr(post, "send", fail)
    for hour in range(post.MOST_TRIES + 2):
        a_round(FAILURE, now=timezone.now() + timedelta(hours=3 * hour))
    assert states() == [(False, "failed")]
    assert AlarmNotice.objects.get().tries == post.MOST_TRIES


def test_what_is_over_before_it_could_be_told_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    make_channel()

    def fail(*_: object) -> None:
        raise Unreachable("It cannot be reached.")

    monkeypatch.setattr(post, "send", fail)
    a_round(FAILURE)
    a_round()
    assert states() == [(False, "needless")]


def test_kinds_that_were_not_judged_stay_as_they_are() -> None:
    make_channel()
    a_round(FAILURE)
    book({AlarmKind.QUEUE: []}, timezone.now())
    assert Alarm.objects.get().ended_at is None


def test_channels_that_are_off_and_heartbeats_are_told_nothing() -> None:
    make_channel(enabled=False)
    make_channel(ChannelKind.HEARTBEAT, address="https://beat.example/key")
    a_round(FAILURE)
    assert states() == []


def test_an_unchanged_world_costs_one_statement() -> None:
    make_channel()
    a_round(FAILURE)
    with CaptureQueriesContext(connection) as seen:
        book({**NOTHING_FAILS, AlarmKind.CONNECTION: [FAILURE]}, timezone.now())  # type: ignore[dict-item]
    assert len(seen) == 1
