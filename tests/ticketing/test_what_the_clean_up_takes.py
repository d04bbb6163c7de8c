"""`uninstall_report` counts what its clean-up takes, and what it leaves, by the same query."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.choices import Action, OptionKind
from integrations.models import HaloAsset, HaloOption
from mappings.models import CompanyMapping, ComputerMapping, IgnoredComputer
from mappings.planning import new_offboard
from tests.ticketing.leaving import Leaving, twin_in_a_company_that_stays
from tests.ticketing.world import make_company, make_mapping
from ticketing.leaving import what_is_left
from ticketing.models import Alert, IntegrationProfile, Ticket, TicketState

pytestmark = pytest.mark.django_db


def ignored_by_staff(scene: Leaving) -> None:
    IgnoredComputer.objects.create(computer=ComputerMapping.objects.get().computer)


@pytest.mark.parametrize(
    ("change", "assets", "tickets"),
    [
        (lambda _: None, (1, 0), (1, 0)),
        (lambda _: ComputerMapping.objects.update(held=True), (0, 1), (1, 0)),
        (lambda _: ComputerMapping.objects.update(created_by_us=False), (0, 0), (1, 0)),
        (ignored_by_staff, (0, 1), (1, 0)),
        (twin_in_a_company_that_stays, (0, 1), (1, 0)),
        (lambda _: HaloAsset.objects.update(active=False), (0, 0), (1, 0)),
        (lambda _: CompanyMapping.objects.update(no_notification=True), (1, 0), (0, 1)),
        (lambda _: CompanyMapping.objects.all().delete(), (0, 1), (0, 1)),
        (lambda _: Ticket.objects.update(state=TicketState.STAFF), (1, 0), (0, 1)),
        (lambda _: Ticket.objects.update(is_test=True), (1, 0), (0, 1)),
        (lambda _: Alert.objects.all().delete(), (1, 0), (0, 1)),
        (lambda _: Ticket.objects.update(profile=None), (1, 0), (0, 1)),
        (lambda _: Ticket.objects.update(state=TicketState.CLOSED), (1, 0), (0, 0)),
    ],
)
def test_the_report_counts_what_the_clean_up_takes(
    change: Callable[[Leaving], Any], assets: tuple[int, int], tickets: tuple[int, int]
) -> None:
    scene = Leaving()
    change(scene)
    told = {row.what: row.number for row in what_is_left()}
    names = "active assets created from computers", "open tickets"
    taken, left = (tuple(told.get(prefix + name, 0) for name in names) for prefix in ("", "other "))
    assert (taken, left) == tuple(zip(assets, tickets, strict=True))

    rows = [row for mapping in CompanyMapping.objects.all() for row in changes_of(scene, mapping)]
    assert taken == (rows.count(Action.DEACTIVATE), rows.count(Action.CLOSE))


def changes_of(scene: Leaving, mapping: CompanyMapping) -> list[str]:
    """The actions that a preview of this company's end has ticked."""
    plan = scene.computed(new_offboard(mapping))
    return list(plan.changes.filter(selected=True).values_list("action", flat=True))


def test_a_deleted_profile_closes_by_the_default_in_report_and_clean_up() -> None:
    scene = Leaving()
    Ticket.objects.update(profile=None)
    IntegrationProfile.objects.update(is_default=True)
    assert {row.what: row.number for row in what_is_left()}["open tickets"] == 1
    assert scene.told()["ticket"] == (Action.CLOSE, True)
    HaloOption.objects.create(
        halo_credential=scene.credential,
        kind=OptionKind.STATUS,
        halo_id=str(IntegrationProfile.objects.get().status_closed),
        name="Closed",
        active=False,
    )
    assert "open tickets" not in {row.what for row in what_is_left()}
    assert scene.told()["ticket"] == (Action.SKIP, False)


def test_the_report_takes_as_many_statements_however_many_companies() -> None:
    scene = Leaving()
    with CaptureQueriesContext(connection) as few:
        list(what_is_left())
    for number in range(5):
        company = make_company(scene.console, name=f"More {number}", external_id=f"more-{number}")
        make_mapping(company, scene.client)
    with CaptureQueriesContext(connection) as many:
        list(what_is_left())
    assert len(many) == len(few)
