"""*New preview* where one is out of date: of a sheet in its place, of the other kinds as a new one."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from integrations.admin.display import admin_url
from integrations.choices import Action, PlanState, RunKind
from integrations.models import Plan, Run
from mappings.models import SheetAsset, SheetKind
from mappings.planning import make_again
from tests.connected import execute_here
from tests.integrations.admin.made import make_staff, make_superuser
from tests.mappings.builders import Scene
from tests.mappings.sheets import looked_at
from tests.mappings.test_moving_companies import Moving

pytestmark = pytest.mark.django_db
ROW = {
    "inventory_number": "R-1",
    "assettype_name": "Workstation",
    "client_name": "Alder Dental Group",
    "Device Name": "R1",
}


def sheet_plan(scene: Scene) -> Plan:
    plan = looked_at(scene.credential, [ROW], SheetKind.ASSETS).plan
    assert plan is not None
    return plan


def press(client: Client, plan: Plan) -> Any:
    return client.post(reverse("admin:integrations_plan_plan_again", args=[plan.pk]), follow=True)


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make_superuser())
    return client


def test_a_sheet_is_compared_anew_in_its_place_and_ticks_stay(staff: Client) -> None:
    plan = sheet_plan(Scene())
    plan.changes.update(selected=False)
    row = SheetAsset.objects.get()
    Plan.objects.update(state=PlanState.STALE, error="1 of 1 changes is out of date.")
    page = staff.get(admin_url(plan)).content.decode()
    assert "New preview" in page

    press(staff, plan)
    plan.refresh_from_db()
    assert (plan.state, plan.error) == (PlanState.PLANNING, "")
    execute_here(Run.objects.get(kind=RunKind.PLAN_ASSETS))
    plan.refresh_from_db()
    assert plan.state == PlanState.READY
    assert SheetAsset.objects.get() == row
    assert list(plan.changes.values_list("action", "selected")) == [(Action.CREATE, False)]


def test_while_a_sheet_is_being_applied_it_is_not_computed_beside(staff: Client) -> None:
    plan = sheet_plan(Scene())
    Run.objects.create(plan=plan, kind=RunKind.APPLY_ASSETS)
    assert "being planned or applied by now" in press(staff, plan).content.decode()
    plan.refresh_from_db()
    assert plan.state == PlanState.READY


def test_a_move_is_asked_for_anew_and_the_old_preview_stays(staff: Client) -> None:
    plan = Moving().move()
    Plan.objects.update(state=PlanState.STALE)
    press(staff, plan)
    again = Plan.objects.exclude(pk=plan.pk).get()
    assert (again.kind, again.company, again.parameters) == (plan.kind, plan.company, plan.parameters)


def test_what_was_applied_is_not_made_again(staff: Client) -> None:
    plan = Moving().move()
    Plan.objects.update(state=PlanState.APPLIED)
    assert "New preview" not in staff.get(admin_url(plan)).content.decode()
    press(staff, plan)
    with pytest.raises(ValidationError, match="it is not made again"):
        make_again(Plan.objects.get())
    assert Plan.objects.count() == 1


def test_who_may_make_no_previews_sees_no_button(client: Client) -> None:
    plan = sheet_plan(Scene())
    client.force_login(make_staff("reader", "integrations.view_plan"))
    assert "New preview" not in client.get(admin_url(plan)).content.decode()
    assert press(client, plan).status_code == 403
