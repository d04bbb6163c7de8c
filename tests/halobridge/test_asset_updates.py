"""Enable configuration against the simulated HaloPSA: read, compared, written, read again, nothing left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from integrations.choices import RunKind, RunState
from integrations.ingest.console_side import store_computers
from integrations.management.reporting import execute_here
from integrations.models import Console, HaloAsset, HaloCredential, Run
from integrations.records import ComputerRecord
from integrations.sandbox.generation.asset_settings import DEPARTMENT, ENVIRONMENT, RACK
from integrations.sandbox.server import Sandbox
from mappings.models import CompanyMapping, FieldMapping, FieldOwner, SyncLimits
from mappings.schedules import request_keeping
from tests.connected import connect_halo, read_halo
from tests.exported import asset_writes, export, preview, push_computers

pytestmark = pytest.mark.django_db

REFERENCE, STAGE, DISPOSED, ENCRYPTED = 310, 311, 312, 313


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start() as running:
        running.switches.change(rate_limit_calls=0)
        yield running


def make_table(credential: HaloCredential) -> None:
    rows: list[dict[str, Any]] = [
        {"attribute": "os_name", "field_id": 5},
        {"source": "constant", "text": "test", "field_id": ENVIRONMENT},
        {"source": "constant", "text": "In use", "target": "custom", "field_id": STAGE},
        {"attribute": "warranty_ends_on", "target": "custom", "field_id": DISPOSED},
        {"source": "constant", "text": "yes", "target": "custom", "field_id": ENCRYPTED},
        {"attribute": "warranty_ends_on", "target": "property", "property": "warranty_end"},
        {"attribute": "purchased_on", "target": "property", "property": "supplier_purchasedate"},
        {"source": "constant", "text": "In repair", "target": "property", "property": "status_id"},
        {"attribute": "model", "field_id": RACK, "owner": FieldOwner.HALO},
    ]
    for row in rows:
        FieldMapping.objects.create(halo_credential=credential, **row)


def push(console: Console, system: str, number: int = 3) -> None:
    records = [
        ComputerRecord(
            f"pc{n}",
            f"PC-{n:04}",
            company_external_id="c1",
            serial_number=f"5CG{n:07}",
            os_name=system,
            purchased_on=date(2024, 3, 31),
            warranty_ends_on=date(2027, 3, 31),
        )
        for n in range(number)
    ]
    store_computers(console, records)


def update(credential: HaloCredential) -> Run:
    run = execute_here(request_keeping(credential))
    for applying in Run.objects.filter(kind=RunKind.APPLY_ASSETS).order_by("pk"):
        execute_here(applying)
    return run


def shown(sandbox: Sandbox, name: str) -> dict[str, Any]:
    """What HaloPSA holds of an asset: values as stored."""
    (row,) = [row for row in sandbox.world.halo.assets.values() if row["fields"].get(1) == name]
    return {**row, "fields": dict(row["fields"]), "customfields": dict(row["customfields"])}


def test_assets_are_made_kept_up_to_date_and_then_left_in_peace(sandbox: Sandbox) -> None:
    credential = connect_halo(sandbox)
    read_halo(credential)
    make_table(credential)
    console = push_computers(3)
    push(console, "Windows 10")
    assert export(preview(console, credential)).totals["created"] == 3
    made = shown(sandbox, "PC-0000")
    assert (made["status_id"], made["customfields"][STAGE], made["customfields"][ENCRYPTED]) == (3, 1, True)
    assert str(made["warranty_end"]).startswith("2027-03-31")

    CompanyMapping.objects.update(enable_configuration=True)
    SyncLimits.objects.create(halo_credential=credential)
    read_halo(credential)
    writes = len(asset_writes(sandbox))
    assert update(credential).totals == {"unchanged": 3}
    assert len(asset_writes(sandbox)) == writes

    # People fill in what is theirs; the console learns of a new system.
    for row in sandbox.world.halo.assets.values():
        if str(row["fields"].get(1, "")).startswith("PC-"):
            row["fields"][DEPARTMENT] = "Accounts"
            row["customfields"][REFERENCE] = "PO 7"
    read_halo(credential)
    push(console, "Windows 11")
    run = update(credential)
    assert (run.state, run.totals) == (RunState.SUCCEEDED, {"to_do": 3})
    kept = shown(sandbox, "PC-0000")
    assert kept["fields"][5] == "Windows 11"
    assert (kept["fields"][DEPARTMENT], kept["customfields"][REFERENCE]) == ("Accounts", "PO 7")
    assert kept["customfields"][STAGE] == 1

    read_halo(credential)
    writes = len(asset_writes(sandbox))
    before = list(HaloAsset.objects.order_by("pk").values())
    assert update(credential).totals == {"unchanged": 3}
    assert len(asset_writes(sandbox)) == writes
    assert list(HaloAsset.objects.order_by("pk").values()) == before


def test_custom_fields_are_written_back_whole_where_halo_replaces_them(sandbox: Sandbox) -> None:
    credential = connect_halo(sandbox)
    read_halo(credential)
    console = push_computers(1)
    assert export(preview(console, credential)).totals["created"] == 1
    number = HaloAsset.objects.get(name="PC-0000").halo_id
    sandbox.world.halo.assets[number]["customfields"] |= {REFERENCE: "PO 7", DISPOSED: "2030-01-01T00:00:00"}
    read_halo(credential)
    FieldMapping.objects.create(
        halo_credential=credential, source="constant", text="In use", target="custom", field_id=STAGE
    )
    CompanyMapping.objects.update(enable_configuration=True)
    SyncLimits.objects.create(halo_credential=credential)
    update(credential)
    held = sandbox.world.halo.assets[number]["customfields"]
    assert held == {REFERENCE: "PO 7", DISPOSED: "2030-01-01T00:00:00", STAGE: 1}
