"""Every page of the admin with a hundred and with very many rows: `python -m tests.benchmarks.pages ROWS`.

Prints the shortest of several requests, and it as a multiple of the same at a hundred rows. Each model has
its list, and the pages of its first and its last row: one of very many alike, and one of the small world
beside them, in which everything is linked with everything.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.apps import apps  # noqa: E402
from django.contrib import admin  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from halobridge.sidebar import NAVIGATION  # noqa: E402
from tests.benchmarks.many_rows import ManyRows  # noqa: E402
from tests.halobridge.admin.rows import fill, fill_system, make_world  # noqa: E402

FEW: Final = 100
ROWS: Final = 100_000
REPEATS: Final = 5
MORE: Final = 20
"""Requests to a page that seems slow: other work of the machine only ever makes it slower."""
SMALL: Final = 3
BEYOND: Final = 100_000_000
"""Ids of the small world begin here, so that the others can grow below them."""
NOT_SHOWN: Final = {"django_q.OrmQ"}


@dataclass(frozen=True, slots=True)
class Cost:
    statements: int
    seconds: float


def addresses() -> dict[str, str]:
    """By address, what it is called."""
    found = {str(item["link"]): str(item["title"]) for group in NAVIGATION for item in group["items"]}
    for model, model_admin in admin.site._registry.items():
        if model._meta.label in NOT_SHOWN:
            continue
        page = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        name = str(model._meta.verbose_name_plural)
        found[reverse(f"{page}_changelist")] = f"{name}, list"
        found[reverse(f"{page}_add")] = f"{name}, add"
        for place, order in (("first", "pk"), ("last", "-pk")):
            row: Any = model_admin.model._default_manager.order_by(order).first()
            if row is not None:
                found[reverse(f"{page}_change", args=(row.pk,))] = f"{name}, {place} row"
    return found


class Meter:
    def __init__(self, reader: User) -> None:
        self._browser = Client()
        self._browser.force_login(reader)
        self._statements = 0

    def cost(self, address: str) -> Cost | None:
        """None where there is no such page: rows that nobody may add."""
        if self._seconds(address) is None:
            return None
        self._statements = 0
        with connection.execute_wrapper(self._count):
            self._seconds(address)
        return Cost(self._statements, self.shortest(address, REPEATS))

    def shortest(self, address: str, requests: int) -> float:
        return min(self._seconds(address) or 0.0 for _ in range(requests))

    def _count(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self._statements += 1
        return execute(sql, params, many, context)

    def _seconds(self, address: str) -> float | None:
        began = time.perf_counter()
        answer = self._browser.get(address, headers={"host": "localhost"})
        seconds = time.perf_counter() - began
        return seconds if answer.status_code == 200 else None


def make_room() -> None:
    """What is made from now on has ids beyond those of the many rows."""
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if model._meta.pk.get_internal_type() not in ("AutoField", "BigAutoField"):
                continue
            table, column = model._meta.db_table, model._meta.pk.column
            if connection.vendor == "postgresql":
                sequence = "SELECT setval(pg_get_serial_sequence(%s, %s), %s)"
                cursor.execute(sequence, [f'"{table}"', column, BEYOND])
            else:
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, BEYOND])


def measure(rows: int) -> Iterator[tuple[str, Cost, Cost]]:
    """Name, at a hundred rows, at `rows`."""
    world = ManyRows()
    world.grow(FEW)
    make_room()
    reader = User.objects.create_superuser("reader", password="a long password")
    fill(make_world(), SMALL)
    fill_system(reader)
    meter, pages = Meter(reader), addresses()
    few = {address: meter.cost(address) for address in pages}
    world.grow(rows)
    for address, name in pages.items():
        before, after = few[address], meter.cost(address)
        if not (before and after):
            continue
        if after.seconds > 2 * before.seconds:
            after = Cost(after.statements, min(after.seconds, meter.shortest(address, MORE)))
        yield name, before, after


def main(rows: int) -> None:
    call_command("migrate", verbosity=0)
    found = list(measure(rows))
    for name, few, many in sorted(found, key=lambda row: row[1].seconds / row[2].seconds):
        print(
            f"{name[:52]:<52} {few.statements:3} {many.statements:3} SQL {few.seconds * 1000:6.0f} "
            f"{many.seconds * 1000:6.0f} ms  {many.seconds / few.seconds:6.2f} ×"
        )
    above = sum(many.seconds > 2 * few.seconds for _, few, many in found)
    print(f"{len(found)} pages, {above} above twice their time at {FEW} rows", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
