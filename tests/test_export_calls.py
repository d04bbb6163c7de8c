"""Calls are the currency: what an export of 300 computers costs, beside the fewest calls it could cost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from integrations.choices import ConnectionState, RunKind, RunState
from integrations.ingest.console_side import store_companies, store_computers
from integrations.management.reporting import execute_here
from integrations.models import Company, Console, HaloAssetType, HaloClient
from integrations.records import CompanyRecord, ComputerRecord
from integrations.runs.request import request_run
from integrations.sandbox.server import Sandbox
from mappings.linking import map_company
from mappings.planning import new_plan
from tests.connected import connect_halo, read_halo

pytestmark = pytest.mark.django_db
COMPUTERS = 300


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox.start(state_dir=tmp_path, seed=1) as running:
        yield running


def test_300_computers_are_exported_in_a_handful_of_calls(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    credential = connect_halo(sandbox, budget_calls=180)
    read_halo(credential)
    console = Console.objects.create(name="Push", kind="push", state=ConnectionState.WORKING)
    store_companies(console, [CompanyRecord("c1", "A company")])
    store_computers(
        console,
        [
            ComputerRecord(f"pc{n}", f"PC-{n:03}", company_external_id="c1", serial_number=f"5CG{n:07}")
            for n in range(COMPUTERS)
        ],
    )
    client = HaloClient.objects.filter(active=True, sites__active=True).first()
    assert client
    map_company(Company.objects.get(), client)
    workstation = HaloAssetType.objects.get(name="Workstation")
    plan = new_plan(
        console=console,
        company=None,
        halo_credential=credential,
        parameters={"asset_type": workstation.halo_id},
        created_by=None,
    )
    execute_here(request_run(RunKind.PLAN_ASSETS, plan=plan, halo_credential=credential))
    plan.refresh_from_db()
    assert plan.counts["create"] == COMPUTERS
    run = execute_here(
        request_run(
            RunKind.APPLY_ASSETS,
            plan=plan,
            halo_credential=credential,
            parameters={"checksum": plan.checksum},
        )
    )
    with capsys.disabled():
        print(
            f"\n{COMPUTERS} computers exported: {run.calls} calls, forecast {plan.forecast_calls}, "
            f"lower bound {plan.lower_bound}"
        )
    assert run.state == RunState.SUCCEEDED
    assert run.totals["created"] == COMPUTERS
    assert run.lower_bound == plan.lower_bound == 3
    assert run.calls <= 3 * plan.lower_bound
    ours = [asset for asset in sandbox.assets() if asset["name"].startswith("PC-")]
    assert len({asset["name"] for asset in ours}) == len(ours) == COMPUTERS
