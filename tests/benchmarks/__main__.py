"""`make bench`: figures of one run as ratios; nothing here fails because a machine is slow."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from tests.benchmarks import exporting, mirroring, storing, tickets  # noqa: E402
from tests.builders import make_console  # noqa: E402


def main() -> None:
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


if __name__ == "__main__":
    main()
