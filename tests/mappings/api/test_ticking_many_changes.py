"""Ticks by REST: of all changes that a filter finds, in one request."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.models import AuditEntry, Company, Plan
from mappings.planning import plan_assets, request_apply
from tests.integrations.api.clients import make_caller
from tests.mappings.builders import Scene, make_client, make_company, make_site

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Plan:
    """Positions 1 and 2 of Alder Dental, 3 of Birch Logistics, 4 is left out."""
    scene = Scene(computers=2)
    client = make_client(scene.credential, "Birch")
    birch = make_company(scene.console, "Birch Logistics")
    scene.map(birch, client, make_site(client))
    computer = scene.computer("BIR-PC1")
    computer.company = birch
    computer.save()
    scene.computer("NO-TYPE", product=None)
    plan = Plan.objects.create(halo_credential=scene.credential, console=scene.console)
    plan_assets(plan)
    plan.refresh_from_db()
    assert plan.counts["selected"] == 3
    return plan


def path_of(plan: Plan) -> str:
    return f"/api/v1/plans/{plan.pk}/changes/"


def ticks(plan: Plan, query: str = "", selected: Any = False, **body: Any) -> Any:
    body = {"selected": selected, **body}
    return make_caller().patch(f"{path_of(plan)}{query}", body, format="json")


def ticked(plan: Plan) -> list[int]:
    return list(plan.changes.filter(selected=True).order_by("position").values_list("position", flat=True))


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("", []),
        ("?action=create", []),
        ("?action=update", [1, 2, 3]),
        ("?action__in=create,update", []),
        ("?search=birch", [1, 2]),
        ("?search=PC00001%20alder", [1, 3]),
        ("?action=create&search=PC00000", [2, 3]),
        ("?action=skip", [1, 2, 3]),
    ],
)
def test_all_that_a_filter_finds_are_unticked(plan: Plan, query: str, left: list[int]) -> None:
    before = plan.checksum

    answer = ticks(plan, query)

    assert answer.status_code == 200, answer.content
    assert ticked(plan) == left
    plan.refresh_from_db()
    told = answer.json()
    assert (told["checksum"], told["counts"]["selected"]) == (plan.checksum, len(left))
    assert (plan.checksum == before) == (left == [1, 2, 3])


def test_all_of_a_company_are_unticked_and_ticked_again(plan: Plan) -> None:
    birch = Company.objects.get(name="Birch Logistics")
    before = plan.checksum

    assert ticks(plan, f"?company={birch.pk}").json()["counts"]["selected"] == 2
    assert ticked(plan) == [1, 2]
    assert make_caller().get(f"{path_of(plan)}?company={birch.pk}").json()["count"] == 1
    assert ticks(plan, f"?company={birch.pk}", selected=True).json()["checksum"] == before


def test_what_changes_nothing_in_halopsa_is_not_ticked(plan: Plan) -> None:
    ticks(plan, selected=True)

    assert ticked(plan) == [1, 2, 3]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?acton=create", "acton"),
        ("?company=", "company"),
        ("?search=", "search"),
        ("?company=4711", "company"),
        ("?company=x", "company"),
        ("?action=destroy", "action"),
        ("?page=2", "page"),
    ],
)
def test_a_filter_that_says_nothing_known_ticks_nothing(plan: Plan, query: str, field: str) -> None:
    answer = ticks(plan, query)

    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert ticked(plan) == [1, 2, 3]


def test_ticks_of_another_preview_stay(plan: Plan) -> None:
    other = Scene(computers=2).plan()

    ticks(plan)

    assert ticked(other) == [1, 2]


def test_a_plan_that_is_no_longer_the_one_looked_at_is_a_conflict(plan: Plan) -> None:
    looked_at = plan.checksum
    assert ticks(plan, "?search=birch", checksum=looked_at).status_code == 200

    answer = ticks(plan, checksum=looked_at)

    assert answer.status_code == 409
    assert ticked(plan) == [1, 2]


def test_a_plan_that_is_being_applied_keeps_its_ticks(plan: Plan) -> None:
    request_apply(plan, plan.checksum)

    answer = ticks(plan)

    assert answer.status_code == 400
    assert "being applied" in answer.content.decode()
    assert ticked(plan) == [1, 2, 3]


@pytest.mark.parametrize("body", [{"selected": None}, {"selected": "maybe"}, {"positions": [1]}])
def test_a_body_that_says_something_else_is_refused(plan: Plan, body: dict[str, Any]) -> None:
    assert ticks(plan, **body).status_code == 400
    assert make_caller().patch(path_of(plan), {}, format="json").status_code == 400
    assert ticked(plan) == [1, 2, 3]


def test_it_needs_the_right_to_change_changes(plan: Plan) -> None:
    caller = make_caller("integrations.view_plannedchange", "integrations.change_plan")

    assert caller.patch(path_of(plan), {"selected": False}, format="json").status_code == 403
    assert ticked(plan) == [1, 2, 3]


def test_it_is_one_entry_of_the_audit_log(plan: Plan) -> None:
    AuditEntry.objects.all().delete()

    ticks(plan, "?search=alder")

    assert [entry.summary for entry in AuditEntry.objects.filter(kind="integrations.plan")] == [
        "Unticked 2 changes."
    ]


def test_any_number_costs_the_same_fifteen_statements_at_most() -> None:
    def cost(number: int) -> int:
        scene = Scene(computers=number)
        caller, path = make_caller(), path_of(scene.plan())
        asked = f"{path}?action=create&search=ald&company={scene.company.pk}"
        with CaptureQueriesContext(connection) as queries:
            answer = caller.patch(asked, {"selected": False}, format="json")
        assert answer.json()["counts"]["selected"] == 0
        return len([query for query in queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))])

    assert cost(3) == cost(1100) <= 15


def test_the_description_tells_its_filters_and_its_body() -> None:
    described = make_caller().get("/api/v1/schema/", {"format": "json"}).json()

    told = described["paths"]["/api/v1/plans/{plan}/changes/"]["patch"]

    names = {parameter["name"] for parameter in told["parameters"]}
    assert {"plan", "action", "company", "search", "selected"} <= names
    body = told["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    assert set(described["components"]["schemas"][body]["properties"]) == {"selected", "checksum"}
    assert told["operationId"].endswith("_many")
