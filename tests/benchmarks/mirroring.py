"""What reading a HaloPSA costs: calls against the bound, rows a second against a plain loop, memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from math import ceil
from typing import Any

import requests
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.choices import OptionKind, RunState, WriteMode
from integrations.connections import save_halo_credential
from integrations.management.reporting import execute_here
from integrations.models import HaloAsset, HaloClient, HaloCredential, Run
from integrations.runs.request import request_halo_sync
from integrations.sandbox.constants import HALO_SCOPES
from integrations.sandbox.server import Sandbox
from integrations.sync.rights import FIELD_NEEDS
from tests.benchmarks.large_halo import TYPES, serving
from tests.connected import connect_halo

ASSETS = 10_000
MANY = 100_000
LOOK_UPS = len(OptionKind) - 2 + len(FIELD_NEEDS) + 1
"""Lists that a full read asks for, one call each: kinds of choices (two of them are told by the asset types),
kinds of field definitions, and the asset types."""


def figure(what: str, number: float, unit: str, ratio: float, of: str) -> None:
    print(f"{what:<46} {number:7.0f} {unit:<6} {ratio:5.2f} × {of}")


def connect(root: str) -> HaloCredential:
    """A credential for a large HaloPSA, with room for all its pages at once; its test has run."""
    credential = HaloCredential(
        name=f"Large {root}",
        resource_server=f"{root}/api",
        authorisation_server=f"{root}/auth",
        client_id="client",
        client_secret="secret",
        write_mode=WriteMode.OBSERVE,
        budget_calls=5000,
        budget_seconds=10,
    )
    execute_here(save_halo_credential(credential))
    return HaloCredential.objects.get(pk=credential.pk)


def read(credential: HaloCredential, **how: Any) -> tuple[Run, float]:
    """A sync to its end, rests included, and the seconds it took."""
    began = time.perf_counter()
    run = request_halo_sync(credential, **how)
    while execute_here(run).state in (RunState.QUEUED, RunState.RUNNING):
        time.sleep(0.2)
    run.refresh_from_db()
    assert run.state == RunState.SUCCEEDED, (run.state, run.error)
    return run, time.perf_counter() - began


def plain_loop(root: str) -> float:
    """Seconds in which a script without any of our machinery reads the assets' pages and upserts them."""
    session = requests.Session()
    credential = HaloCredential.objects.latest("pk")
    clients = dict(HaloClient.objects.filter(halo_credential=credential).values_list("halo_id", "pk"))
    began = time.perf_counter()
    for number in range(1, ceil(ASSETS / 100) + 1):
        query = {"pageinate": "true", "page_size": 100, "page_no": number, "includeassetfields": "true"}
        rows = session.get(f"{root}/api/Asset", params=query, timeout=30).json()["assets"]
        HaloAsset.objects.bulk_create(
            [
                HaloAsset(
                    halo_credential=credential,
                    halo_id=10_000_000 + row["id"],
                    name=row["key_field"],
                    client_id=clients.get(row["client_id"]),
                    inventory_number=row["inventory_number"],
                    key_field2=row["key_field2"],
                    fields={str(field["id"]): field["value"] for field in row["fields"]},
                )
                for row in rows
            ],
            update_conflicts=True,
            unique_fields=["halo_credential", "halo_id"],
            update_fields=["name", "client_id", "inventory_number", "key_field2", "fields"],
        )
    return time.perf_counter() - began


def calls() -> None:
    with Sandbox.start() as sandbox:
        credential = connect_halo(sandbox, scopes=f"{HALO_SCOPES} read:softwarelicensing")
        world = sandbox.world.halo
        sandbox.halo.requests.clear()
        run, _ = read(credential, full=True)
        tables = (world.clients, world.sites, world.users, world.licences, world.assets)
        pages = sum(max(1, ceil(len(table) / 100)) for table in tables)
        bound = pages + len(world.asset_types) + len(world.ticket_types) + LOOK_UPS
        figure("full mirror of the sandbox", run.calls, "calls", run.calls / bound, f"bound of {bound}")
        sandbox.clock.advance(400 * 24 * 3600)
        read(credential)  # what is as new as the position comes once more
        sandbox.clock.advance(1200)
        run, _ = read(credential)
        figure("incremental mirror, nothing changed", run.calls, "calls", run.calls / 4, "bound of 4")


def rates() -> None:
    with serving(ASSETS) as root:
        credential = connect(root)
        with CaptureQueriesContext(connection) as queries:
            _, seconds = read(credential, full=True)
        rows = ASSETS + 1500 + len(TYPES)
        plain = plain_loop(root)
        ours, theirs = rows / seconds, ASSETS / plain
        figure("mirror: plain loop of requests and upsert", theirs, "rows/s", 1, "itself")
        statements = f"plain, {len(queries) / (rows / 100):.1f} SQL a page with permits, leases and progress"
        figure("mirror: first full read", ours, "rows/s", ours / theirs, statements)
        _, seconds = read(credential, full=True)
        figure("mirror: unchanged full read", rows / seconds, "rows/s", rows / seconds / theirs, "plain")


def memory() -> None:
    """In a process of its own: its peak over what it needs before it reads."""
    command = [sys.executable, "-m", "tests.benchmarks.memory", str(MANY)]
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "DATABASE_URL": f"sqlite:///{folder}/memory.sqlite3"}
        told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    figures = json.loads(told.splitlines()[-1])
    print(
        f"{f'mirror: {MANY:,} assets, memory over idle':<46} {figures['over_idle_mb']:7.0f} MB of 150 allowed"
        f"  ({figures['rows_a_second']:.0f} rows/s, {figures['calls']} calls)"
    )
