"""The sandbox's own time, and what happens in it by itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from integrations.sandbox import moments


class Clock:
    """Real time plus what a test has skipped. `run` calls a function once a second until `stop`."""

    def __init__(self) -> None:
        self._skipped = 0.0
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._skipped)

    def stamp(self) -> str:
        return moments.stamp(self.now())

    def monotonic(self) -> float:
        """Seconds that never run backwards; for lifetimes and windows."""
        return time.monotonic() + self._skipped

    def advance(self, seconds: float) -> None:
        self._skipped += seconds

    def reset(self) -> None:
        self._skipped = 0.0

    def wait(self, seconds: float) -> None:
        """Sleep, but not beyond the end of the sandbox."""
        self._stopped.wait(seconds)

    def run(self, tick: Callable[[], None], every: float = 1.0) -> None:
        self._thread = threading.Thread(
            target=self._keep_ticking, args=(tick, every), name="sandbox-clock", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def _keep_ticking(self, tick: Callable[[], None], every: float) -> None:
        while not self._stopped.wait(every):
            tick()
