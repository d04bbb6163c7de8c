"""Watching the queue from outside: its own statistics keep ticking when it is dead, real work does not.

A cluster whose stamp (claim, renewal, canary) is old gets several canaries; one that has shown neither a
stamp nor a live lease for three minutes is reported dead, and whoever owns the processes restarts it.
"""

from __future__ import annotations

import logging
import socket
from datetime import datetime, timedelta

from django.conf import settings
from django.db import close_old_connections
from django.db.utils import DatabaseError, InterfaceError
from django.utils import timezone
from django_q.tasks import async_task

from integrations.choices import StepState
from integrations.models import Heartbeat, Step
from integrations.runs.pauses import span
from integrations.runs.reaper import reap

log = logging.getLogger(__name__)

OLD = 100.0
DEAD = 180.0
CANARIES = 4


class QueueWatcher:
    """Call `look` about once a second; it wakes what is due and returns the clusters to restart."""

    def __init__(self, clusters: tuple[str, ...]) -> None:
        self._clusters = clusters
        self._since = dict.fromkeys(clusters, timezone.now())
        self._asked = dict.fromkeys(clusters, timezone.now())

    def look(self) -> list[str]:
        """Never raises for a database that is away for a while: the next look tries again."""
        try:
            reap()
            return [cluster for cluster in self._clusters if self._is_dead(cluster)]
        except (DatabaseError, InterfaceError) as problem:
            log.warning("The watcher cannot reach the database: %s", problem)
            close_old_connections()
            return []

    def _is_dead(self, cluster: str) -> bool:
        now = timezone.now()
        last = self._last_sign(cluster)
        if now - last > span(DEAD) and not self._has_live_lease(now):
            # Counted from now on: the restarted cluster gets its three minutes.
            self._since[cluster] = now
            return True
        if now - last > span(OLD) and now - self._asked[cluster] > span(30):
            self._asked[cluster] = now
            for _ in range(CANARIES):
                async_task(
                    "integrations.schedules.canary", cluster, q_options={"cluster": cluster, "save": False}
                )
        return False

    def _last_sign(self, cluster: str) -> datetime:
        stamp = (
            Heartbeat.objects.filter(cluster=cluster, host=socket.gethostname())
            .values_list("stamped_at", flat=True)
            .first()
        )
        return max(filter(None, (stamp, self._since[cluster])))

    @staticmethod
    def _has_live_lease(now: datetime) -> bool:
        mine = Step.objects.filter(state=StepState.LEASED, worker__startswith=f"{socket.gethostname()}:")
        return mine.filter(lease_until__gt=now).exists()


def own_clusters() -> tuple[str, ...]:
    return (settings.Q_CLUSTER["name"], settings.DELIVERY_CLUSTER)


def quiet_since(cluster: str) -> timedelta | None:
    """How long ago any host of this cluster showed a sign; None if it never did."""
    newest = (
        Heartbeat.objects.filter(cluster=cluster)
        .order_by("-stamped_at")
        .values_list("stamped_at", flat=True)
        .first()
    )
    return timezone.now() - newest if newest else None
