"""An Automate server from the credential to one asset in HaloPSA, which another console's computer shares."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import QuerySet

from integrations.choices import ConnectionState, RunState
from integrations.models import Company, Computer, Console, HaloClient, Location
from integrations.sandbox.connectwise_automate.constants import CLIENT_ID, PASSWORD, USERNAME
from integrations.sandbox.connectwise_automate.world import AutomateWorld
from integrations.sandbox.server import Sandbox
from mappings.linking import map_company
from mappings.models import ComputerMapping, MappingOrigin
from tests.connected import connect_console, connect_halo, read_console, read_halo
from tests.exported import export, preview

pytestmark = pytest.mark.django_db

COMPANY = "Alder Veterinary Clinic"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start() as running:
        yield running


def connect(sandbox: Sandbox, **changed: str) -> Console:
    return connect_console(
        sandbox,
        name="Automate",
        kind="connectwise_automate",
        base_url=sandbox.url("connectwise_automate"),
        credentials={"username": USERNAME, "password": PASSWORD, "client_id": CLIENT_ID, **changed},
    )


def test_everything_is_stored_where_it_belongs(sandbox: Sandbox) -> None:
    console = connect(sandbox)
    held = sandbox.world.of(AutomateWorld)
    assert console.state == ConnectionState.WORKING, console.state_reason
    assert read_console(console).state == RunState.SUCCEEDED

    assert Company.objects.filter(console=console).count() == len(held.clients)
    assert Location.objects.filter(company__console=console).count() == len(held.locations)
    stored = Computer.objects.filter(console=console, company__isnull=False, location__isnull=False)
    assert stored.count() == len(held.computers)
    assert stored.get(external_id="1184").console_url == (
        f"{sandbox.url('connectwise_automate')}/automate/computer/1184/normal-tiles"
    )


def test_a_second_read_changes_nothing(sandbox: Sandbox) -> None:
    console = connect(sandbox)
    read_console(console)
    again = read_console(console)
    changed = [what for what, number in again.totals.items() if number and "unchanged" not in what]

    assert not [what for what in changed if what.split()[-1] in {"created", "updated", "gone"}], again.totals


def test_a_retired_computer_is_gone_after_two_reads(sandbox: Sandbox) -> None:
    console = connect(sandbox)
    read_console(console)
    done = sandbox.event("automate-retire")
    retired = Computer.objects.filter(console=console, external_id=done["computer"])
    read_console(console)
    assert retired.get().gone_since is None, "once may be a mistake"
    read_console(console)

    assert retired.get().gone_since is not None
    assert Computer.objects.filter(console=console, gone_since__isnull=False).count() == 1


def test_a_wrong_password_is_a_state_with_its_reason(sandbox: Sandbox) -> None:
    console = connect(sandbox, password="marked-but-wrong")

    assert console.state != ConnectionState.WORKING
    assert "does not accept user name, password and client ID" in console.state_reason


def test_a_computer_of_two_consoles_becomes_one_asset(sandbox: Sandbox) -> None:
    credential = connect_halo(sandbox)
    read_halo(credential)
    console, backup = connect(sandbox), connect_console(sandbox, rmm=True)
    for one in (console, backup):
        read_console(one)
    client = HaloClient.objects.filter(active=True, sites__active=True, name__contains="Alder").first()
    assert client is not None
    for one in (console, backup):
        map_company(Company.objects.get(console=one, name=COMPANY), client)
    assert export(preview(console, credential)).state == RunState.SUCCEEDED
    made = serials(ComputerMapping.objects.filter(console=console, origin=MappingOrigin.EXPORTED))
    read_halo(credential)
    assert export(preview(backup, credential)).state == RunState.SUCCEEDED

    shared = made & serials(Computer.objects.filter(console=backup, company__name=COMPANY))
    assert len(shared) > 2
    for serial in shared:
        pairs = ComputerMapping.objects.filter(computer__serial_number=serial)
        assert {pair.console for pair in pairs} == {console, backup}
        assert len({pair.halo_asset_id for pair in pairs}) == 1, serial
        assert sum(serial in asset["fields"].values() for asset in sandbox.assets()) == 1, serial


def serials(rows: QuerySet[Any]) -> set[str]:
    """Of computers or mappings; those of unlabelled boards and clones are shorter or longer."""
    name = "serial_number" if rows.model is Computer else "computer__serial_number"
    return {serial for serial in rows.values_list(name, flat=True) if len(serial or "") == 10}
