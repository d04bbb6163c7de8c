"""Of several parts that start at once one prepares the database; the others wait and find nothing to do."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

LOCK: Final = 0x48_42_50_52_45_50
"""The number of our advisory lock in each PostgreSQL database: `HBPREP`."""
LOCK_FILE: Final = "preparing.lock"
SECONDS_BETWEEN: Final = 1.0
WAITING: Final = "Another start prepares this database; waiting for its end ..."


@contextmanager
def alone(var: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Nobody else is in here with the same database: on PostgreSQL from any machine, on SQLite with the same
    var folder. Waits as long as that takes; a holder that dies lets go at once."""
    with _on_server(say) if connection.vendor == "postgresql" else _by_file(var, say):
        yield


@contextmanager
def _on_server(say: Callable[[str], None]) -> Iterator[None]:
    """By a connection of its own, which lives as long as the lock: the usual one may be closed meanwhile."""
    own = connection.copy()
    try:
        _wait_for(lambda: _asked(own, "pg_try_advisory_lock"), say)
        try:
            yield
        finally:
            # Where the server has ended this connection it has let go as well.
            with suppress(DatabaseError):
                _asked(own, "pg_advisory_unlock")
    finally:
        own.close()


def _asked(own: BaseDatabaseWrapper, function: str) -> bool:
    with own.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


@contextmanager
def _by_file(var: Path, say: Callable[[str], None]) -> Iterator[None]:
    with (var / LOCK_FILE).open("w") as file:
        _wait_for(lambda: _locked(file.fileno()), say)
        yield


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait_for(is_ours: Callable[[], bool], say: Callable[[str], None]) -> None:
    """By asking again. A statement that waits in the server would keep a snapshot, for whose end an index
    that is made concurrently waits: the holder could not go on."""
    if is_ours():
        return
    say(WAITING)
    while not is_ours():
        time.sleep(SECONDS_BETWEEN)
