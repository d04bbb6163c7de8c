"""What the tests of alarms share: a failure, channels, and a round of the watcher."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from halobridge.alarms.book import book
from halobridge.alarms.failures import Failure, all_failures
from halobridge.alarms.post import send_waiting
from halobridge.health import clusters
from integrations.choices import AlarmKind, ChannelKind
from integrations.models import AlarmChannel, AlarmNotice, Heartbeat

FAILURE = Failure(
    AlarmKind.CONNECTION, "console:1", "The connection “Backup” is broken.", "It said no.", "/admin/x/"
)


def make_channel(kind: str = ChannelKind.MAIL, **more: Any) -> AlarmChannel:
    number = AlarmChannel.objects.count()
    usual = {"recipients": "duty@example.com"} if kind == ChannelKind.MAIL else {}
    return AlarmChannel.objects.create(name=f"Channel {number}", kind=kind, **{**usual, **more})


def a_round(*failures: Failure, now: datetime | None = None) -> None:
    """What the watcher does twice a minute, where just this fails."""
    at = now or timezone.now()
    book({kind: [one for one in failures if one.kind == kind] for kind in AlarmKind}, at)
    send_waiting(at)


def states() -> list[tuple[bool, str]]:
    """(over, state) of each notice, oldest first."""
    return list(AlarmNotice.objects.order_by("pk").values_list("over", "state"))


def keys(*, judge_queue: bool = True) -> list[str]:
    """What fails now."""
    found = all_failures(timezone.now(), judge_queue=judge_queue)
    return [failure.key for of_kind in found.values() for failure in of_kind]


def queue_at_work(ago: timedelta = timedelta()) -> None:
    for cluster in clusters():
        Heartbeat.objects.update_or_create(
            host="here", cluster=cluster, defaults={"stamped_at": timezone.now() - ago}
        )
