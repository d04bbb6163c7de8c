"""Bad input gets one clear sentence where staff look for it; the rest goes on, nothing is lost.

The whole product against a running sandbox: each test spoils one thing and reads what staff would read.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from halobridge import sandboxed
from integrations.choices import ConnectionState, EventStatus, Outcome, RunKind, RunState
from integrations.ingest.console_side import store_computers
from integrations.management.reporting import execute_here
from integrations.models import (
    Company,
    Computer,
    Event,
    HaloAssetType,
    HaloCredential,
    PlannedChange,
    Product,
    Run,
)
from integrations.records import ComputerRecord
from integrations.runs.request import request_run
from integrations.sandbox import constants
from integrations.sandbox.server import Sandbox
from mappings.models import ProductMapping
from mappings.planning import new_plan
from tests.connected import connect_console, connect_halo, read_console, read_halo
from tests.scene import Scene
from ticketing.models import Alert, IntegrationProfile, Ticket

pytestmark = pytest.mark.django_db
NOBODY_LISTENS = "http://127.0.0.1:1"


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox.start(state_dir=tmp_path, seed=1) as running:
        yield running


def last_run(kind: str) -> Run:
    return Run.objects.filter(kind=kind).latest("id")


# ---- connections ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spoiled", "words"),
    [
        ({"resource_server": f"{NOBODY_LISTENS}/api"}, "127.0.0.1:1"),
        ({"client_secret": "not-the-secret"}, "does not accept"),
        ({"scopes": "read:teapots"}, "read:teapots"),
        (
            {"client_id": constants.NARROW_CLIENT_ID, "client_secret": constants.NARROW_CLIENT_SECRET},
            "assets",
        ),
    ],
    ids=["wrong host", "wrong secret", "unknown scope", "missing permission"],
)
def test_a_credential_that_cannot_work_says_why(
    sandbox: Sandbox, spoiled: dict[str, Any], words: str
) -> None:
    credential = connect_halo(sandbox, **spoiled)
    assert credential.state == ConnectionState.FAILED
    assert words in credential.state_reason
    assert credential.state_reason.endswith(".")
    assert last_run(RunKind.TEST_HALO).error == credential.state_reason


def test_a_server_that_is_no_halo_is_called_so(sandbox: Sandbox) -> None:
    credential = connect_halo(sandbox, resource_server=sandbox.msp360_url + "/api")
    assert credential.state == ConnectionState.FAILED
    assert "HaloPSA" in credential.state_reason


def test_the_token_of_another_tenants_authorisation_server_opens_nothing(sandbox: Sandbox) -> None:
    with Sandbox.start(seed=2) as other:
        credential = connect_halo(sandbox, authorisation_server=other.auth_url)
        assert {exchange.path for exchange in other.halo.requests} <= {"/auth/token", "/api/authinfo"}
    assert credential.state == ConnectionState.FAILED
    assert credential.state_reason.endswith(".")
    refused = [exchange.status for exchange in sandbox.halo.requests if "authinfo" not in exchange.path]
    assert set(refused) <= {401}


def test_a_wrong_tenant_is_named_as_the_likely_cause(sandbox: Sandbox) -> None:
    sandbox.switches.change(strict_tenant=True)
    credential = connect_halo(sandbox, tenant="somebody-else")
    assert credential.state == ConnectionState.FAILED
    assert "tenant" in credential.state_reason.lower()


def test_a_credential_that_works_again_forgets_the_failure(sandbox: Sandbox) -> None:
    credential = connect_halo(sandbox, client_secret="not-the-secret")
    assert credential.failing_since
    credential.client_secret = sandboxed.CLIENT_SECRET
    from integrations.connections import save_halo_credential

    execute_here(save_halo_credential(credential))
    credential = HaloCredential.objects.get()
    assert (credential.state, credential.failing_since) == (ConnectionState.WORKING, None)


def test_an_unreachable_console_says_so_and_halo_is_read_all_the_same(sandbox: Sandbox) -> None:
    console = connect_console(sandbox, base_url=NOBODY_LISTENS)
    assert console.state == ConnectionState.FAILED
    assert "127.0.0.1:1" in console.state_reason
    assert read_halo(connect_halo(sandbox)).state == RunState.SUCCEEDED


# ---- lists ------------------------------------------------------------------------------------


def test_a_list_that_is_cut_short_makes_nothing_disappear(sandbox: Sandbox) -> None:
    console = connect_console(sandbox)
    assert read_console(console).state == RunState.SUCCEEDED
    for _ in range(3):
        sandbox.msp360.faults.add(path="/api/Computers/", what="cut_off", times=3)
        run = read_console(console)
        assert run.state == RunState.FAILED
        assert run.error.endswith(".")
    assert Computer.objects.filter(active=True).count() == 300


def test_an_empty_list_of_companies_waits_instead_of_retiring_all(sandbox: Sandbox) -> None:
    console = connect_console(sandbox)
    read_console(console)
    sandbox.switches.change(msp360_empty_companies=True)
    for _ in range(3):
        run = read_console(console)
    sentences = [entry.reason for entry in run.entries.filter(outcome=Outcome.HELD)]
    assert any("companies" in sentence for sentence in sentences), sentences
    assert run.state == RunState.WAITING
    assert Company.objects.filter(active=True).count() == 25


# ---- tickets ----------------------------------------------------------------------------------


@pytest.fixture
def scene(sandbox: Sandbox) -> Scene:
    return Scene(sandbox)


def test_an_event_of_a_company_without_mapping_waits_and_says_for_what(scene: Scene) -> None:
    scene.event("e1", company_external_id="c2")
    scene.event("e2")
    scene.deliver()
    waiting = Event.objects.get(external_id="e1")
    assert waiting.status == EventStatus.WAITING
    assert "Not mapped" in waiting.reason
    assert "map" in waiting.reason
    assert Ticket.objects.get().summary.find("e2") >= 0


def test_an_event_of_an_unknown_computer_gets_a_ticket_without_asset_and_says_so(scene: Scene) -> None:
    scene.event("e1", computer_external_id="never-seen")
    scene.deliver()
    assert Ticket.objects.get().halo_id
    assert "never-seen" in Event.objects.get().reason


def test_a_duplicate_event_is_told_and_makes_no_second_ticket_or_note(scene: Scene) -> None:
    assert scene.event("e1") == ["stored"]
    assert scene.event("e1") == ["duplicate"]
    scene.deliver()
    scene.deliver()
    ticket = Ticket.objects.get()
    assert ticket.notes == 0
    assert len(scene.sandbox.halo.writes) == 1


def test_a_profile_whose_status_no_longer_exists_makes_its_alerts_wait(scene: Scene) -> None:
    with scene.sandbox.lock:
        del scene.sandbox.world.halo.statuses[scene.profile.status_closed]
    for _ in range(2):
        read_halo(scene.credential)
    scene.event("e1")
    scene.deliver()
    alert = Alert.objects.get()
    assert not Ticket.objects.exists()
    assert "P1" in alert.reason
    assert "status" in alert.reason


def test_a_profile_that_is_mended_serves_what_waited(scene: Scene) -> None:
    working = scene.profile.status_closed
    IntegrationProfile.objects.update(status_closed=987)
    scene.event("e1")
    scene.deliver()
    assert not Ticket.objects.exists()
    IntegrationProfile.objects.update(status_closed=working)
    Alert.objects.update(pending=True)
    scene.deliver()
    assert Ticket.objects.get().halo_id


def test_a_ticket_that_halo_refuses_is_one_result_with_halos_words_and_the_next_one_goes_through(
    scene: Scene,
) -> None:
    scene.event("e1")
    scene.event("e2")
    scene.sandbox.halo.faults.add(path="/api/tickets", what="400", method="POST", times=1)
    run = scene.deliver()
    assert run.state == RunState.PARTIAL
    assert run.entries.filter(outcome=Outcome.REFUSED).count() == 1
    assert sorted(bool(number) for number in Ticket.objects.values_list("halo_id", flat=True)) == [
        False,
        True,
    ]


# ---- assets -----------------------------------------------------------------------------------


def planned_for(scene: Scene, name: str) -> PlannedChange:
    plan = new_plan(console=scene.console, halo_credential=scene.credential)
    run = execute_here(request_run(RunKind.PLAN_ASSETS, plan=plan, halo_credential=scene.credential))
    assert run.state == RunState.SUCCEEDED
    return PlannedChange.objects.get(plan=plan, subject__contains=name)


def test_an_asset_type_that_vanished_in_halo_is_skipped_with_a_sentence(scene: Scene) -> None:
    kind = HaloAssetType.objects.get(name="Workstation")
    server = ComputerRecord("srv1", "SRV-1", company_external_id="c1", products=("Server",))
    store_computers(scene.console, [server])
    ProductMapping.objects.create(
        console=scene.console,
        product=Product.objects.get(console=scene.console, name="Server"),
        halo_credential=scene.credential,
        asset_type=kind.halo_id,
    )
    assert planned_for(scene, "SRV-1").action == "create"
    with scene.sandbox.lock:
        del scene.sandbox.world.halo.asset_types[kind.halo_id]
    for _ in range(2):
        read_halo(scene.credential)
    change = planned_for(scene, "SRV-1")
    assert change.action == "skip"
    assert change.reason == (
        "The asset type Workstation no longer exists in HaloPSA: choose another one for the product “Server”."
    )
