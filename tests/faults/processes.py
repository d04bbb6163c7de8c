"""The processes of one installation, found by its own folder: to be killed without a warning."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Process:
    pid: int
    parent: int
    cluster: str
    """Name of the queue cluster that it belongs to; '' for another kind of process."""

    def kill(self) -> None:
        """`kill -9`; one that is gone already is none of our business."""
        try:
            os.kill(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            return

    def kill_group(self) -> None:
        """The whole group: a cluster's leader with all its workers."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            self.kill()


def processes_of(folder: Path) -> list[Process]:
    """All running processes whose environment names this folder as theirs."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            environment = (entry / "environ").read_bytes().split(b"\0")
            status = (entry / "status").read_text()
        except OSError:
            continue
        values = dict(item.split(b"=", 1) for item in environment if b"=" in item)
        if values.get(b"HALOBRIDGE_VAR", b"").decode() != str(folder) or "State:\tZ" in status:
            continue
        parent = next(line.split()[1] for line in status.splitlines() if line.startswith("PPid:"))
        cluster = values.get(b"Q_CLUSTER_NAME", b"").decode()
        found.append(Process(int(entry.name), int(parent), cluster))
    return found


def leaders(processes: list[Process], cluster: str) -> list[Process]:
    mine = [process for process in processes if process.cluster == cluster]
    inside = {process.pid for process in mine}
    return [process for process in mine if process.parent not in inside]


def workers(processes: list[Process], cluster: str) -> list[Process]:
    """Everything below the leaders."""
    above = {process.pid for process in leaders(processes, cluster)}
    return [process for process in processes if process.cluster == cluster and process.pid not in above]
