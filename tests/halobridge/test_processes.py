"""The supervisor: started together, started again when one dies, stopped without orphans."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from halobridge.processes import Supervisor

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().split(")")[-1].split()[0] != "Z"


def until(condition: object, seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():  # type: ignore[operator]
            return True
        time.sleep(0.02)
    return False


def test_it_starts_again_what_has_died() -> None:
    said: list[str] = []
    supervisor = Supervisor(said.append)
    child = supervisor.add("sleeper", SLEEP, os.environ)
    try:
        first = child.process
        assert first
        first.kill()
        first.wait()
        child.started -= 5
        supervisor.look()
        assert child.running
        assert child.process is not first
        assert "sleeper stopped" in said[0]
    finally:
        supervisor.stop()
    assert not child.running


def test_grandchildren_do_not_outlive_the_stop(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    program = (
        "import subprocess, sys, time, signal\n"
        f"child = subprocess.Popen({SLEEP!r})\n"
        f"open({str(note)!r}, 'w').write(str(child.pid))\n"
        "time.sleep(60)\n"
    )
    supervisor = Supervisor(lambda _: None)
    supervisor.add("parent", [sys.executable, "-c", program], os.environ)
    assert until(lambda: note.exists() and note.read_text())
    supervisor.stop()
    grandchild = int(note.read_text())
    assert until(lambda: not is_alive(grandchild))


def test_a_child_that_ignores_the_asking_is_killed() -> None:
    stubborn = [
        sys.executable,
        "-c",
        "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)",
    ]
    supervisor = Supervisor(lambda _: None)
    child = supervisor.add("stubborn", stubborn, os.environ)
    time.sleep(0.3)
    child.stop(patience=0.3)
    assert child.process
    assert child.process.returncode == -signal.SIGKILL
