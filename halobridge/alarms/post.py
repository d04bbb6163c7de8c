"""Which messages are sent when: each is claimed by one watcher, and told once."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from halobridge.alarms.sending import ping, send
from halobridge.alarms.words import Message
from integrations.choices import ChannelKind, NoticeState
from integrations.models import Alarm, AlarmChannel, AlarmNotice
from integrations.net.errors import LostAnswer, NetError
from integrations.runs.pauses import span

MOST_TRIES: Final = 8
FIRST_PAUSE: Final = 60.0
"""Seconds after the first attempt; twice as many after each that follows, so two hours in all."""
NO_SIGN: Final = timedelta(minutes=10)
"""After so long whoever claimed a message has died with it."""
LONGEST_ROUND: Final = 15.0
"""Seconds: the watcher has other things to look after."""
AT_ONCE: Final = 50
EARLY: Final = timedelta(seconds=20)
"""The watcher looks twice a minute: without this every heartbeat would come half a minute late."""


def send_waiting(now: datetime) -> None:
    """Send what is due. A message whose watcher died is not sent again: nobody shall be told twice."""
    stuck = AlarmNotice.objects.filter(state=NoticeState.SENDING, claimed_at__lt=now - NO_SIGN)
    stuck.update(state=NoticeState.LOST, problem="It was broken off while it was being sent.")
    until = time.monotonic() + LONGEST_ROUND
    due = AlarmNotice.objects.filter(state=NoticeState.WAITING, not_before__lte=now, channel__enabled=True)
    for notice in due.select_related("alarm", "channel").order_by("pk")[:AT_ONCE]:
        if time.monotonic() > until:
            return
        if _claim(notice, now):
            _settle(notice, partial(send, notice.channel, message_of(notice)))


def _claim(notice: AlarmNotice, now: datetime) -> bool:
    free = AlarmNotice.objects.filter(pk=notice.pk, state=NoticeState.WAITING, tries=notice.tries)
    return bool(free.update(state=NoticeState.SENDING, tries=F("tries") + 1, claimed_at=now))


def _settle(notice: AlarmNotice, act: Callable[[], None]) -> None:
    problem = _outcome(notice.channel, act)
    row = AlarmNotice.objects.filter(pk=notice.pk, state=NoticeState.SENDING)
    if problem is None:
        row.update(state=NoticeState.SENT, problem="")
    elif isinstance(problem, LostAnswer):
        row.update(state=NoticeState.LOST, problem=str(problem))
    elif notice.tries + 1 >= MOST_TRIES:
        row.update(state=NoticeState.FAILED, problem=str(problem))
    else:
        later = timezone.now() + span(FIRST_PAUSE * 2**notice.tries)
        row.update(state=NoticeState.WAITING, problem=str(problem), not_before=later)


def _outcome(channel: AlarmChannel, act: Callable[[], None]) -> NetError | None:
    """What went wrong, if anything; either way the channel's page tells."""
    row = AlarmChannel.objects.filter(pk=channel.pk)
    try:
        act()
    except NetError as problem:
        row.update(problem=str(problem), tried_at=timezone.now())
        return problem
    row.update(problem="", sent_at=timezone.now(), tried_at=timezone.now())
    return None


def message_of(notice: AlarmNotice) -> Message:
    alarm: Alarm = notice.alarm
    return Message(
        state="over" if notice.over else "began",
        kind=alarm.kind,
        title=alarm.title,
        text=alarm.text,
        began_at=alarm.began_at,
        ended_at=alarm.ended_at if notice.over else None,
        link=_link(alarm.page),
    )


def _link(page: str) -> str:
    """Under the first of HALOBRIDGE_TRUSTED_ORIGINS; without one nobody outside could open it."""
    origins = settings.CSRF_TRUSTED_ORIGINS
    return f"{origins[0].rstrip('/')}{page}" if origins and "*" not in origins[0] else ""


def send_test(channel: AlarmChannel) -> str:
    """Send a test message; return why it was not sent, '' if it was."""
    message = Message(
        state="test",
        kind="test",
        title="A test message.",
        text="Alarms come here, once when something fails and once when it is over.",
        began_at=timezone.now(),
        link=_link("/admin/"),
    )
    return str(_outcome(channel, lambda: send(channel, message)) or "")


def beat(now: datetime) -> None:
    """Call the heartbeats that are due; of several watchers one does."""
    for channel in AlarmChannel.objects.filter(kind=ChannelKind.HEARTBEAT, enabled=True):
        before = now - timedelta(minutes=channel.heartbeat_minutes) + EARLY
        due = Q(tried_at=None) | Q(tried_at__lte=before)
        if AlarmChannel.objects.filter(due, pk=channel.pk).update(tried_at=now):
            _outcome(channel, partial(ping, channel))
