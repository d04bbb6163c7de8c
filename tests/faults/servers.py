"""A PostgreSQL and a Redis of a test's own, so that they can be restarted in the middle of it."""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.installation import free_ports


def _program(name: str) -> str:
    """Its path; Debian keeps those of PostgreSQL out of the way."""
    found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"))
    return shutil.which(name) or (found[-1] if found else "")


def _unprivileged() -> list[str]:
    """PostgreSQL does not run as root; its own user is there where it is installed."""
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


class OwnPostgres:
    """A server with one database. `restart` ends every connection at once, as a reboot does."""

    def __init__(self, folder: Path) -> None:
        self._data = folder / "data"
        self._port = free_ports(1)
        self.url = f"postgres://postgres@127.0.0.1:{self._port}/postgres"
        folder.mkdir()
        if _unprivileged():
            shutil.chown(folder, "postgres")
        self._run("initdb", "-D", str(self._data), "-U", "postgres", "-A", "trust", "--no-sync")

    @staticmethod
    def is_there() -> bool:
        return bool(_program("initdb") and _program("pg_ctl"))

    def _run(self, name: str, *arguments: str) -> None:
        command = [*_unprivileged(), _program(name), *arguments]
        subprocess.run(command, cwd="/", check=True, stdout=subprocess.DEVNULL, timeout=60)

    def start(self) -> None:
        """Ready for connections when it returns."""
        options = f"-p {self._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        log = str(self._data.parent / "log")
        self._run("pg_ctl", "-D", str(self._data), "-w", "-l", log, "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        self._run("pg_ctl", "-D", str(self._data), "-w", "-m", mode, "stop")

    def restart(self) -> None:
        """Without a checkpoint before: it comes up by its log, as after a crash."""
        self.stop()
        time.sleep(1)
        self.start()


class OwnRedis:
    """A server without persistence: after `restart` everything that it held is gone."""

    def __init__(self) -> None:
        self._port = free_ports(1)
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def is_there() -> bool:
        return bool(_program("redis-server"))

    def start(self) -> None:
        command = [_program("redis-server"), "--port", str(self._port), "--bind", "127.0.0.1", "--save", ""]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def restart(self) -> None:
        self.stop()
        time.sleep(1)
        self.start()


@contextmanager
def own_place(within: str | None = None) -> Iterator[Path]:
    """A folder that the servers' own users may enter; gone at the end with all that is in it."""
    place = Path(tempfile.mkdtemp(prefix="bridge-", dir=within))
    place.chmod(0o755)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def own_servers(folder: Path) -> Iterator[tuple[OwnPostgres, OwnRedis]]:
    """Both at work; gone at the end with all their data."""
    postgres, redis = OwnPostgres(folder), OwnRedis()
    try:
        postgres.start()
        redis.start()
        yield postgres, redis
    finally:
        redis.stop()
        postgres.stop()
