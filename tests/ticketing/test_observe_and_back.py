"""What ends while a credential only observes is closed when it may write again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from integrations.choices import WriteMode
from integrations.models import HaloCredential
from integrations.sandbox.server import Sandbox
from tests.scene import Scene
from ticketing.models import Ticket, TicketState

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with Sandbox.start(state_dir=tmp_path, seed=1) as running:
        yield Scene(running)


def test_a_ticket_whose_alert_ended_in_observe_mode_is_closed_afterwards(scene: Scene) -> None:
    scene.event("e1")
    scene.deliver()
    assert Ticket.objects.get().state == TicketState.OPEN
    HaloCredential.objects.update(write_mode=WriteMode.OBSERVE)
    scene.event("e1", state="resolved")
    scene.deliver()
    assert len(scene.sandbox.halo.writes) == 1
    HaloCredential.objects.update(write_mode=WriteMode.WRITE)
    scene.deliver()
    assert Ticket.objects.get().state == TicketState.CLOSED
    assert [row["hasbeenclosed"] for row in scene.sandbox.tickets() if row["supplier_reference"]][-1:] == [
        True
    ]
