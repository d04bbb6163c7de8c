"""Preview and apply by REST."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.api import waiting
from integrations.choices import PlanState, RunKind, RunState
from integrations.models import Company, Computer, HaloClient, Plan, Product, Run
from mappings.models import CompanyMapping, ProductMapping
from tests.builders import make_console, make_credential
from tests.integrations.api.clients import (
    make_asset_type,
    make_caller,
    make_company,
    make_computer,
    make_halo_client,
    make_halo_site,
)

pytestmark = pytest.mark.django_db

LIST = "/api/v1/plans/"


def make_world(computers: int = 3) -> tuple[Company, HaloClient]:
    """A mapped company whose computers only lack their assets."""
    console, credential = make_console(), make_credential()
    company, client = make_company(console), make_halo_client(credential)
    site = make_halo_site(client)
    make_asset_type(credential, 31)
    product = Product.objects.create(console=console, name="Server")
    ProductMapping.objects.create(console=console, product=product, halo_credential=credential, asset_type=31)
    CompanyMapping.objects.create(
        company=company, halo_credential=credential, halo_client=client, halo_site=site
    )
    for _ in range(computers):
        make_computer(company, product=product, products=["Server"])
    return company, client


def ask(company: Company, /, **more: Any) -> Any:
    body = {"kind": "assets", "console": company.console_id, "company": None, **more}
    return make_caller().post(LIST, body, format="json")


@pytest.mark.usefixtures("queue")
def test_a_preview_that_is_ready_in_time_is_created_with_counts_and_checksum() -> None:
    company, client = make_world()
    answer = ask(company)
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert (told["state"], told["counts"]["create"]) == ("ready", 3)
    assert len(told["checksum"]) == 64
    assert told["halo_credential"] == client.halo_credential_id
    assert told["forecast_calls"] >= 1
    assert answer["Location"].endswith(f"{LIST}{told['id']}/")


def test_one_that_takes_longer_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "LONGEST_WAIT", 0.0)
    company, _ = make_world()
    answer = ask(company)
    assert (answer.status_code, answer.json()["state"]) == (202, "planning")
    run = Run.objects.get()
    assert (run.kind, run.plan_id) == (RunKind.PLAN_ASSETS, answer.json()["id"])


def test_the_request_waits_for_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = []

    def sleep(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 3:
            Plan.objects.update(state=PlanState.READY, checksum="c")

    monkeypatch.setattr(waiting.time, "sleep", sleep)
    company, _ = make_world()
    assert ask(company).status_code == 201
    assert looks == [waiting.LOOK_EVERY] * 3


@pytest.mark.usefixtures("queue")
def test_changes_are_paged_and_filtered() -> None:
    company, _ = make_world()
    number = ask(company).json()["id"]
    caller = make_caller()
    page = caller.get(f"{LIST}{number}/changes/?page_size=2").json()
    assert (page["count"], len(page["results"])) == (3, 2)
    row = page["results"][0]
    assert (row["position"], row["action"], row["selected"]) == (1, "create", True)
    assert row["after"]["asset_type_id"] == 31
    assert caller.get(f"{LIST}{number}/changes/?action=update").json()["count"] == 0
    assert caller.get(f"{LIST}4711/changes/").status_code == 404


@pytest.mark.usefixtures("queue")
def test_unticking_changes_checksum_and_counts() -> None:
    company, _ = make_world()
    plan = ask(company).json()
    caller = make_caller()
    answer = caller.patch(f"{LIST}{plan['id']}/changes/2/", {"selected": False}, format="json")
    assert (answer.status_code, answer.json()["selected"]) == (200, False)
    after = caller.get(f"{LIST}{plan['id']}/").json()
    assert after["checksum"] != plan["checksum"]
    assert after["counts"]["selected"] == 2
    caller.patch(f"{LIST}{plan['id']}/changes/2/", {"selected": True}, format="json")
    assert caller.get(f"{LIST}{plan['id']}/").json()["checksum"] == plan["checksum"]


@pytest.mark.usefixtures("queue")
def test_only_the_tick_of_a_change_is_written() -> None:
    company, _ = make_world()
    path = f"{LIST}{ask(company).json()['id']}/changes/1/"
    caller = make_caller()
    assert caller.patch(path, {}, format="json").status_code == 400
    answer = caller.patch(path, {"selected": True, "after": {"name": "evil"}}, format="json")
    assert "evil" not in answer.content.decode()
    assert caller.put(path, {"selected": True}, format="json").status_code == 405
    assert caller.patch(path.replace("/1/", "/99/"), {"selected": True}, format="json").status_code == 404


@pytest.mark.usefixtures("queue")
def test_apply_answers_with_the_run() -> None:
    company, client = make_world()
    plan = ask(company).json()
    answer = make_caller().post(f"{LIST}{plan['id']}/apply/", {"checksum": plan["checksum"]}, format="json")
    assert answer.status_code == 202, answer.content
    run = Run.objects.get(pk=answer.json()["id"])
    assert (run.kind, run.plan_id) == (RunKind.APPLY_ASSETS, plan["id"])
    assert run.halo_credential == client.halo_credential
    assert answer["Location"].endswith(f"/api/v1/runs/{run.pk}/")


@pytest.mark.usefixtures("queue")
def test_applying_twice_is_one_run() -> None:
    company, _ = make_world()
    plan, caller = ask(company).json(), make_caller()
    body = {"checksum": plan["checksum"]}
    first = caller.post(f"{LIST}{plan['id']}/apply/", body, format="json").json()
    second = caller.post(f"{LIST}{plan['id']}/apply/", body, format="json").json()
    assert first["id"] == second["id"]
    Run.objects.filter(pk=first["id"]).update(state=RunState.RUNNING)
    assert caller.post(f"{LIST}{plan['id']}/apply/", body, format="json").json()["id"] == first["id"]
    assert not Run.objects.get(pk=first["id"]).dirty


@pytest.mark.usefixtures("queue")
@pytest.mark.parametrize("state", [RunState.QUEUED, RunState.RUNNING, RunState.WAITING])
def test_what_is_to_be_applied_can_no_longer_be_ticked_or_chosen_for(state: str) -> None:
    company, _ = make_world()
    plan, caller = ask(company).json(), make_caller()
    path = f"{LIST}{plan['id']}"
    run = caller.post(f"{path}/apply/", {"checksum": plan["checksum"]}, format="json").json()
    Run.objects.filter(pk=run["id"]).update(state=state)
    assert Run.objects.get(pk=run["id"]).parameters["checksum"] == plan["checksum"]

    unticked = caller.patch(f"{path}/changes/1/", {"selected": False}, format="json")
    assert unticked.status_code == 400
    assert "being applied" in unticked.content.decode()
    computers = list(Computer.objects.filter(company=company).values_list("pk", flat=True))
    chosen = caller.post(f"{path}/choices/", {"computers": computers, "inventory_number": "X"}, format="json")
    assert chosen.status_code in (400, 409)
    assert caller.get(f"{path}/").json()["checksum"] == plan["checksum"]


@pytest.mark.usefixtures("queue")
def test_a_preview_without_a_tick_is_not_applied() -> None:
    company, _ = make_world()
    plan, caller = ask(company).json(), make_caller()
    for position in range(1, plan["counts"]["selected"] + 1):
        caller.patch(f"{LIST}{plan['id']}/changes/{position}/", {"selected": False}, format="json")
    plan = caller.get(f"{LIST}{plan['id']}/").json()
    assert plan["counts"]["selected"] == 0
    answer = caller.post(f"{LIST}{plan['id']}/apply/", {"checksum": plan["checksum"]}, format="json")
    assert answer.status_code == 409
    assert answer.json()["detail"] == "Nothing is ticked."
    assert Plan.objects.get().state == PlanState.READY


@pytest.mark.usefixtures("queue")
def test_a_wrong_checksum_is_a_conflict() -> None:
    company, _ = make_world()
    plan = ask(company).json()
    answer = make_caller().post(f"{LIST}{plan['id']}/apply/", {"checksum": "0" * 64}, format="json")
    assert answer.status_code == 409
    assert answer["Content-Type"] == "application/problem+json"
    assert not Run.objects.filter(kind=RunKind.APPLY_ASSETS).exists()


@pytest.mark.usefixtures("queue")
def test_a_world_that_has_changed_is_a_conflict() -> None:
    company, _ = make_world()
    plan = ask(company).json()
    Computer.objects.filter(company=company).update(name="Renamed")
    answer = make_caller().post(f"{LIST}{plan['id']}/apply/", {"checksum": plan["checksum"]}, format="json")
    assert answer.status_code == 409
    assert "out of date" in answer.json()["detail"]
    assert not Run.objects.filter(kind=RunKind.APPLY_ASSETS).exists()


@pytest.mark.usefixtures("queue")
@pytest.mark.parametrize("state", [PlanState.APPLIED, PlanState.STALE, PlanState.FAILED])
def test_a_preview_that_is_over_is_a_conflict(state: str) -> None:
    company, _ = make_world()
    plan = ask(company).json()
    Plan.objects.update(state=state)
    answer = make_caller().post(f"{LIST}{plan['id']}/apply/", {"checksum": plan["checksum"]}, format="json")
    assert answer.status_code == 409
    assert "make a new one" in answer.json()["detail"]


@pytest.mark.usefixtures("queue")
@pytest.mark.parametrize("console", [{}, {"console": None}])
def test_all_consoles_are_previewed_for_a_credential(console: dict[str, Any]) -> None:
    company, client = make_world(computers=2)
    second = make_company(make_console())
    CompanyMapping.objects.create(
        company=second,
        halo_credential=client.halo_credential,
        halo_client=client,
        halo_site=client.sites.get(),
    )
    far = make_computer(second)
    body = {"kind": "assets", "halo_credential": client.halo_credential_id, "asset_type": 31, **console}

    told = make_caller().post(LIST, body, format="json")

    assert (told.status_code, told.json()["counts"]["create"], told.json()["console"]) == (201, 3, None)
    one = make_caller().post(LIST, {**body, "computers": [far.pk]}, format="json").json()
    assert one["counts"]["create"] == 1
    assert company.console_id != second.console_id


def test_a_preview_of_nothing_in_particular_is_refused() -> None:
    make_world()
    for body in ({"kind": "assets"}, {"kind": "assets", "console": None}):
        answer = make_caller().post(LIST, body, format="json")
        assert answer.status_code == 400
        assert answer.json()["errors"]["console"] == [
            "Say which console; for all of them say the HaloPSA credential."
        ]


def test_a_scope_that_makes_no_sense_is_told_at_its_field() -> None:
    company, client = make_world()
    stranger = make_company(make_console())
    far = make_computer(stranger)
    for body, field in (
        ({"company": stranger.pk}, "company"),
        ({"console": stranger.console_id}, "halo_credential"),
        ({"console": 4711}, "console"),
        ({"kind": "tickets"}, "kind"),
        ({"computers": [far.pk]}, "computers"),
        ({"computers": [10**30]}, "computers.0"),
        ({"computers": []}, "computers"),
        ({"fields": []}, "fields"),
        ({"asset_type": 99_999}, "asset_type"),
        ({"halo_credential": 4711}, "halo_credential"),
    ):
        answer = ask(company, **body)
        assert answer.status_code == 400, body
        assert field in answer.json()["errors"], (body, answer.json())
    other = make_halo_client(make_credential())
    CompanyMapping.objects.create(company=company, halo_credential=other.halo_credential, halo_client=other)
    assert "halo_credential" in ask(company).json()["errors"]
    assert not Plan.objects.exists()
    assert client.halo_credential_id


@pytest.mark.usefixtures("queue")
def test_some_computers_and_a_type_can_be_named() -> None:
    company, _ = make_world()
    plain = make_computer(company)
    told = ask(company, computers=[plain.pk], asset_type=31).json()
    assert told["counts"]["create"] == 1
    assert told["parameters"] == {"computers": [plain.pk], "asset_type": 31}


def test_planning_and_applying_need_different_permissions() -> None:
    company, _ = make_world()
    body = {"kind": "assets", "console": company.console_id}
    assert make_caller("integrations.view_plan").post(LIST, body, format="json").status_code == 403
    plan = Plan.objects.create(console=company.console, checksum="c")
    path = f"{LIST}{plan.pk}/apply/"
    assert (
        make_caller("integrations.add_plan").post(path, {"checksum": "c"}, format="json").status_code == 403
    )
    answer = make_caller("integrations.apply_plan").post(path, {"checksum": "c"}, format="json")
    assert answer.status_code == 409
