"""The whole flow with few rights: after the test of the credential nothing that HaloPSA refuses is called."""

from __future__ import annotations

import pytest

from integrations.choices import ConnectionState, OptionKind, Outcome, Purpose, RunKind, RunState
from integrations.management.reporting import execute_here
from integrations.models import Entry, HaloAsset, HaloOption, MirrorState
from integrations.runs.budget import BudgetGate
from integrations.runs.request import request_run
from integrations.sandbox.server import Sandbox
from integrations.sync.safety import WriteRefused
from tests.connected import connect_halo, read_halo
from tests.exported import export, preview, push_computers
from tests.scene import Scene

pytestmark = pytest.mark.django_db
READ_ONLY = "read:customers read:assets"


def refused_calls(sandbox: Sandbox) -> list[tuple[str, str]]:
    calls = [call for call in sandbox.halo.requests if call.status in (401, 403)]
    return [(call.method, call.path) for call in calls]


@pytest.mark.parametrize("strict", [False, True])
def test_the_least_scopes_suffice_for_assets_and_tickets(sandbox: Sandbox, strict: bool) -> None:
    sandbox.switches.change(configuration_needs_scope=strict)
    credential = connect_halo(sandbox, scopes="edit:tickets edit:assets read:customers")
    assert (credential.state, credential.state_reason) == (
        ConnectionState.WORKING,
        "Connected to HaloPSA as Bridge API.",
    )
    sandbox.halo.requests.clear()
    scene = Scene(sandbox, credential)
    scene.event("e1")
    scene.deliver()
    scene.event("e1", state="resolved")
    scene.deliver()
    plan = preview(scene.console, credential)
    run = export(plan)
    assert run.state == RunState.SUCCEEDED
    assert Entry.objects.filter(run=run, outcome=Outcome.DONE).count() == 1
    execute_here(request_run(RunKind.SWEEP, halo_credential=credential))
    assert refused_calls(sandbox) == []


@pytest.mark.parametrize(("strict", "status"), [(False, 403), (True, 403), (True, 401)])
def test_two_scopes_suffice_to_read_customers_and_assets(sandbox: Sandbox, strict: bool, status: int) -> None:
    sandbox.switches.change(configuration_needs_scope=strict, scope_failure_status=status)
    credential = connect_halo(sandbox, scopes=READ_ONLY)
    assert credential.state == ConnectionState.WORKING
    assert "missing" not in credential.state_reason, "what was not asked for is not missing"
    assert (credential.can_edit_assets, credential.can_edit_tickets) == (False, False)
    sandbox.halo.requests.clear()
    run = read_halo(credential)
    assert run.state == RunState.SUCCEEDED, run.error
    assert HaloAsset.objects.count() == len(sandbox.world.halo.assets)
    assert not HaloOption.objects.filter(kind__in=(OptionKind.TICKET_TYPE, OptionKind.STATUS)).exists()
    export(preview(push_computers(3), credential))
    execute_here(request_run(RunKind.SWEEP, halo_credential=credential))
    assert refused_calls(sandbox) == []
    assert not sandbox.halo.writes


@pytest.mark.parametrize("path", ["/Asset", "/Tickets", "/Actions"])
def test_the_gate_tells_why_a_write_is_not_tried(sandbox: Sandbox, path: str) -> None:
    gate = BudgetGate(connect_halo(sandbox, scopes=READ_ONLY), Purpose.TICKETS)
    with pytest.raises(WriteRefused, match="is not among the scopes of this credential"):
        gate.check_writes(path)


def test_the_test_tells_how_much_there_is_to_read(sandbox: Sandbox) -> None:
    credential = connect_halo(sandbox)
    listed = dict(MirrorState.objects.values_list("resource", "listed"))
    halo = sandbox.world.halo
    assert listed == {
        "clients": len(halo.clients),
        "sites": len(halo.sites),
        "users": len(halo.users),
        "assets": len(halo.assets),
    }
    MirrorState.objects.filter(resource="assets").update(listed=7)
    read_halo(credential)
    assert MirrorState.objects.get(resource="assets").listed == len(halo.assets)
