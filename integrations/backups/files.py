"""Files that are there whole or not at all, and that only their owner reads."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain, count
from pathlib import Path
from typing import Final

JUST_MADE: Final = 60.0
"""So many seconds a folder may take to be locked by whoever has made it."""


def first_free(path_of: Callable[[str], Path]) -> Path:
    """The first path that is not there: `path_of` is asked for "", then for "2", "3" and so on."""
    return next(path for path in map(path_of, chain(("",), map(str, count(2)))) if not path.exists())


def write_whole(path: Path, content: bytes) -> None:
    with whole_file(path) as unfinished:
        unfinished.write_bytes(content)


@contextmanager
def whole_file(path: Path, folder: Path | None = None) -> Iterator[Path]:
    """A name beside `path`, or in a folder of the same file system, to write to; it takes the place of `path`
    if all goes well, else it vanishes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = (folder or path.parent) / f".{path.name}.{os.getpid()}.unfinished"
    try:
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        yield unfinished
        _sync(unfinished)
        unfinished.replace(path)
        _sync(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def work_folder(parent: Path, prefix: str) -> Iterator[Path]:
    """A folder that vanishes afterwards. What a process that was killed has left of its own goes first: the
    lock on it ends with the process."""
    for left in parent.glob(f"{prefix}*"):
        with suppress(OSError):
            _clear(left)
    with tempfile.TemporaryDirectory(dir=parent, prefix=prefix) as folder:
        handle = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield Path(folder)
        finally:
            os.close(handle)


def _clear(left: Path) -> None:
    """Raises `OSError` where somebody is still at work in it."""
    if time.time() - left.stat().st_mtime < JUST_MADE:
        return
    handle = os.open(left, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(left)
    finally:
        os.close(handle)
