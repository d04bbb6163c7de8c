"""Two web parts start together on an empty PostgreSQL: each migration runs once, and both serve pages."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.servers import OwnPostgres, own_place
from tests.installation import ROOT, Installation, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.waits]


@pytest.fixture
def database() -> Iterator[str]:
    if not OwnPostgres.is_there():
        pytest.skip("PostgreSQL is not installed here")
    with own_place() as place:
        server = OwnPostgres(place / "postgres")
        try:
            server.start()
            yield server.url
        finally:
            server.stop()


def start(bridge: Installation) -> subprocess.Popen[bytes]:
    with bridge.log.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "serve", "--only", "web"],
            env=bridge.environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def test_two_that_start_together_prepare_the_database_once(tmp_path: Path, database: str) -> None:
    bridges = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        bridge = Installation(folder, DATABASE_URL=database, HALOBRIDGE_SANDBOX="0")
        bridge.environment["PORT"] = str(bridge.port + len(bridges))
        bridge.port += len(bridges)
        bridges.append(bridge)
    try:
        for bridge in bridges:
            bridge.process = start(bridge)
        for bridge in bridges:
            wait_until(bridge._answers, 180, f"a web part; its log:\n{bridge.read_log()}")
        told = "".join(bridge.read_log() for bridge in bridges)
    finally:
        for bridge in bridges:
            bridge.stop()
    assert "Traceback" not in told
    assert told.count("First staff account: admin") == 1
    assert told.count("waiting for its end") == 1
