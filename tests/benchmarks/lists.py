"""Lists of a thousand and of very many rows: `python -m tests.benchmarks.lists ROWS` prints a table.

Statements of a request, and the 95th percentile of its time as a multiple of the same at a thousand rows.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from typing import Any, Final

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from tests.benchmarks.many_rows import ManyRows  # noqa: E402
from tests.integrations.api.clients import make_caller  # noqa: E402

FEW: Final = 1000
REPEATS: Final = 50
ADMIN_PAGE, REST_PAGE = 50, 100


@dataclass(frozen=True, slots=True)
class Page:
    """`query`: {middle} is the number of a page in the middle, {name} the number of a row there."""

    name: str
    path: str
    query: str = ""

    def address(self, rows: int) -> str:
        size = REST_PAGE if self.path.startswith("/api/") else ADMIN_PAGE
        middle, row = max(1, rows // size // 2), f"{rows // 2:07}"
        return f"{self.path}?{self.query.format(middle=middle, row=row)}"


def pages(world: ManyRows) -> list[Page]:
    """What staff and programs look at; the names say how the list is narrowed."""
    console = world.consoles[3].pk
    lists = {
        "company mapping page": ("/admin/mappings/companymapping/", {
            "": "", "state": "state=unmapped", "rare state": "state=broken", "console": f"console={console}",
            "search": "q={row}", "middle": "page={middle}",
        }),
        "computers": ("/admin/integrations/computer/", {
            "": "", "console": f"console__id__exact={console}", "company": "company__id__exact=4",
            "state": "mapping_state=mapped", "rare state": "mapping_state=review", "search": "q=PC-{row}",
            "middle": "p={middle}",
        }),
        "events": ("/admin/integrations/event/", {
            "": "", "console": f"console__id__exact={console}", "company": "company__id__exact=4",
            "state": "state__exact=open", "severity": "severity__exact=critical",
            "rare status": "status__exact=waiting", "no status": "status__exact=ignored",
            "type": "event_type=backup.failed", "search": "q={row}", "middle": "p={middle}",
        }),
        "alerts": ("/admin/ticketing/alert/", {
            "": "", "console": f"console__id__exact={console}", "company": "company__id__exact=4",
            "state": "state__exact=open", "severity": "severity__exact=critical",
            "rare decision": "decision__exact=held", "no decision": "decision__exact=baseline",
            "type": "event_type=backup.failed", "search": "q={row}", "middle": "p={middle}",
        }),
        "results": ("/admin/integrations/entry/", {
            "": "", "rare outcome": "outcome__exact=refused", "no outcome": "outcome__exact=failed",
            "search": "q=PC-{row}", "middle": "p={middle}",
        }),
        "REST computers": ("/api/v1/computers/", {
            "": "", "console": f"console={console}", "company": "company=4", "name": "name=PC-{row}",
            "by name": "ordering=name", "search": "search=PC-{row}", "middle": "page={middle}",
        }),
        "REST events": ("/api/v1/events/", {
            "": "", "console": f"console={console}", "company": "company=4", "state": "state=open",
            "rare status": "status=waiting", "type": "event_type=backup.failed",
            "newest": "ordering=-received_at", "search": "search={row}", "middle": "page={middle}",
        }),
        "REST alerts": ("/api/v1/alerts/", {
            "": "", "console": f"console={console}", "company": "company=4", "state": "state=open",
            "rare decision": "decision=held", "type": "event_type=backup.failed",
            "newest": "ordering=-newest_at", "search": "search={row}", "middle": "page={middle}",
        }),
        "REST entries": (f"/api/v1/runs/{world.run.pk}/entries/", {
            "": "", "rare outcome": "outcome=refused", "no outcome": "outcome=failed",
            "search": "search=PC-{row}", "middle": "page={middle}",
        }),
    }  # fmt: skip
    return [
        Page(f"{what}, {name}" if name else what, path, query)
        for what, (path, queries) in lists.items()
        for name, query in queries.items()
    ]


@dataclass(frozen=True, slots=True)
class Cost:
    statements: int
    p95: float


class Meter:
    def __init__(self) -> None:
        self._browser = Client()
        self._browser.force_login(User.objects.create_superuser("reader", password="a long password"))
        self._program = make_caller()
        self._statements = 0

    def cost(self, page: Page, rows: int) -> Cost:
        address = page.address(rows)
        caller: Any = self._program if address.startswith("/api/") else self._browser
        self._seconds(caller, address)  # what is looked up once per process does not count
        self._statements = 0
        with connection.execute_wrapper(self._count):
            self._seconds(caller, address)
        taken = sorted(self._seconds(caller, address) for _ in range(REPEATS))
        return Cost(self._statements, taken[int(REPEATS * 0.95) - 1])

    def _count(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self._statements += 1
        return execute(sql, params, many, context)

    @staticmethod
    def _seconds(caller: Any, address: str) -> float:
        began = time.perf_counter()
        answer = caller.get(address, headers={"host": "localhost"})
        seconds = time.perf_counter() - began
        assert answer.status_code == 200, (address, answer.status_code)
        return seconds


def measure(rows: int) -> dict[str, tuple[Cost, Cost]]:
    """By page: at a thousand rows and at `rows`."""
    world, meter = ManyRows(), Meter()
    world.grow(FEW)
    few = {page.name: meter.cost(page, FEW) for page in pages(world)}
    world.grow(rows)
    return {page.name: (few[page.name], meter.cost(page, rows)) for page in pages(world)}


def main(rows: int) -> None:
    call_command("migrate", verbosity=0)
    for name, (few, many) in measure(rows).items():
        print(
            f"{name:<36} {few.statements:3} {many.statements:3} SQL  p95 {few.p95 * 1000:6.0f} "
            f"{many.p95 * 1000:7.0f} ms  {many.p95 / few.p95:6.2f} ×",
            flush=True,
        )


if __name__ == "__main__":
    main(int(sys.argv[1]))
