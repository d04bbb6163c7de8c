"""Resolves that do not name their open alert exactly."""

from __future__ import annotations

import pytest

from integrations.choices import EventState, EventStatus
from tests.ticketing.world import World, make_company, make_computer, make_mapping, route_all
from ticketing.models import Alert

pytestmark = pytest.mark.django_db


def test_it_ends_the_alert_of_a_computer_that_has_moved_to_another_company() -> None:
    world = World()
    world.opened()
    route_all()
    other = make_company(world.console)
    make_mapping(other, world.client)
    world.resolved(company=other)
    route_all()
    alert = world.alert()
    assert (alert.state, alert.company, alert.pending) == (EventState.RESOLVED, world.company, True)


@pytest.mark.parametrize("values", [{"external_id": "x1", "series_key": ""}, {"external_id": "x2"}])
@pytest.mark.parametrize("at_once", [True, False])
def test_it_ends_its_alert_without_computer_and_company(values: dict[str, str], at_once: bool) -> None:
    world = World()
    world.opened(external_id="x1")
    if not at_once:
        route_all()
    event = world.resolved(company=None, computer=None, **values)
    route_all()
    event.refresh_from_db()
    alert = world.alert()
    assert (alert.state, alert.computer) == (EventState.RESOLVED, world.computer)
    assert (event.status, event.reason) == (EventStatus.ROUTED, f"Alert #{alert.pk}")


@pytest.mark.parametrize("named", ["company", "computer"])
def test_without_a_series_key_its_type_and_place_tell_what_it_ends(named: str) -> None:
    """Also while its company is not mapped any more, so that no rule looks at it."""
    world = World()
    world.opened(series_key="", event_type="backup.failed")
    route_all()
    world.mapping.delete()
    values = {"company": None} if named == "computer" else {}
    world.resolved(series_key="", event_type="backup.failed", **values)
    route_all()
    assert world.alert().state == EventState.RESOLVED


def test_without_series_computer_and_company_it_ends_nothing() -> None:
    world = World()
    world.opened(series_key="", event_type="backup.failed")
    route_all()
    world.resolved(series_key="", event_type="backup.failed", company=None, computer=None)
    route_all()
    assert world.alert().state == EventState.OPEN


def test_it_ends_none_of_two_alerts_of_a_series() -> None:
    world = World()
    world.opened()
    world.opened(computer=make_computer(world.company))
    event = world.resolved(company=None, computer=None)
    route_all()
    event.refresh_from_db()
    assert Alert.objects.filter(state=EventState.OPEN).count() == 2
    assert event.reason.endswith("It resolves no open alert.")


def test_it_never_ends_the_alert_of_another_computer() -> None:
    world = World()
    opened = world.opened(external_id="x1")
    event = world.resolved(computer=make_computer(world.company), external_id="x1")
    route_all()
    event.refresh_from_db()
    assert opened.alerts.get().alert.state == EventState.OPEN
    own = event.alerts.get().alert
    assert event.reason == f"Alert #{own.pk}. It resolves no open alert."
