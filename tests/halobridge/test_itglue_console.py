"""An IT Glue account from the credential to assets: what is read, what is exported, what is held back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integrations.choices import ConnectionState, RunState
from integrations.models import Company, Computer, Console, Event, HaloClient, Location
from integrations.sandbox.itglue.constants import KEY
from integrations.sandbox.itglue.world import ITGlueWorld
from integrations.sandbox.server import Sandbox
from mappings.linking import map_company
from tests.connected import connect_console, connect_halo, read_console, read_halo
from tests.exported import export, preview

pytestmark = pytest.mark.django_db


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start() as running:
        yield running


@pytest.fixture
def console(sandbox: Sandbox) -> Console:
    return connect_console(
        sandbox,
        name="Documentation",
        kind="itglue",
        base_url=sandbox.url("itglue"),
        credentials={"api_key": f' "{KEY}" '},
    )


def computer(console: Console, key: str) -> Computer:
    return Computer.objects.get(console=console, external_id=key)


def test_everything_is_stored_where_it_belongs(sandbox: Sandbox, console: Console) -> None:
    glue = sandbox.world.of(ITGlueWorld)
    assert console.state == ConnectionState.WORKING, console.state_reason
    assert read_console(console).state == RunState.SUCCEEDED

    placed = [row for row in glue.configurations.values() if row["location-id"]]
    stored = Computer.objects.filter(console=console)
    assert Company.objects.filter(console=console).count() == len(glue.organizations)
    assert Location.objects.filter(company__console=console).count() == len(glue.locations)
    assert stored.filter(company__isnull=False).count() == len(glue.configurations)
    assert stored.filter(location__isnull=False).count() == len(placed)
    assert stored.filter(eligible=False).count() == sum(
        row["archived"] for row in glue.configurations.values()
    )
    assert not Event.objects.filter(console=console).exists()


def test_dates_and_pages_are_kept_and_follow(sandbox: Sandbox, console: Console) -> None:
    glue = sandbox.world.of(ITGlueWorld)
    key = next(
        key for key, row in glue.configurations.items() if row["purchased-at"] and row["warranty-expires-at"]
    )
    read_console(console)
    found, row = computer(console, key), glue.configurations[key]
    assert (str(found.purchased_on), str(found.warranty_ends_on)) == (
        row["purchased-at"],
        row["warranty-expires-at"],
    )
    assert found.console_url.endswith(f"/configurations/{key}")
    assert found.product is not None
    assert found.product.name == row["configuration-type-name"]

    sandbox.event("itglue-warranty", computer=key)
    read_console(console)
    assert (
        str(computer(console, key).warranty_ends_on)
        == row["warranty-expires-at"]
        != str(found.warranty_ends_on)
    )


def test_what_is_archived_is_held_back_and_what_is_deleted_is_gone_after_two_reads(
    sandbox: Sandbox, console: Console
) -> None:
    read_console(console)
    archived, deleted = (
        str(sandbox.event(f"itglue-{what}")["configuration"]) for what in ("archive", "delete")
    )
    read_console(console)
    assert computer(console, archived).ineligible_reason == "Archived in IT Glue."
    assert computer(console, deleted).active
    read_console(console)

    assert not computer(console, deleted).active
    assert computer(console, archived).active


def test_its_computers_become_assets_once_each(sandbox: Sandbox, console: Console) -> None:
    credential = connect_halo(sandbox)
    read_halo(credential)
    read_console(console)
    company = Company.objects.get(console=console, name="Café Zürich AG")
    mine = Computer.objects.filter(company=company, eligible=True)
    client = HaloClient.objects.filter(active=True, sites__active=True).first()
    assert client
    map_company(company, client)
    before = len(sandbox.assets())

    run = export(preview(console, credential))
    assert run.state == RunState.SUCCEEDED, run.error
    made = [asset for asset in sandbox.assets()[before:] if asset["client_id"] == client.halo_id]
    assert 0 < len(made) <= mine.count()
    assert len(sandbox.assets()) == before + len(made)
    assert preview(console, credential).counts.get("selected") == 0, "nothing is left to do"
