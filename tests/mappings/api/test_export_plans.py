"""Options of an export, choices for rows, undo and asset rules by REST."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.choices import Action, OptionKind
from integrations.models import Computer, HaloOption, HaloSite, Plan
from mappings.models import ComputerMapping
from tests.integrations.api.clients import make_caller
from tests.mappings.builders import SERVER, WORKSTATION, Scene, make_asset_type, make_client, make_site
from tests.mappings.fake_halo import FakeHalo, work_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queue")]

LIST = "/api/v1/plans/"
RULES = "/api/v1/asset-rules/"


def post(path: str, body: dict[str, Any], status: int) -> Any:
    answer = make_caller().post(path, body, format="json")
    assert answer.status_code == status, answer.content
    return answer.json()


def make_plan(scene: Scene, status: int = 201, **more: Any) -> Any:
    return post(LIST, {"kind": "assets", "console": scene.console.pk, **more}, status)


def changes(number: int) -> list[Any]:
    rows: list[Any] = make_caller().get(f"{LIST}{number}/changes/").json()["results"]
    return rows


def exported(scene: Scene, halo: FakeHalo) -> int:
    return work_off(scene.run(scene.plan()), halo).pk


# ---- options ---------------------------------------------------------------------------------


def test_an_export_takes_types_site_and_tag() -> None:
    scene = Scene(computers=1)
    make_asset_type(scene.credential, SERVER, "Server")
    branch = make_site(scene.client, "Branch")
    plan = make_plan(
        scene,
        product_types=[{"product": scene.product.pk, "asset_type": SERVER}],
        halo_site=branch.pk,
        tag="template",
        tag_template="{client}-{host_name}",
        main_site=True,
        fields=[4],
    )
    (row,) = changes(plan["id"])
    assert row["after"]["asset_type_id"] == SERVER
    assert row["after"]["site_name"] == "Branch"
    assert row["after"]["inventory_number"] == "Alder Dental Group-ALD-PC00000"
    assert set(row["after"]["fields"]) == {"1", "2"}


@pytest.mark.parametrize(
    ("wanted", "field", "words"),
    [
        ({"tag": "template", "tag_template": "{x}"}, "tag_template", "There is no {x}"),
        ({"tag": "serial"}, "tag", "not a valid choice"),
        ({"kind": "undo"}, "run", "Say which run"),
        ({"console": None}, "console", "Say which console"),
    ],
)
def test_a_mistake_is_told_by_its_field(wanted: dict[str, Any], field: str, words: str) -> None:
    told = make_plan(Scene(computers=1), 400, **wanted)
    assert words in str(told)
    assert field in str(told)
    assert not Plan.objects.exists()


def test_an_asset_type_or_site_that_is_not_of_the_credential_is_refused() -> None:
    scene = Scene(computers=1)
    told = make_plan(scene, 400, product_types=[{"product": scene.product.pk, "asset_type": 999}])
    assert "no asset type 999" in str(told)
    foreign = make_site(make_client(Scene().credential))
    assert "another HaloPSA credential" in str(make_plan(scene, 400, halo_site=foreign.pk))
    assert not Plan.objects.exists()


# ---- choices for rows ------------------------------------------------------------------------


def test_rows_are_changed_by_computer() -> None:
    scene = Scene(computers=2)
    make_asset_type(scene.credential, SERVER, "Server")
    plan = make_plan(scene)
    number = Computer.objects.get(name="ALD-PC00001").pk
    told = post(f"{LIST}{plan['id']}/choices/", {"computers": [number], "asset_type": SERVER}, 200)
    assert told["checksum"] != plan["checksum"]
    assert [row["after"]["asset_type_id"] for row in changes(plan["id"])] == [WORKSTATION, SERVER]


def test_choices_that_cannot_be_are_refused() -> None:
    scene = Scene(computers=2)
    plan = make_plan(scene)
    path, ids = f"{LIST}{plan['id']}/choices/", list(Computer.objects.values_list("pk", flat=True))
    assert "no computer with the id 4711" in str(post(path, {"computers": [4711]}, 400))
    assert "no asset type 7" in str(post(path, {"computers": ids, "asset_type": 7}, 400))
    foreign = make_site(make_client(scene.credential, "Birch"))
    assert "is not one of the client" in str(post(path, {"computers": ids, "halo_site": foreign.pk}, 400))
    assert HaloSite.objects.count() == 2


# ---- undo ------------------------------------------------------------------------------------


def test_a_run_is_undone_by_a_plan_of_its_own() -> None:
    scene, halo = Scene(computers=2), FakeHalo()
    plan = post(LIST, {"kind": "undo", "run": exported(scene, halo)}, 201)
    assert (plan["kind"], plan["counts"]["deactivate"]) == ("undo", 2)
    assert {row["action"] for row in changes(plan["id"])} == {Action.DEACTIVATE}
    make_caller().patch(f"{LIST}{plan['id']}/changes/1/", {"selected": False}, format="json")
    fresh = make_caller().get(f"{LIST}{plan['id']}/").json()
    run = post(f"{LIST}{plan['id']}/apply/", {"checksum": fresh["checksum"]}, 202)
    work_off(Plan.objects.get(pk=plan["id"]).runs.get(pk=run["id"]), halo)
    assert [asset["inactive"] for asset in halo.assets.values()].count(True) == 1
    assert post(f"{LIST}{plan['id']}/release/", {}, 200) == {"released": 1}
    assert not ComputerMapping.objects.filter(held=True).exists()


def test_what_cannot_be_undone_is_refused_with_a_sentence() -> None:
    scene = Scene()
    run = work_off(scene.run(scene.plan()), FakeHalo())
    assert "wrote nothing" in str(post(LIST, {"kind": "undo", "run": run.pk}, 400))


def test_a_held_mapping_is_released() -> None:
    scene = Scene()
    mapping = scene.link(scene.computer("A"), None, held=True)
    assert post(f"/api/v1/computer-mappings/{mapping.pk}/release/", {}, 200)["held"] is False


def test_releasing_needs_the_right_to_change_mappings() -> None:
    plan = Scene(computers=1).plan()
    caller = make_caller("integrations.view_plan", "integrations.add_plan", "integrations.change_plan")
    assert caller.post(f"{LIST}{plan.pk}/release/", {}, format="json").status_code == 403


# ---- asset types -----------------------------------------------------------------------------


def test_missing_asset_types_are_previewed() -> None:
    scene = Scene()
    HaloOption.objects.create(
        halo_credential=scene.credential, kind=OptionKind.ASSET_GROUP, halo_id="3", name="Hardware"
    )
    body = {"kind": "asset_types", "names": ["NAS", "workstation"], "asset_group": 3}
    assert "HaloPSA credential" in str(post(LIST, body, 400))
    plan = post(LIST, {**body, "halo_credential": scene.credential.pk}, 201)
    assert (plan["counts"]["create"], plan["counts"]["skip"]) == (1, 1)
    other = {**body, "halo_credential": scene.credential.pk, "asset_group": 4}
    assert "Choose the asset group" in str(post(LIST, other, 400))


# ---- asset rules -----------------------------------------------------------------------------


def test_asset_rules_are_one_row_per_credential() -> None:
    scene = Scene()
    body = {"halo_credential": scene.credential.pk, "grace_days": 30}
    told = post(RULES, body, 201)
    assert (told["grace_days"], told["reactivate"], told["gone_status"]) == (30, True, None)
    assert "already" in str(post(RULES, body, 409))
    path = f"{RULES}{told['id']}/"
    assert make_caller().patch(path, {"grace_days": 400}, format="json").status_code == 400
    assert make_caller().patch(path, {"grace_days": 0}, format="json").json()["grace_days"] == 0


def test_a_status_that_halo_does_not_have_is_refused() -> None:
    scene = Scene()
    HaloOption.objects.create(
        halo_credential=scene.credential, kind=OptionKind.ASSET_STATUS, halo_id="9", name="Retired"
    )
    body = {"halo_credential": scene.credential.pk, "gone_status": 8}
    assert "no asset status with the ID 8" in str(post(RULES, body, 400))
    assert post(RULES, {**body, "gone_status": 9}, 201)["gone_status"] == 9
