"""From what fails now to alarms and messages. Any number of watchers may do this at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from django.db import transaction

from halobridge.alarms.failures import Failure
from integrations.choices import AlarmKind, NoticeState
from integrations.models import Alarm, AlarmChannel, AlarmNotice

TOLD: Final = (NoticeState.SENDING, NoticeState.SENT, NoticeState.LOST)
"""Who was told, perhaps, that something began is told as well that it is over."""


def book(failures: Mapping[AlarmKind, Iterable[Failure]], now: datetime) -> None:
    """Begin what is new and end what is no more, of the kinds that are named; the rest stays as it is.

    Where nothing changes this is one statement that reads.
    """
    found = {failure.key: failure for of_kind in failures.values() for failure in of_kind}
    known = dict(Alarm.objects.filter(kind__in=failures, ended_at=None).values_list("key", "pk"))
    new = [failure for key, failure in found.items() if key not in known]
    over = [pk for key, pk in known.items() if key not in found]
    if new:
        _begin(new, now)
    for pk in over:
        _end(pk, now)


def _begin(failures: list[Failure], now: datetime) -> None:
    """The constraints let one of two watchers through, for the alarm and for each message."""
    rows = [
        Alarm(kind=one.kind, key=one.key, title=one.title[:300], text=one.text, page=one.page, began_at=now)
        for one in failures
    ]
    with transaction.atomic():
        Alarm.objects.bulk_create(rows, ignore_conflicts=True)
        begun = Alarm.objects.filter(key__in=[row.key for row in rows], ended_at=None)
        channels = list(AlarmChannel.objects.filter(enabled=True))
        notices = [
            AlarmNotice(alarm=alarm, channel=channel, not_before=now)
            for alarm in begun
            for channel in channels
            if channel.is_told(alarm.kind)
        ]
        AlarmNotice.objects.bulk_create(notices, ignore_conflicts=True)


def _end(alarm_id: int, now: datetime) -> None:
    with transaction.atomic():
        if not Alarm.objects.filter(pk=alarm_id, ended_at=None).update(ended_at=now):
            return
        began = AlarmNotice.objects.filter(alarm=alarm_id, over=False)
        began.filter(state=NoticeState.WAITING).update(state=NoticeState.NEEDLESS)
        told = began.filter(state__in=TOLD, channel__enabled=True).values_list("channel", flat=True)
        notices = [AlarmNotice(alarm_id=alarm_id, channel_id=pk, over=True, not_before=now) for pk in told]
        AlarmNotice.objects.bulk_create(notices, ignore_conflicts=True)
