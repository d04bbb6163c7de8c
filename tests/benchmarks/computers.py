"""Matching of many computers with many assets: `python -m tests.benchmarks.computers ROWS` prints JSON.

Statements, peak memory over idle, and the time as a multiple of reading both tables with `values_list`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from integrations.models import Company, Computer, HaloAsset, HaloClient  # noqa: E402
from mappings.linking import match_computers_for  # noqa: E402
from mappings.models import CompanyMapping  # noqa: E402
from tests.benchmarks.memory import peak_mb  # noqa: E402
from tests.mappings.builders import NAME, SERIAL, Scene  # noqa: E402

CLIENTS = 500


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
    """Nine of ten computers have their asset."""
    for number in range(CLIENTS):
        client = HaloClient(
            halo_credential=scene.credential, halo_id=10_000 + number, name=f"Client {number}"
        )
        client.save()
        company = Company.objects.create(console=scene.console, external_id=f"x{number}", name=f"C {number}")
        CompanyMapping.objects.create(company=company, halo_credential=scene.credential, halo_client=client)
        mine = range(number, rows, CLIENTS)
        Computer.objects.bulk_create(
            Computer(
                console=scene.console,
                company=company,
                external_id=f"n{place}",
                name=f"PC-{place}",
                serial_number=f"5CG{place:07}X",
                mac_addresses=[f"{place:012x}"],
                os_name="Windows 11 Pro",
            )
            for place in mine
        )
        HaloAsset.objects.bulk_create(
            HaloAsset(
                halo_credential=scene.credential,
                halo_id=1_000_000 + place,
                name=f"PC-{place}",
                client=client,
                asset_type=scene.type,
                fields={str(NAME): f"PC-{place}", str(SERIAL): f"5CG{place:07}X" if place % 10 else ""},
                links={"ninjarmm_id": str(place)},
            )
            for place in mine
            if place % 10 != 1
        )


def read_both() -> float:
    began = time.perf_counter()
    for model in (Computer, HaloAsset):
        for _ in model._default_manager.values_list().iterator(chunk_size=2000):
            pass
    return time.perf_counter() - began


def main(rows: int) -> None:
    call_command("migrate", verbosity=0)
    scene = Scene()
    fill(scene, rows)
    reading = read_both()
    idle = peak_mb()
    figures: dict[str, float] = {}
    for name in ("first", "second"):
        counted = Counted()
        began = time.perf_counter()
        with connection.execute_wrapper(counted):
            counts = match_computers_for(scene.credential)
        figures |= {
            f"{name}_linked": counts["linked"],
            f"{name}_reads": counted.reads,
            f"{name}_writes": counted.writes,
            f"{name}_times_of_reading": round((time.perf_counter() - began) / reading, 2),
        }
    figures["over_idle_mb"] = round(peak_mb() - idle)
    print(json.dumps(figures))


if __name__ == "__main__":
    main(int(sys.argv[1]))
