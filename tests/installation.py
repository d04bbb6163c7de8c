"""A real installation in a folder of its own: own database, own ports, own sandbox, real processes."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import requests
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "tour-of-the-bridge"
KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


def free_ports(count: int) -> int:
    """The first of `count` free ports in a row."""
    for first in range(18_000 + os.getpid() % 20_000, 60_000, count):
        probes = [socket.socket() for _ in range(count)]
        try:
            for offset, probe in enumerate(probes):
                probe.bind(("127.0.0.1", first + offset))
            return first
        except OSError:
            continue
        finally:
            for probe in probes:
                probe.close()
    raise RuntimeError("no free ports")


def wait_until(condition: Callable[[], Any], seconds: float, what: str) -> Any:
    """Wait for a true answer; a failure says what was waited for."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if result := condition():
            return result
        time.sleep(0.2)
    raise AssertionError(f"Waited {seconds:.0f} s in vain for: {what}")


class Installation:
    """Use as a context manager; `serve()` starts everything as `make run` does."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.port = free_ports(1 + settings.SANDBOX_PORTS)
        self.sandbox_port = self.port + 1
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("HALOBRIDGE_")},
            "HALOBRIDGE_SECRET_KEY": "only-for-tests-0123456789-0123456789-0123456789-abcdef",
            "HALOBRIDGE_ENCRYPTION_KEYS": KEY,
            "HALOBRIDGE_ADMIN_PASSWORD": PASSWORD,
            "HALOBRIDGE_API_RATE": "",
            "HALOBRIDGE_ALLOW_PRIVATE_HOSTS": "127.0.0.1",
            "HALOBRIDGE_VAR": str(folder),
            "HALOBRIDGE_SANDBOX_PORT": str(self.sandbox_port),
            "DATABASE_URL": f"sqlite:///{folder / 'halobridge.sqlite3'}",
            "DJANGO_SETTINGS_MODULE": "halobridge.settings",
            "PORT": str(self.port),
            **environment,
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.log = folder / "serve.log"
        self.token = ""

    def __enter__(self) -> Installation:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def halo_page(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"

    def serve(self, seconds: float = 120) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(ROOT / "manage.py"), "serve"],
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_until(self._answers, seconds, f"the web server; its log:\n{self.read_log()}")

    def _answers(self) -> bool:
        if self.process and self.process.poll() is not None:
            raise AssertionError(f"serve ended with {self.process.returncode}:\n{self.read_log()}")
        try:
            return requests.get(f"{self.url}/healthz", timeout=2).ok
        except requests.RequestException:
            return False

    def read_log(self) -> str:
        return self.log.read_text(errors="replace")[-8000:] if self.log.exists() else ""

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)

    def manage(self, *arguments: str, check: bool = True) -> str:
        """Run a management command; its standard output."""
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(f"manage.py {' '.join(arguments)}: {done.stdout}\n{done.stderr}")
        return done.stdout

    def sandbox_event(self, *arguments: str) -> str:
        return self.manage("sandbox_event", *arguments)

    # ---- REST -------------------------------------------------------------------------------

    def sign_in(self) -> None:
        self.token = json.loads(self.manage("create_token", "admin", "--json"))["token"]

    def call(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
        answer = requests.request(
            method,
            f"{self.url}/api/v1/{path}",
            json=body,
            params=params,
            headers={"Authorization": f"Token {self.token}"},
            timeout=60,
        )
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text[:2000]}"
        return answer.json() if answer.content else None

    def get(self, path: str, **params: Any) -> Any:
        return self.call("GET", path, **params)

    def rows(self, path: str, **params: Any) -> list[Mapping[str, Any]]:
        """All rows of a list (of at most 1,000)."""
        return self.get(path, page_size=1000, **params)["results"]

    def post(self, path: str, body: Any = None) -> Any:
        return self.call("POST", path, body)

    def wait_for_run(self, run: int, seconds: float = 90) -> Mapping[str, Any]:
        ended = {"succeeded", "partial", "failed", "cancelled"}
        result: Mapping[str, Any] = wait_until(
            lambda: (row := self.get(f"runs/{run}/"))["state"] in ended and row,
            seconds,
            f"the end of run {run}",
        )
        return result

    def wait_for_quiet(self, seconds: float = 120) -> None:
        """Wait until no run is queued or running (a resting one counts as running)."""
        wait_until(
            lambda: not self.rows("runs/", state="queued") and not self.rows("runs/", state="running"),
            seconds,
            "all runs to end",
        )
