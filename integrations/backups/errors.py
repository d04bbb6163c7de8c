"""What stops a backup or a restore, in a sentence for staff."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path
from typing import Final

from django.db import DatabaseError

PROBLEMS: Final = (OSError, DatabaseError, sqlite3.Error)
"""What files and databases raise, whichever way they are reached."""
FULL: Final = "No space left on device: the disk of {} is full."
_NO_SPACE: Final = (errno.ENOSPC, errno.EDQUOT)


class BackupProblem(Exception):
    """The text says why, what to do, and how the database is now where that may have changed."""


def reason_of(problem: BaseException, folder: Path) -> str:
    """As a sentence; `folder`: where it was being written to."""
    if is_full(problem):
        return FULL.format(folder)
    return sentence_of(getattr(problem, "strerror", "") or problem)


def sentence_of(problem: BaseException | str) -> str:
    words = " ".join(str(problem).split()) or type(problem).__name__
    return words if words.endswith(".") else f"{words}."


def is_full(problem: BaseException) -> bool:
    """Django wraps what SQLite raises, and keeps it as the cause."""
    if isinstance(problem, OSError):
        return problem.errno in _NO_SPACE
    return sqlite_code(problem) == sqlite3.SQLITE_FULL


def sqlite_code(problem: BaseException) -> int | None:
    """SQLite's own primary code, or None of what is not SQLite's."""
    for found in (problem, problem.__cause__):
        if isinstance(found, sqlite3.Error) and hasattr(found, "sqlite_errorcode"):
            return int(found.sqlite_errorcode) & 0xFF
    return None
