"""`kill -9` at ten points of ticket creation: one ticket each, whatever had been stored or sent by then."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from integrations.sandbox.server import Sandbox
from tests.faults.points import POINTS
from tests.installation import ROOT, Installation

pytestmark = pytest.mark.faults


class Bridge(Installation):
    def do(self, *arguments: str, killed: bool = False) -> Any:
        """Run one command of `tests.faults.bridge` in a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.bridge", *arguments],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        expected = -9 if killed else 0
        assert done.returncode == expected, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return json.loads(done.stdout) if done.stdout.startswith("{") else None


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox.start(state_dir=tmp_path_factory.mktemp("sandbox"), seed=1) as running:
        yield running


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Bridge:
    folder = tmp_path_factory.mktemp("bridge")
    port = sandbox.halo_url.rsplit(":", 1)[1].split("/")[0]
    installation = Bridge(folder, HALOBRIDGE_PAUSE_FACTOR="0.02", HALOBRIDGE_SANDBOX_PORT=port)
    installation.manage("migrate", "--verbosity", "0")
    installation.manage("createcachetable")
    installation.do("prepare")
    return installation


def tickets_named(sandbox: Sandbox, name: str) -> list[Any]:
    return [ticket for ticket in sandbox.tickets() if name in ticket["summary"]]


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_killed_there_leaves_exactly_one_ticket(
    point: str, bridge: Bridge, sandbox: Sandbox
) -> None:
    name = f"killed {POINTS.index(point):02}"
    bridge.do("fail_and_die", name, point, killed=True)
    bridge.do("work")
    found = tickets_named(sandbox, name)
    assert len(found) == 1, found
    assert not found[0]["hasbeenclosed"]

    state = bridge.do("resolve", name)
    found = tickets_named(sandbox, name)
    assert len(found) == 1
    assert found[0]["hasbeenclosed"]
    ours = [ticket for ticket in state["tickets"] if name in ticket["summary"]]
    assert [ticket["state"] for ticket in ours] == ["closed"]
    assert state["open_runs"] == 0
