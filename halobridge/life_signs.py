"""A started machine shows that it works with the database, so that a new one tells it from a copy."""

from __future__ import annotations

import logging
import time

from django.db import close_old_connections
from django.db.utils import DatabaseError, InterfaceError

from integrations.backups import LIFE_EVERY, show_life

log = logging.getLogger(__name__)


class LifeSigns:
    """Call `look` as often as you like; it stores one small row every few seconds."""

    def __init__(self) -> None:
        self._next = 0.0

    def look(self) -> None:
        """Never raises for a database that is away for a while: the next look tries again."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + LIFE_EVERY
        try:
            show_life()
        except (DatabaseError, InterfaceError) as problem:
            log.warning("No sign of life could be stored: %s", problem)
            close_old_connections()
