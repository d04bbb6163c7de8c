"""Keeps the world on disk, so that a second start finds it again.

Two files in the state directory: `world.json` (written whole, beside its old self, then swapped in) and
`running.json` (where the running sandbox listens; removed when it stops).
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from integrations.sandbox import world as worlds

_SETTLE = 1.5
"""Seconds of changes that are gathered into one save."""


class Store:
    def __init__(self, directory: Path | None) -> None:
        """Without a directory nothing is kept."""
        self._directory = directory
        self._changed = threading.Event()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def _world_file(self) -> Path | None:
        return self._directory / "world.json" if self._directory else None

    def load(self) -> worlds.World | None:
        """The saved world, or None. A file that cannot be read is moved aside, never overwritten."""
        path = self._world_file
        if path is None or not path.exists():
            return None
        try:
            return worlds.from_data(json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, KeyError, TypeError):
            path.replace(path.with_name("world.unreadable.json"))
            return None

    def changed(self) -> None:
        self._changed.set()

    def start(self, snapshot: Callable[[], str]) -> None:
        """Save soon after each change. `snapshot` gives the text to write, and locks the world meanwhile."""
        self._snapshot = snapshot
        if self._directory is None:
            return
        self._directory.mkdir(parents=True, exist_ok=True)
        self._thread = threading.Thread(target=self._keep_saving, name="sandbox-store", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Write what is not yet written."""
        self._stopped.set()
        self._changed.set()
        if self._thread is not None:
            self._thread.join(timeout=10)
            self._save()
        if self._directory is not None:
            (self._directory / "running.json").unlink(missing_ok=True)

    def announce(self, addresses: dict[str, Any]) -> None:
        if self._directory is not None:
            _write(self._directory / "running.json", json.dumps(addresses))

    def _keep_saving(self) -> None:
        while not self._stopped.is_set():
            self._changed.wait()
            if not self._stopped.wait(_SETTLE):
                self._changed.clear()
                self._save()

    def _save(self) -> None:
        if self._world_file is not None:
            _write(self._world_file, self._snapshot())


def read_addresses(directory: Path) -> dict[str, Any] | None:
    """Where the sandbox of this state directory listens, or None if none has announced itself."""
    try:
        addresses = json.loads((directory / "running.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return addresses if isinstance(addresses, dict) else None


def _write(path: Path, text: str) -> None:
    beside = path.with_suffix(".new")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
