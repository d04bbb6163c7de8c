"""`make test`: the whole suite, part by part; the last lines say what ran and what could not.

Parts that need a component look for it: PostgreSQL (`HALOBRIDGE_TEST_POSTGRES`, a URL of a server on
which databases may be made; without it one is started in memory where its programs are there, else the one
of this machine is taken), Redis (`HALOBRIDGE_TEST_REDIS`), Chromium (`HALOBRIDGE_CHROMIUM`, a path),
dovecot (Debian's package dovecot-imapd). `HALOBRIDGE_REQUIRE=postgres,redis,browser,imap` makes their absence
a failure. `HALOBRIDGE_LONG=1` adds the full-size suites. `HALOBRIDGE_EACH_ONCE=1` tries on SQLite only what
is not tried on PostgreSQL, if that is there; real processes and the browser use SQLite all the same.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.apart import files_with

MEMORY = "/dev/shm"
ROOM = 4 << 30
"""Bytes."""
REDIS = os.environ.get("HALOBRIDGE_TEST_REDIS", "redis://127.0.0.1:6379/9")
LONG = os.environ.get("HALOBRIDGE_LONG", "") == "1"
EACH_ONCE = os.environ.get("HALOBRIDGE_EACH_ONCE", "") == "1"


def chromium() -> str | None:
    return os.environ.get("HALOBRIDGE_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of a server for the tests."""
    from tests.faults.servers import OwnPostgres, own_place

    usual = os.environ.get("HALOBRIDGE_TEST_POSTGRES", "")
    if usual or not OwnPostgres.is_there():
        yield usual or "postgres://postgres@127.0.0.1:5432/postgres"
        return
    with own_place(_in_memory()) as place:
        server = OwnPostgres(place / "postgres")
        server.start()
        try:
            yield server.url
        finally:
            server.stop("fast")


def _in_memory() -> str | None:
    """A folder in memory with enough room; None: an ordinary one will do."""
    there = os.path.isdir(MEMORY) and os.access(MEMORY, os.W_OK)
    return MEMORY if there and shutil.disk_usage(MEMORY).free > ROOM else None


def _answers(url: str) -> bool:
    import psycopg

    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.Error:
        return False
    return True


def _redis_answers() -> bool:
    import redis

    try:
        return bool(redis.Redis.from_url(REDIS, socket_connect_timeout=3).ping())
    except redis.RedisError:
        return False


def _mail_server_is_there() -> bool:
    from tests.dovecot import program

    return bool(program())


def can_be_started() -> bool:
    """Whether the tests can have a PostgreSQL and a Redis of their own, to restart them."""
    from tests.faults.servers import OwnPostgres, OwnRedis

    return OwnPostgres.is_there() and OwnRedis.is_there()


@dataclass
class Part:
    name: str
    needs: str
    arguments: list[str]
    there: Callable[[], bool] = lambda: True
    environment: dict[str, str] = field(default_factory=dict)
    waits: bool = False
    """It spends its time waiting for servers: it runs beside the part that comes next."""
    marker: str = ""
    """Only files with such tests are looked at."""

    def files(self, chosen: list[str]) -> list[str]:
        """None where somebody has `chosen` files himself."""
        named = any(not argument.startswith("-") for argument in chosen)
        return [] if named or not self.marker else [str(path) for path in files_with(self.marker)]


SMALL_MIX = [
    "--deselect",
    "tests/faults/test_random_mix.py::test_every_alert_has_one_ticket_noted_and_closed_once[48]",
]
"""The full size stands for it."""
WITHOUT_PROCESSES = "not browser and not faults and not redis and not imap and not migrates"
WITHOUT_PROCESSES += "" if LONG else " and not long"
ONCE = f"({WITHOUT_PROCESSES}) and (pure or pages)"


