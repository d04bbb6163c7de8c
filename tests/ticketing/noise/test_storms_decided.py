"""Staff release a storm or dissolve it; once."""

from __future__ import annotations

import pytest

from tests.integrations.admin.made import make_staff
from tests.ticketing.fake_halo import run_once
from tests.ticketing.noise.test_storms import run_at, stormy, trouble
from ticketing.models import Alert, Decision, Storm, StormState, Ticket, TicketState
from ticketing.noise.deciding import NothingToDecide, dissolve, release

pytestmark = pytest.mark.django_db


def test_released_each_open_alert_gets_its_own_ticket_and_the_list_is_closed() -> None:
    world, halo = stormy()
    trouble(world, 8)
    run_at(halo, world, 0)
    storm = Storm.objects.get()
    assert release(storm, make_staff()) == 5
    run_at(halo, world, 1)
    run_at(halo, world, 2)
    assert len(halo.tickets) == 9
    (closing,) = halo.closings()
    assert closing["ticket_id"] == storm.ticket.halo_id  # type: ignore[union-attr]
    assert "each alert that is still open gets a ticket of its own" in closing["note_html"]
    assert Alert.objects.values("ticket").distinct().count() == 8
    storm.refresh_from_db()
    assert (storm.state, Storm.objects.count()) == (StormState.RELEASED, 1)


def test_dissolved_its_alerts_get_none_until_they_come_back() -> None:
    world, halo = stormy()
    trouble(world, 8)
    run_at(halo, world, 0)
    storm = Storm.objects.get()
    assert dissolve(storm, None) == 5
    run_once(halo, world.instance)
    assert len(halo.tickets) == 4
    assert Ticket.objects.get(storm=storm).state == TicketState.CLOSED
    quiet = Alert.objects.filter(ticket__isnull=True)
    assert set(quiet.values_list("decision", flat=True)) == {Decision.NOT_WANTED}
    alert = quiet.first()
    assert alert
    for state in ("resolved", "open"):
        world.event(state, computer=alert.computer)
    run_once(halo, world.instance)
    assert len(halo.tickets) == 5


@pytest.mark.parametrize("decide", [release, dissolve])
def test_a_storm_is_decided_about_once(decide: object) -> None:
    world, halo = stormy()
    trouble(world, 8)
    run_at(halo, world, 0)
    storm = Storm.objects.get()
    decide(storm, None)  # type: ignore[operator]
    with pytest.raises(NothingToDecide):
        release(storm, None)


def test_a_storm_whose_ticket_is_closed_has_nothing_to_decide() -> None:
    world, halo = stormy()
    trouble(world, 8)
    run_at(halo, world, 0)
    Ticket.objects.update(current=False, state=TicketState.CLOSED)
    with pytest.raises(NothingToDecide, match="Its ticket is closed"):
        dissolve(Storm.objects.get(), None)
