"""Another client or site for a mapped company by REST: a plan like any other."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.choices import IntentionKind, IntentionState, PlanState
from integrations.models import Intention, Plan
from mappings.models import ComputerMapping
from tests.integrations.api.clients import make_caller
from tests.mappings.builders import make_client, make_site
from tests.mappings.test_moving_companies import Moving

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queue")]


def ask(**body: Any) -> Any:
    return make_caller().post("/api/v1/plans/", {"kind": "move", **body}, format="json")


def test_a_move_is_previewed_and_applied_by_its_checksum() -> None:
    scene = Moving()
    answer = ask(company_mapping=scene.mapping.pk, halo_client=scene.other.pk)
    assert answer.status_code == 201
    assert (answer.data["kind"], answer.data["company"]) == ("move", scene.company.pk)
    counts = {name: answer.data["counts"][name] for name in ("update", "link", "unlink")}
    assert counts == {"update": 1, "link": 1, "unlink": 1}
    address = f"/api/v1/plans/{answer.data['id']}/"
    kinds = [row["subject_kind"] for row in make_caller().get(f"{address}changes/").data["results"]]
    assert kinds == ["computer_mapping", "company_mapping", "computer"]
    body = {"checksum": answer.data["checksum"]}
    assert make_caller().post(f"{address}apply/", body, format="json").status_code == 202


def test_without_a_client_the_site_alone_changes() -> None:
    scene = Moving()
    answer = ask(company_mapping=scene.mapping.pk)
    assert (answer.status_code, "already" in str(answer.data)) == (400, True)


def test_a_missing_mapping_and_a_client_of_another_credential_are_refused() -> None:
    scene = Moving()
    assert "company_mapping" in str(ask(halo_client=scene.other.pk).data)
    stranger = make_client(Moving().credential)
    answer = ask(company_mapping=scene.mapping.pk, halo_client=stranger.pk)
    assert (answer.status_code, "another HaloPSA credential" in str(answer.data)) == (400, True)


# ---- without a preview -----------------------------------------------------------------------


def patch(scene: Moving, **body: Any) -> Any:
    return make_caller().patch(f"/api/v1/company-mappings/{scene.mapping.pk}/", body, format="json")


def test_a_mapping_with_assets_is_not_changed_alone_and_the_answer_names_the_way() -> None:
    scene = Moving()
    for body in ({"halo_client": scene.other.pk}, {"halo_site": make_site(scene.client, "Annex").pk}):
        answer = patch(scene, **body)
        assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
        assert f'POST {{"kind": "move", "company_mapping": {scene.mapping.pk}}}' in answer.json()["detail"]
    scene.mapping.refresh_from_db()
    assert (scene.mapping.halo_client, scene.mapping.halo_site) == (scene.client, scene.site)


def test_a_refused_move_leaves_the_switches_of_the_same_request_alone() -> None:
    scene = Moving()
    assert patch(scene, halo_client=scene.other.pk, create_tickets=True).status_code == 409
    scene.mapping.refresh_from_db()
    assert scene.mapping.create_tickets is False


def test_client_and_site_as_they_are_may_be_sent_along_with_a_switch() -> None:
    scene = Moving()
    same = {"halo_client": scene.client.pk, "halo_site": scene.site.pk}
    answer = patch(scene, **same, create_tickets=True)
    assert (answer.status_code, answer.json()["create_tickets"]) == (200, True)


def test_a_mapping_whose_asset_is_just_being_created_waits_for_a_preview_too() -> None:
    scene = Moving()
    ComputerMapping.objects.all().delete()
    mapping = scene.link(scene.computer("NEW"), None)
    Intention.objects.create(
        instance=scene.credential.instance,
        halo_credential=scene.credential,
        kind=IntentionKind.CREATE_ASSET,
        state=IntentionState.SENDING,
        cause="test",
        lane="test",
        sequence=1,
        subject_id=mapping.pk,
    )
    assert patch(scene, halo_client=scene.other.pk).status_code == 409


def test_what_nothing_hangs_on_is_changed_at_once() -> None:
    scene = Moving()
    ComputerMapping.objects.all().delete()
    scene.link(scene.computer("NEW"), None)
    answer = patch(scene, halo_client=scene.other.pk)
    assert (answer.status_code, answer.json()["halo_site"]) == (200, scene.there.pk)


# ---- out of date -----------------------------------------------------------------------------


def test_a_preview_that_is_out_of_date_is_made_again() -> None:
    plan = Moving().move()
    Plan.objects.update(state=PlanState.STALE)
    answer = make_caller().post(f"/api/v1/plans/{plan.pk}/again/")
    assert answer.status_code == 201
    assert answer.data["id"] != plan.pk
    assert (answer.data["kind"], answer.data["counts"]["update"]) == ("move", 1)


def test_an_export_is_asked_for_anew_instead() -> None:
    plan = Moving().move()
    Plan.objects.update(state=PlanState.STALE, kind="assets")
    answer = make_caller().post(f"/api/v1/plans/{plan.pk}/again/")
    assert (answer.status_code, Plan.objects.count()) == (409, 1)
