"""What lies under `var` is for its owner alone: sessions, password hashes and stored secrets are in there."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper

OTHERS: Final = 0o077
SQLITE_FILES: Final = ("", "-wal", "-shm")


def keep_private(folder: Path) -> None:
    """Nobody else gets into the folder, nor at what this process and those that it starts make."""
    os.umask(OTHERS)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _close(folder)


def close_database(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """For each new connection. SQLite makes its file for everybody to read, whatever its folder;
    what it makes beside that later has the same rights."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor != "sqlite" or "memory" in name:
        return
    for ending in SQLITE_FILES:
        _close(Path(name + ending))


def _close(path: Path) -> None:
    """What belongs to another account is left to that one."""
    with suppress(OSError):
        mode = path.stat().st_mode
        if mode & OTHERS:
            path.chmod(mode & 0o7777 & ~OTHERS)
