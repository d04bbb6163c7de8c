"""An export from a pushed list of computers to a running sandbox, as the product does it."""

from __future__ import annotations

from integrations.choices import ConnectionState, RunKind
from integrations.ingest.console_side import store_companies, store_computers
from integrations.management.reporting import execute_here
from integrations.models import Company, Console, HaloAssetType, HaloClient, HaloCredential, Plan, Run
from integrations.records import CompanyRecord, ComputerRecord
from integrations.runs.request import request_run
from integrations.sandbox.front import Exchange
from integrations.sandbox.server import Sandbox
from mappings.linking import map_company
from mappings.planning import new_plan


def push_computers(number: int) -> Console:
    """So many computers of one company, which is mapped to an active client with an active site."""
    console = Console.objects.create(name="Push", kind="push", state=ConnectionState.WORKING)
    store_companies(console, [CompanyRecord("c1", "A company")])
    records = [
        ComputerRecord(f"pc{n}", f"PC-{n:04}", company_external_id="c1", serial_number=f"5CG{n:07}")
        for n in range(number)
    ]
    store_computers(console, records)
    client = HaloClient.objects.filter(active=True, sites__active=True).first()
    assert client
    map_company(Company.objects.get(console=console), client)
    return console


def preview(console: Console, credential: HaloCredential) -> Plan:
    """The computed plan: all of them as workstations."""
    plan = new_plan(
        console=console,
        company=None,
        halo_credential=HaloCredential.objects.get(pk=credential.pk),
        parameters={"asset_type": HaloAssetType.objects.get(name="Workstation").halo_id},
        created_by=None,
    )
    execute_here(request_run(RunKind.PLAN_ASSETS, plan=plan, halo_credential=credential))
    plan.refresh_from_db()
    return plan


def export(plan: Plan) -> Run:
    return execute_here(
        request_run(
            RunKind.APPLY_ASSETS,
            plan=plan,
            halo_credential=plan.halo_credential,
            parameters={"checksum": plan.checksum},
        )
    )


def asset_writes(sandbox: Sandbox) -> list[Exchange]:
    """Each POST /Asset that reached the simulated HaloPSA."""
    return [exchange for exchange in sandbox.halo.writes if exchange.path.lower() == "/api/asset"]


def assert_each_once(sandbox: Sandbox, number: int) -> None:
    """So many of the pushed computers have an asset, and none has two."""
    names = [asset["name"] for asset in sandbox.assets() if asset["name"].startswith("PC-")]
    assert len(set(names)) == len(names) == number
