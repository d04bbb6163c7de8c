"""A company mapping with an open ticket, by REST and by sheet: another client is a preview."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.choices import IntentionState
from integrations.models import Intention
from mappings.models import SheetVerdict
from tests.integrations.api.clients import make_caller
from tests.mappings.sheets import applied, looked_at, rows_of
from tests.ticketing.test_moving_companies import Moving
from ticketing.models import Ticket, TicketState

pytestmark = pytest.mark.django_db


def patch(scene: Moving) -> Any:
    path = f"/api/v1/company-mappings/{scene.mapping.pk}/"
    return make_caller().patch(path, {"halo_client": scene.other.pk}, format="json")


def test_an_open_ticket_makes_another_client_a_preview() -> None:
    answer = patch(Moving())
    assert answer.status_code == 409
    assert "/api/v1/plans/" in answer.json()["detail"]


def test_closed_tickets_stay_where_they_are_so_the_client_changes_at_once() -> None:
    scene = Moving()
    Ticket.objects.update(state=TicketState.CLOSED, current=False)
    assert patch(scene).status_code == 200


def test_a_ticket_that_is_just_being_created_makes_it_a_preview_too() -> None:
    scene = Moving()
    Ticket.objects.update(halo_id=None, state=TicketState.PLANNED)
    Intention.objects.update(state=IntentionState.UNCERTAIN)
    assert patch(scene).status_code == 409


def sheet_of(scene: Moving) -> Any:
    row = {"Company ID": scene.company.external_id, "Halo client ID": str(scene.other.halo_id)}
    return looked_at(scene.credential, [row])


def test_a_row_of_a_sheet_is_refused_for_an_open_ticket() -> None:
    (row,) = rows_of(sheet_of(Moving()))
    assert (row.verdict, row.column) == (SheetVerdict.REFUSED, "Halo client ID (column B)")
    assert row.reason.startswith("Assets or open tickets hang on this mapping")


def test_a_ticket_that_came_after_the_look_keeps_the_row_from_being_applied() -> None:
    scene = Moving()
    Ticket.objects.update(state=TicketState.CLOSED, current=False)
    sheet = sheet_of(scene)
    Ticket.objects.update(state=TicketState.OPEN)
    applied(sheet)
    (row,) = rows_of(sheet)
    assert "so another client or site is a preview" in row.reason
    scene.mapping.refresh_from_db()
    assert scene.mapping.halo_client == scene.client
