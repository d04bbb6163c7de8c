"""Backup plans of the console with their latest run: what `/api/Monitoring` shows."""

from __future__ import annotations

import random

from integrations.sandbox.generation.clients import draw_guid
from integrations.sandbox.generation.computers import is_server
from integrations.sandbox.moments import later
from integrations.sandbox.world import ConsoleWorld, Row

FAILURES = [
    "Storage account rejected the credentials",
    "The network path was not found",
    "Not enough free space on drive C: (needed 12 GB, free 3 GB)",
    "VSS writer 'SqlServerWriter' failed with error 0x800423f4 & the snapshot was removed",
    "Die Datei 'Übersicht <final>.xlsx' wird von einem anderen Prozess benutzt",
]
INITIAL_FAILURES = 8


def add_plans(console: ConsoleWorld, chance: random.Random, now: str) -> None:
    for hid, computer in console.computers.items():
        if not (computer["HasBackupApp"] and computer["CompanyName"]):
            continue
        _add_plan(
            console,
            chance,
            now,
            hid,
            "Nightly image" if is_server(computer["ComputerName"]) else "Daily files",
        )
        if is_server(computer["ComputerName"]):
            _add_plan(console, chance, now, hid, "SQL & Exchange")
    for plan in chance.sample(list(console.plans.values()), INITIAL_FAILURES):
        plan.update(_status=chance.choice([1, 2, 2, 5, 7]), ErrorMessage=chance.choice(FAILURES))


def _add_plan(console: ConsoleWorld, chance: random.Random, now: str, hid: str, name: str) -> None:
    """Some old rows have no plan id; status and kind come as number or as name; some times have no zone."""
    key = draw_guid(chance)
    last = later(now, minutes=-chance.randrange(30, 1380))
    console.plans[key] = plan_row(key, hid, name, last)
    console.plans[key].update(
        _has_id=chance.random() > 0.04,
        _status_as_name=chance.random() < 0.4,
        _kind_as_name=chance.random() < 0.4,
        _zoned=chance.random() < 0.7,
        FilesScanned=chance.randrange(1000, 90000),
        TotalData=chance.randrange(10**9, 10**12),
    )
    if chance.random() < 0.02:
        console.plans[key]["_status"] = chance.choice([3, 4])


def plan_row(key: str, hid: str, name: str, last: str) -> Row:
    return {
        "PlanId": key,
        "PlanName": name,
        "LastStart": last,
        "NextStart": later(last, days=1),
        "ErrorMessage": None,
        "StorageType": "Wasabi",
        "FilesScanned": 1000,
        "TotalData": 10**9,
        "_hid": hid,
        "_kind": 7 if "SQL" in name else 3,
        "_status": 0,
        "_has_id": True,
        "_status_as_name": False,
        "_kind_as_name": False,
        "_zoned": True,
    }
