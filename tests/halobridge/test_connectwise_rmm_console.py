"""A ConnectWise RMM account from the credential to stored computers, also where a read is not whole."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integrations.choices import ConnectionState, RunState
from integrations.models import Company, Computer, Console, Location
from integrations.sandbox.connectwise_rmm.constants import CLIENT_ID, CLIENT_SECRET
from integrations.sandbox.connectwise_rmm.world import AsioWorld
from integrations.sandbox.server import Sandbox
from tests.connected import connect_console, read_console

pytestmark = pytest.mark.django_db


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start() as running:
        yield running


def connect(sandbox: Sandbox, **changed: str) -> Console:
    return connect_console(
        sandbox,
        name="Asio",
        kind="connectwise_rmm",
        base_url=sandbox.url("connectwise_rmm"),
        credentials={"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, **changed},
    )


def test_everything_is_stored_where_it_belongs(sandbox: Sandbox) -> None:
    console = connect(sandbox, console_link="https://console.example/devices/{id}")
    held = sandbox.world.of(AsioWorld)
    assert console.state == ConnectionState.WORKING, console.state_reason
    assert read_console(console).state == RunState.SUCCEEDED

    assert Company.objects.filter(console=console).count() == len(held.companies)
    assert Location.objects.filter(company__console=console).count() == len(held.sites)
    stored = Computer.objects.filter(console=console, company__isnull=False, location__isnull=False)
    assert stored.count() == len(held.endpoints)
    number = next(iter(held.endpoints))
    assert stored.get(external_id=number).console_url == f"https://console.example/devices/{number}"


def test_a_second_read_changes_only_what_has_changed(sandbox: Sandbox) -> None:
    console = connect(sandbox)
    read_console(console)
    done = sandbox.event("asio-rename", message="RENAMED")
    again = read_console(console)
    changed = {what: number for what, number in again.totals.items() if number and "unchanged" not in what}

    assert Computer.objects.get(console=console, external_id=done["computer"]).name == "RENAMED"
    assert [number for what, number in changed.items() if what.split()[-1] == "updated"] == [1], changed
    assert not [what for what in changed if what.split()[-1] in {"created", "gone"}], changed


def test_a_read_that_is_not_whole_takes_nothing_away(sandbox: Sandbox) -> None:
    console = connect(sandbox)
    read_console(console)
    sandbox.switches.change(connectwise_rmm_most_rows=3, connectwise_rmm_repeats=True)
    for _ in range(2):
        run = read_console(console)
        assert run.state == RunState.FAILED
        assert "repeats itself" in run.error

    assert not Computer.objects.filter(console=console, gone_since__isnull=False).exists()


def test_a_key_of_another_region_is_a_state_with_its_reason(sandbox: Sandbox) -> None:
    console = connect(sandbox, client_id="0e31-key-of-europe")

    assert console.state != ConnectionState.WORKING
    assert "this one seems to belong to EU" in console.state_reason
