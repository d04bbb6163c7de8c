"""`make bench`: figures of one run as ratios; nothing here fails because a machine is slow.

A number, `make bench ARGS=1000000`, adds matching of 100,000 computers, each page of the admin with 100,000
rows against a hundred, and lists of that many rows against a thousand, on PostgreSQL (`DATABASE_URL`) in
databases of their own; a million takes half an hour to fill.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from tests.benchmarks import computers, exporting, mirroring, pages, storing, tickets  # noqa: E402
from tests.builders import make_console  # noqa: E402


def main(rows: int = 0) -> None:
    call_command("migrate", verbosity=0)
    print(f"{storing.ROWS:,} rows each, {connection.vendor}; repeats differ by up to 30 %\n")
    storing.computers(make_console())
    storing.events(make_console())
    storing.matching()
    exporting.calls()
    mirroring.calls()
    mirroring.rates()
    mirroring.memory()
    tickets.door()
    tickets.routing()
    tickets.latency()
    if rows:
        large(rows)


def large(rows: int) -> None:
    """In processes and (PostgreSQL) databases of their own: memory is measured, and the tables have to be
    empty at first."""
    measured = ("computers", min(rows, computers.ROWS)), ("pages", min(rows, pages.ROWS)), ("lists", rows)
    for module, size in measured:
        print(f"\n{module}: {size:,} rows", flush=True)
        with own_database(module) as environment:
            command = [sys.executable, "-m", f"tests.benchmarks.{module}", str(size)]
            subprocess.run(command, check=True, env={**os.environ, **environment})


@contextmanager
def own_database(module: str) -> Iterator[dict[str, str]]:
    """The environment of a process that has an empty database, which is dropped afterwards. One that is there
    already is an error, and stays."""
    if connection.vendor != "postgresql":
        yield {"DATABASE_URL": "sqlite://:memory:"}
        return
    name = f"{connection.settings_dict['NAME']}_bench_{module}"
    quoted = connection.ops.quote_name(name)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {quoted}")
    try:
        yield {"DATABASE_URL": urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()}
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {quoted}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
