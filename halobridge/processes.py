"""The processes of one machine: started together, watched, stopped together, no orphans."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

STOP_PATIENCE = 25.0
"""Seconds a process may take to finish what it is doing before it is killed."""
_PR_SET_PDEATHSIG = 1


def _die_with_parent() -> None:
    """Linux: get SIGTERM when the supervisor is killed. Elsewhere: nothing, the normal stop still works."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass(slots=True)
class Child:
    """One process with a group of its own, so that it can be stopped with everything it started."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0

    def start(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603  our own command
            self.command,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )
        self.started = time.monotonic()

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def signal(self, number: int, *, group: bool) -> None:
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            if group:
                os.killpg(self.process.pid, number)
            else:
                self.process.send_signal(number)

    def stop(self, patience: float = STOP_PATIENCE) -> None:
        """Ask the leader, wait, then kill what is left of the group (also orphans of a dead leader)."""
        self.signal(signal.SIGTERM, group=False)
        if self.process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)
        self.signal(signal.SIGKILL, group=True)
        if self.process:
            self.process.wait()


@dataclass(slots=True)
class Supervisor:
    """Keeps its children running until it is told to stop."""

    say: Callable[[str], None]
    children: list[Child] = field(default_factory=list)
    stopping: bool = False

    def add(self, name: str, command: list[str], environment: Mapping[str, str]) -> Child:
        child = Child(name, command, environment)
        self.children.append(child)
        child.start()
        return child

    def restart(self, name: str) -> None:
        for child in self.children:
            if child.name == name:
                child.stop(patience=5.0)
                child.start()

    def look(self) -> None:
        """Start again what has died; slower each time it dies young."""
        for child in self.children:
            if child.running or self.stopping:
                continue
            if time.monotonic() - child.started < min(30.0, 2.0**child.failures):
                continue
            child.signal(signal.SIGKILL, group=True)
            child.failures = child.failures + 1 if time.monotonic() - child.started < 60 else 1
            self.say(
                f"{child.name} stopped (exit {child.process and child.process.returncode}); started again."
            )
            child.start()

    def stop(self) -> None:
        """Stop the last started first; the asking is done at once, the waiting one by one."""
        self.stopping = True
        for child in self.children:
            child.signal(signal.SIGTERM, group=False)
        for child in reversed(self.children):
            child.stop()
