"""A ScalePad account from the credential to stored hardware: what is read, and dates that stay known."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integrations.choices import ConnectionState, RunState
from integrations.models import Company, Computer, Console, Event
from integrations.sandbox.scalepad.constants import KEY
from integrations.sandbox.scalepad.world import ScalePadWorld
from integrations.sandbox.server import Sandbox
from tests.connected import connect_console, read_console

pytestmark = pytest.mark.django_db


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start() as running:
        yield running


@pytest.fixture
def console(sandbox: Sandbox) -> Console:
    return connect_console(
        sandbox,
        name="Lifecycle",
        kind="scalepad",
        base_url=f"{sandbox.url('scalepad')}/core/v1",
        credentials={"api_key": KEY},
    )


def dates(console: Console) -> dict[str, tuple[object, object]]:
    rows = Computer.objects.filter(console=console)
    return {row.external_id: (row.purchased_on, row.warranty_ends_on) for row in rows}


def test_everything_is_stored_where_it_belongs(sandbox: Sandbox, console: Console) -> None:
    pad = sandbox.world.of(ScalePadWorld)
    assert console.state == ConnectionState.WORKING, console.state_reason
    assert read_console(console).state == RunState.SUCCEEDED

    owned = [row for row in pad.hardware.values() if row["client"]]
    stored = Computer.objects.filter(console=console)
    assert Company.objects.filter(console=console).count() == len(pad.clients)
    assert stored.count() == len(pad.hardware) == len(owned) + 1
    assert stored.filter(company__isnull=False).count() == len(owned)
    assert set(stored.exclude(product=None).values_list("product__name", flat=True)) == {
        row["type"] for row in pad.hardware.values()
    }
    assert stored.filter(warranty_ends_on__isnull=False).count() > 80
    assert not Event.objects.filter(console=console).exists()


def test_dates_stay_known_while_their_list_cannot_be_read(sandbox: Sandbox, console: Console) -> None:
    read_console(console)
    known = dates(console)
    sandbox.switches.change(scalepad_no_lifecycle_manager=True)
    run = read_console(console)

    assert run.state in (RunState.SUCCEEDED, RunState.PARTIAL), run.error
    assert dates(console) == known
    assert any(ends for _, ends in known.values())


def test_a_longer_warranty_follows(sandbox: Sandbox, console: Console) -> None:
    read_console(console)
    pad = sandbox.world.of(ScalePadWorld)
    serials = [row["serial_number"] for row in pad.hardware.values()]
    chosen = next(
        key
        for key, row in pad.lifecycles.items()
        if serials.count(row["serial_number"]) == 1 and row["warranty_expiry_date"]
    )
    before = dates(console)
    sandbox.event("scalepad-warranty", computer=chosen)
    read_console(console)
    after = dates(console)

    assert {one for one in after if after[one] != before[one]} == {chosen}


def test_what_has_left_the_list_is_gone_after_two_reads(sandbox: Sandbox, console: Console) -> None:
    read_console(console)
    key = sandbox.event("scalepad-remove")["asset"]
    read_console(console)
    assert Computer.objects.get(console=console, external_id=key).active
    read_console(console)

    assert not Computer.objects.get(console=console, external_id=key).active
