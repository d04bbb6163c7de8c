"""What the watcher does about alarms. It is outside the queue: only so can it tell that the queue stopped."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Final

from django.db import close_old_connections
from django.db.utils import DatabaseError, InterfaceError
from django.utils import timezone

from halobridge.alarms.book import book
from halobridge.alarms.failures import all_failures
from halobridge.alarms.post import beat, send_waiting
from halobridge.health import stopped_clusters

log = logging.getLogger(__name__)

LOOK_EVERY: Final = timedelta(seconds=30)
BEFORE_JUDGING: Final = timedelta(minutes=4)
"""A queue that is started together with this watcher needs a while until its first sign of work."""


class AlarmWatch:
    """Call `look` as often as you like, in any number of processes on any number of machines."""

    def __init__(self) -> None:
        self._began = self._next = timezone.now()

    def look(self) -> None:
        """Never raises for a database that is away for a while: a heartbeat that stays out tells of that."""
        now = timezone.now()
        if now < self._next:
            return
        self._next = now + LOOK_EVERY
        try:
            book(all_failures(now, judge_queue=now - self._began >= BEFORE_JUDGING), now)
            send_waiting(now)
            if not stopped_clusters(now):
                beat(now)
        except (DatabaseError, InterfaceError) as problem:
            log.warning("Alarms cannot be looked at, the database does not answer: %s", problem)
            close_old_connections()
        except Exception:
            # The watcher keeps the other processes running: an alarm that cannot be sent must not end it.
            log.exception("Alarms could not be looked at")
