"""Three queue clusters share one database: schedules fire once, work spreads, and none of them is missed.

Real processes over real HTTP. One cluster is asked to stop and one is killed in the middle of the work.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from integrations.sandbox.server import Sandbox
from tests.faults.processes import processes_of
from tests.faults.servers import OwnPostgres, own_place
from tests.faults.test_killed_workers import Bridge
from tests.installation import ROOT, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.waits]

MAIN = "halobridge"
CALLS, SECONDS = 60, 10
MIRROR = 0.6
"""The part of a window that mirrors may use."""
SCHEDULES = 12


@contextmanager
def database() -> Iterator[dict[str, str]]:
    """A PostgreSQL of the test's own where that can be had, else the installation's SQLite."""
    if not OwnPostgres.is_there():
        yield {}
        return
    with own_place() as place:
        server = OwnPostgres(place / "postgres")
        try:
            server.start()
            yield {"DATABASE_URL": server.url}
        finally:
            server.stop()


def start(bridge: Bridge, *arguments: str) -> subprocess.Popen[bytes]:
    with bridge.log.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            env={**bridge.environment, "Q_CLUSTER_NAME": MAIN},
            start_new_session=True,
            stdout=log,
            stderr=log,
        )


def below(leader: int, folder: Path) -> set[int]:
    """A process and everything that it has started, by their ids."""
    found = {leader}
    rows = processes_of(folder)
    for _ in rows:
        found |= {row.pid for row in rows if row.parent in found}
    return found


def times_of(sandbox: Sandbox) -> list[datetime]:
    """Of the calls that HaloPSA counts, in order."""
    exchanges = [one for one in list(sandbox.halo.requests) if one.path.startswith("/api/")]
    return sorted(datetime.fromisoformat(one.at) for one in exchanges)


def most_in_a_window(times: list[datetime], seconds: float) -> int:
    most, first = 0, 0
    for last, at in enumerate(times):
        while times[first] <= at - timedelta(seconds=seconds):
            first += 1
        most = max(most, last - first + 1)
    return most


def workers_of(steps: list[Any]) -> set[int]:
    return {int(step["worker"].rpartition(":")[2]) for step in steps if step["worker"]}


def test_three_clusters_share_schedules_and_runs_and_outlive_each_other(tmp_path: Path) -> None:
    with ExitStack() as stack:
        sandbox = stack.enter_context(Sandbox.start(seed=1))
        more = stack.enter_context(database())
        port = sandbox.halo_url.rsplit(":", 1)[1].split("/")[0]
        bridge = Bridge(
            tmp_path / "var",
            HALOBRIDGE_PAUSE_FACTOR="0.02",
            HALOBRIDGE_SANDBOX="0",
            HALOBRIDGE_SANDBOX_PORT=port,
            **more,
        )
        bridge.folder.mkdir()
        bridge.manage("migrate", "--verbosity", "0")
        bridge.manage("createcachetable")
        bridge.do("prepare")
        bridge.do("share", str(CALLS), str(SECONDS))
        bridge.do("schedule", str(SCHEDULES))

        stopped, last = (start(bridge, "serve", "--only", "queue") for _ in range(2))
        killed = start(bridge, "qcluster")
        for one in (stopped, killed, last):
            stack.callback(one.wait)
        stack.callback(lambda: [process.kill() for process in processes_of(bridge.folder)])
        leaders = {"stopped": stopped.pid, "killed": killed.pid, "last": last.pid}
        wait_until(lambda: all(_works(bridge, pid) for pid in leaders.values()), 60, "three clusters to work")
        members: dict[str, set[int]] = {name: set() for name in leaders}
        sandbox.halo.requests.clear()
        reads = set(bridge.do("read_all")["runs"])
        wait_until(lambda: _share(bridge, leaders, members, reads), 90, "two clusters to share the work")

        fired = wait_until(lambda: _all_fired(bridge), 90, f"{SCHEDULES} schedules to be worked at")
        assert fired["done"] == {f"due {number}": 1 for number in range(SCHEDULES)}

        begun = time.monotonic()
        stopped.terminate()
        assert stopped.wait(40) == 0
        assert time.monotonic() - begun < 25, "what was at work held up the stop"
        held = [step for step in bridge.do("steps")["steps"] if step["state"] == "leased"]
        assert not workers_of(held) & members["stopped"]
        os.killpg(killed.pid, 9)
        killed.wait()

        # The third goes on alone: with what the killed one held, too.
        reads = {*reads, *bridge.do("read_all")["runs"]}
        states = wait_until(lambda: _ended(bridge, reads), 180, "every read to end")
        assert states == {"succeeded"}
        assert bridge.do("fired")["done"] == fired["done"]
        assert most_in_a_window(times_of(sandbox), SECONDS) <= CALLS
        assert not [one for one in list(sandbox.halo.requests) if one.status == 429]


def _works(bridge: Bridge, leader: int) -> bool:
    """Whether its workers are there, beside the processes that hand out and collect."""
    return len(below(leader, bridge.folder)) >= 5


def _share(bridge: Bridge, leaders: dict[str, int], members: dict[str, set[int]], reads: set[int]) -> bool:
    """Whether two clusters have worked at the reads; more are asked for where one was quick with all.

    `members` grows: a cluster replaces its workers while it runs.
    """
    for name, pid in leaders.items():
        members[name] |= below(pid, bridge.folder)
    if _ended(bridge, reads):
        reads |= set(bridge.do("read_all")["runs"])
    at_work = workers_of(bridge.do("steps")["steps"])
    return sum(bool(pids & at_work) for pids in members.values()) >= 2


def _all_fired(bridge: Bridge) -> Any:
    told = bridge.do("fired")
    return told if not told["left"] and sum(told["done"].values()) >= SCHEDULES else None


def _ended(bridge: Bridge, runs: set[int]) -> set[str] | None:
    states = {step["run__state"] for step in bridge.do("steps")["steps"] if step["run_id"] in runs}
    return states if not states & {"queued", "running"} else None