def parts(postgres_url: str) -> list[Part]:
    on_postgres = {"DATABASE_URL": postgres_url} if _answers(postgres_url) else {}
    return [
        (
            Part("what knows no database, and single pages", "", ["-n", "2", "-m", ONCE])
            if EACH_ONCE and on_postgres
            else Part("everything on SQLite", "", ["-n", "2", "-m", WITHOUT_PROCESSES])
        ),
        Part(
            "everything but single pages on PostgreSQL",
            "postgres",
            ["-n", "2", "-m", WITHOUT_PROCESSES + " and not pure and not pages"],
            lambda: bool(on_postgres),
            on_postgres,
        ),
        Part("three clusters", "", ["-m", "waits"], waits=True, marker="waits"),
        Part(
            "upgrades of a database",
            "",
            ["--migrations", "-m", "migrates"],
            environment=on_postgres,
            waits=True,
            marker="migrates",
        ),
        Part(
            "real processes and faults",
            "",
            [
                "-m",
                "faults and not browser and not waits" + ("" if LONG else " and not long"),
                *(SMALL_MIX if LONG else []),
            ],
            environment={"HALOBRIDGE_FAULTS_DATABASE": "postgres"} if LONG and can_be_started() else {},
            marker="faults",
        ),
        Part("mailboxes", "imap", ["-m", "imap"], _mail_server_is_there, waits=True, marker="imap"),
        Part(
            "Redis",
            "redis",
            ["-m", "redis"],
            _redis_answers,
            {"REDIS_URL": REDIS},
            waits=True,
            marker="redis",
        ),
        Part("browser", "browser", ["-m", "browser"], lambda: chromium() is not None, marker="browser"),
    ]


def run(part: Part, more: list[str]) -> tuple[int, str]:
    """(exit code, pytest's closing line). What waits is told as a whole, all else line by line."""
    told = [f"\n===== {part.name} =====\n"]
    if not part.waits:
        print(told.pop(), end="", flush=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", *part.arguments, *more, *part.files(more)],
        env={**os.environ, **part.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    last = ""
    assert process.stdout
    for line in process.stdout:
        told.append(line)
        if not part.waits:
            print(told.pop(), end="", flush=True)
        if re.search(r"\d+ (passed|failed|error|skipped|deselected)", line):
            last = line.strip(" =\n")
    print("".join(told), end="", flush=True)
    return process.wait(), last


def main() -> int:
    with postgres() as url:
        return run_all(parts(url))


def run_all(wanted: list[Part]) -> int:
    """The exit code of it all; prints what ran."""
    required = set(filter(None, os.environ.get("HALOBRIDGE_REQUIRE", "").split(",")))
    absent = [part for part in wanted if not part.there()]
    failed = any(part.needs in required for part in absent)
    lines = []
    with ThreadPoolExecutor() as aside:
        started: list[tuple[Part, Future[tuple[int, str]]]] = []
        for part in (part for part in wanted if part not in absent):
            job = aside.submit(run, part, sys.argv[1:])
            started.append((part, job))
            if not part.waits:
                job.result()
    for part, job in started:
        code, last = job.result()
        nothing = code == 5 and bool(sys.argv[1:])
        failed = failed or (code != 0 and not nothing)
        lines.append(f"{part.name}: {last or 'no result'}")
    print("\n===== summary =====")
    print("\n".join(lines))
    for part in absent:
        print(f"NOT RUN: {part.name} (not found on this machine)")
    if EACH_ONCE:
        print("NOT RUN: on SQLite what was tried on PostgreSQL (HALOBRIDGE_EACH_ONCE=1)")
    if not LONG:
        print("NOT RUN: the full-size fault suites (HALOBRIDGE_LONG=1 adds them)")
    passed = sum(int(number) for line in lines for number in re.findall(r"(\d+) passed", line))
    broken = sum(int(number) for line in lines for number in re.findall(r"(\d+) (?:failed|error)", line))
    print(f"{passed} passed, {broken} failed")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
