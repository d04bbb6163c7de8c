"""Matching many computers with many assets, and planning: `python -m tests.benchmarks.computers ROWS`.

Prints JSON: statements, peak memory over idle, and times as multiples of reading both tables with
`values_list` in the same run.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any, Final

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from integrations.models import Company, Computer, HaloAsset, HaloClient, HaloSite  # noqa: E402
from mappings.linking import match_computers_for  # noqa: E402
from mappings.models import CompanyMapping  # noqa: E402
from tests.benchmarks.memory import peak_mb  # noqa: E402
from tests.mappings.builders import MAC, NAME, SERIAL, SYSTEM, Scene  # noqa: E402

ROWS: Final = 100_000
CLIENTS: Final = 500
READS: Final = 3


class Counted:
    """Counts statements without keeping them: a hundred thousand long ones would be the memory."""

    def __init__(self) -> None:
        self.reads = self.writes = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            self.writes += 1
        else:
            self.reads += 1
        return execute(sql, params, many, context)


def fill(scene: Scene, rows: int) -> None:
    """Nine of ten computers have their asset; one of ten of those lacks its serial number."""
    for number in range(CLIENTS):
        client = HaloClient.objects.create(
            halo_credential=scene.credential, halo_id=10_000 + number, name=f"Client {number}"
        )
        site = HaloSite.objects.create(
            halo_credential=scene.credential, client=client, halo_id=20_000 + number, name="Main"
        )
        company = Company.objects.create(console=scene.console, external_id=f"x{number}", name=f"C {number}")
        CompanyMapping.objects.create(
            company=company, halo_credential=scene.credential, halo_client=client, halo_site=site
        )
        mine = range(number, rows, CLIENTS)
        Computer.objects.bulk_create(_computer(scene, company, place) for place in mine)
        HaloAsset.objects.bulk_create(_asset(scene, client, place) for place in mine if place % 10 != 1)


def _computer(scene: Scene, company: Company, place: int) -> Computer:
    return Computer(
        console=scene.console,
        company=company,
        external_id=f"n{place}",
        name=f"PC-{place}",
        serial_number=f"5CG{place:07}X",
        mac_addresses=[f"{place:012x}"],
        os_name="Windows 11 Pro",
        product=scene.product,
    )


def _asset(scene: Scene, client: HaloClient, place: int) -> HaloAsset:
    held = {NAME: f"PC-{place}", SERIAL: f"5CG{place:07}X" if place % 10 else "", SYSTEM: "Windows 11 Pro"}
    return HaloAsset(
        halo_credential=scene.credential,
        halo_id=1_000_000 + place,
        name=f"PC-{place}",
        client=client,
        asset_type=scene.type,
        fields={**{str(number): value for number, value in held.items()}, str(MAC): f"{place:012x}"},
        links={"ninjarmm_id": str(place)},
    )


def read_both() -> float:
    began = time.perf_counter()
    for model in (Computer, HaloAsset):
        for _ in model._default_manager.values_list().iterator(chunk_size=2000):
            pass
    return time.perf_counter() - began


def costs(name: str, work: Callable[[], dict[str, int]], reading: float) -> dict[str, float]:
    counted = Counted()
    began = time.perf_counter()
    with connection.execute_wrapper(counted):
        counts = work()
    seconds = time.perf_counter() - began
    told = {"reads": counted.reads, "writes": counted.writes, "times_of_reading": round(seconds / reading, 2)}
    return {f"{name}_{key}": value for key, value in {**counts, **told}.items()}


def main(rows: int) -> None:
    call_command("migrate", verbosity=0)
    scene = Scene()
    fill(scene, rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # a server does that by itself
    reading = median(read_both() for _ in range(READS))
    figures: dict[str, float] = {"reading_seconds": round(reading, 2)}
    idle = peak_mb()
    for time_ in ("first", "second"):
        figures |= costs(f"{time_}_match", lambda: match_computers_for(scene.credential), reading)
        figures |= costs(f"{time_}_plan", lambda: scene.plan(console=None).counts, reading)
    figures["over_idle_mb"] = round(peak_mb() - idle)
    print(json.dumps(figures))


if __name__ == "__main__":
    main(int(sys.argv[1]))
