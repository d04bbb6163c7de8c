"""The dialog of an export, the rows of its preview, and undoing it, as staff see them."""

from __future__ import annotations

from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from integrations.choices import Action, OptionKind, PlanState, RunKind, RunState
from integrations.models import Computer, HaloAsset, HaloOption, HaloSite, Plan, Run
from mappings.models import AssetRules, ComputerMapping, ExportChoice, ProductMapping
from mappings.planning import new_undo, plan_assets
from tests.integrations.admin.made import make_staff
from tests.mappings.builders import (
    MODEL,
    SERVER,
    WORKSTATION,
    Scene,
    make_asset_type,
    make_client,
    make_company,
    make_computer,
    make_site,
)
from tests.mappings.fake_halo import FakeHalo, work_off

pytestmark = pytest.mark.django_db

ADD = "admin:integrations_plan_add"
COMPUTERS = "admin:integrations_computer_changelist"


def dialog(scene: Scene, **query: Any) -> str:
    named = "&".join(f"{name}={value}" for name, value in query.items())
    return f"{reverse(ADD)}?halo_credential={scene.credential.pk}&{named}"


def page_of(plan: Plan, page: str = "change") -> str:
    return reverse(f"admin:integrations_plan_{page}", args=(plan.pk,))


def text(response: Any) -> str:
    return unescape(response.content.decode())


def plan_again(plan: Plan) -> Plan:
    plan_assets(plan)
    plan.refresh_from_db()
    return plan


# ---- the dialog ------------------------------------------------------------------------------


def test_what_is_chosen_in_the_dialog_is_the_plans(browser: Client) -> None:
    scene = Scene(computers=2)
    make_asset_type(scene.credential, SERVER, "Server")
    branch = make_site(scene.client, "Branch")
    typed = {
        "company": scene.company.pk,
        f"product_{scene.product.pk}": SERVER,
        "halo_site": branch.pk,
        "main_site": "on",
        "fields": [MODEL],
        "tag": "template",
        "tag_template": "{client}-{host_name}",
    }
    browser.post(dialog(scene), typed)
    assert Plan.objects.get().parameters == {
        "product_types": {str(scene.product.pk): SERVER},
        "halo_site": branch.pk,
        "main_site": True,
        "fields": [MODEL],
        "tag": "template",
        "tag_template": "{client}-{host_name}",
    }
    assert ProductMapping.objects.get().asset_type == WORKSTATION


def test_defaults_are_shown_and_are_no_choice(browser: Client) -> None:
    scene = Scene(computers=1)
    page = text(browser.get(dialog(scene)))
    assert "Asset type for Desktop" in page
    browser.post(dialog(scene), {f"product_{scene.product.pk}": WORKSTATION, "tag": "host"})
    assert Plan.objects.get().parameters == {}


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"tag": "template", "tag_template": "{nothing}"}, "There is no {nothing}"),
        ({"tag": "template"}, "Write the template of the asset tag"),
        ({"halo_site": "any"}, "A site is one client's: choose the company, too."),
    ],
)
def test_a_mistake_is_told_beside_its_field(browser: Client, typed: dict[str, Any], words: str) -> None:
    scene = Scene(computers=1)
    if "halo_site" in typed:
        typed = {"halo_site": HaloSite.objects.get().pk}
    assert words in text(browser.post(dialog(scene), typed))
    assert not Plan.objects.exists()


def test_a_site_of_another_client_is_refused(browser: Client) -> None:
    scene = Scene(computers=1)
    foreign = make_site(make_client(scene.credential, "Birch"))
    page = text(browser.post(dialog(scene), {"company": scene.company.pk, "halo_site": foreign.pk}))
    assert "This site is not one of the client that Alder Dental" in page


def test_the_dialog_costs_the_same_for_few_and_many_computers(browser: Client) -> None:
    def cost(scene: Scene) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(dialog(scene)).status_code == 200
        return len(queries)

    scene = Scene(computers=5)
    cost(scene)
    few = cost(scene)
    for number in range(60):
        make_computer(scene.company, f"M{number}", product=scene.product)
    assert few == cost(scene) <= 15


# ---- selected and filtered computers ---------------------------------------------------------


def test_ticked_computers_lead_to_the_dialog(browser: Client) -> None:
    scene = Scene(computers=3)
    numbers = list(Computer.objects.order_by("pk").values_list("pk", flat=True)[:2])
    answer = browser.post(reverse(COMPUTERS), {"action": "export_selected", "_selected_action": numbers})
    asked = parse_qs(urlsplit(answer["Location"]).query)
    assert asked["computers"] == [",".join(map(str, numbers))]
    assert "2 chosen computers" in text(browser.get(answer["Location"]))
    browser.post(answer["Location"], {})
    plan = plan_again(Plan.objects.get())
    assert plan.parameters == {"chosen": 2}
    assert plan.changes.count() == 2
    assert scene.credential == plan.halo_credential


def test_all_of_the_filtered_list_is_exported_by_its_filters(browser: Client) -> None:
    scene = Scene(computers=3)
    make_computer(scene.company, "OTHER", product=scene.product)
    some = list(Computer.objects.values_list("pk", flat=True)[:1])
    answer = browser.post(
        f"{reverse(COMPUTERS)}?q=ALD-PC&mapping_state=unmapped",
        {"action": "export_selected", "_selected_action": some, "select_across": "1"},
    )
    browser.post(answer["Location"], {})
    chosen = ExportChoice.objects.values_list("computer__name", flat=True)
    assert sorted(chosen) == ["ALD-PC00000", "ALD-PC00001", "ALD-PC00002"]


def test_the_list_offers_the_export_of_what_is_filtered(browser: Client) -> None:
    Scene(computers=3)
    assert "Export the " not in text(browser.get(reverse(COMPUTERS)))
    page = text(browser.get(f"{reverse(COMPUTERS)}?q=PC00001"))
    assert "Export the 1 filtered" in page
    assert "filter=q%3DPC00001" in page


def test_a_filter_that_leaves_nobody_is_told(browser: Client) -> None:
    scene = Scene(computers=1)
    page = text(browser.post(dialog(scene, filter="q%3Dnobody"), {}))
    assert "None of these computers is there any more" in page
    assert not Plan.objects.exists()


# ---- rows of the preview ---------------------------------------------------------------------


def choose_page(plan: Plan, **query: Any) -> str:
    named = "&".join(f"{name}={value}" for name, value in query.items())
    return f"{page_of(plan, 'choose_rows')}?{named}&checksum={plan.checksum}"


def test_a_row_is_changed_from_the_preview(browser: Client) -> None:
    scene = Scene(computers=2)
    make_asset_type(scene.credential, SERVER, "Server")
    plan = scene.plan()
    assert "rows=1" in text(browser.get(page_of(plan)))
    assert "ALD-PC00000" in text(browser.get(choose_page(plan, rows=1)))
    browser.post(choose_page(plan, rows=1), {"asset_type": SERVER, "inventory_number": "RACK-7"})
    assert Run.objects.get().kind == RunKind.PLAN_ASSETS
    changed = plan_again(plan).changes.get(subject__startswith="ALD-PC00000")
    assert (changed.after["asset_type_id"], changed.after["inventory_number"]) == (SERVER, "RACK-7")


def test_the_ticked_rows_are_changed_together_and_their_ticks_are_kept(browser: Client) -> None:
    scene = Scene(computers=3)
    plan = scene.plan()
    answer = browser.post(
        page_of(plan, "keep_ticks"),
        {"checksum": plan.checksum, "shown": [1, 2, 3], "ticked": [1, 3], "choose": "1"},
    )
    plan.refresh_from_db()
    assert answer["Location"] == choose_page(plan, rows="1%2C3")
    assert "the new assets of 2 computers" in " ".join(text(browser.get(answer["Location"])).split())
    assert list(plan.changes.filter(selected=True).values_list("position", flat=True)) == [1, 3]


def test_all_that_are_left_out_are_changed_together(browser: Client) -> None:
    scene = Scene()
    for name in "ABC":
        scene.computer(name, product=None)
    plan = scene.plan()
    browser.post(choose_page(plan, all="skip"), {"asset_type": WORKSTATION})
    assert plan_again(plan).counts["create"] == 3


def test_a_preview_that_is_not_the_one_on_the_page_is_not_changed(browser: Client) -> None:
    scene = Scene(computers=1)
    plan = scene.plan()
    address = choose_page(plan, rows=1).replace(plan.checksum, "0" * 64)
    assert "has changed since you opened it" in text(browser.post(address, {"asset_type": 1}, follow=True))
    assert not ExportChoice.objects.exists()


def test_the_preview_costs_at_most_fifteen_statements(browser: Client) -> None:
    def cost(scene: Scene) -> int:
        plan = scene.plan()
        browser.get(page_of(plan))
        with CaptureQueriesContext(connection) as queries:
            browser.get(page_of(plan))
        return len(queries)

    assert cost(Scene(computers=3)) == cost(Scene(computers=90)) <= 15


def test_whoever_may_only_look_changes_no_row(client: Client) -> None:
    plan = Scene(computers=1).plan()
    client.force_login(make_staff("auditor", "integrations.view_plan"))
    assert "rows=1" not in text(client.get(page_of(plan)))
    assert client.post(choose_page(plan, rows=1), {}).status_code == 403


# ---- undo ------------------------------------------------------------------------------------


def exported(computers: int = 2) -> tuple[Scene, FakeHalo, Run]:
    scene, halo = Scene(computers=computers), FakeHalo()
    return scene, halo, work_off(scene.run(scene.plan()), halo)


def test_the_run_offers_its_undo_as_a_preview(browser: Client) -> None:
    _, halo, run = exported()
    writes = halo.writes()
    page = text(browser.get(reverse("admin:integrations_run_change", args=(run.pk,))))
    address = reverse("admin:integrations_plan_undo", args=(run.pk,))
    assert address in page
    assert "nothing was done. Press “Undo …” again." in text(browser.get(address, follow=True))
    assert not Plan.objects.filter(kind="undo").exists()
    answer = browser.post(address)
    plan = Plan.objects.get(kind="undo")
    assert answer["Location"] == page_of(plan)
    assert f"What undoing run {run.pk} would do" in text(browser.get(page_of(plan_again(plan))))
    assert set(plan.changes.values_list("action", flat=True)) == {Action.DEACTIVATE}
    assert halo.writes() == writes


def test_a_run_that_wrote_nothing_says_so(browser: Client) -> None:
    scene = Scene()
    run = work_off(scene.run(scene.plan()), FakeHalo())
    page = text(browser.post(reverse("admin:integrations_plan_undo", args=(run.pk,)), follow=True))
    assert "wrote nothing to HaloPSA, so there is nothing to undo" in page


def test_held_mappings_are_released_from_the_undo_after_a_question(browser: Client) -> None:
    scene, halo, run = exported()
    plan = plan_again(new_undo(run))
    assert work_off(scene.run(plan), halo).state == RunState.SUCCEEDED
    assert "2 mappings are held since this undo" in text(browser.get(page_of(plan)))
    asked = text(browser.get(page_of(plan, "release")))
    assert "Release the 2 mappings" in asked
    assert ComputerMapping.objects.filter(held=True).count() == 2
    browser.post(page_of(plan, "release"))
    assert not ComputerMapping.objects.filter(held=True).exists()


def test_held_mappings_are_released_one_by_one(browser: Client) -> None:
    scene = Scene()
    mapping = scene.link(scene.computer("A"), None, held=True)
    listed = reverse("admin:mappings_computermapping_changelist")
    browser.post(listed, {"action": "release_selected", "_selected_action": [mapping.pk]})
    mapping.refresh_from_db()
    assert not mapping.held


def test_undo_and_release_need_their_permissions(client: Client) -> None:
    _, _, run = exported()
    client.force_login(make_staff("auditor", "integrations.view_plan", "integrations.view_run"))
    assert client.post(reverse("admin:integrations_plan_undo", args=(run.pk,))).status_code == 403
    assert client.post(page_of(Plan.objects.get(), "release")).status_code == 403
    page = text(client.get(reverse("admin:integrations_run_change", args=(run.pk,))))
    assert reverse("admin:integrations_plan_undo", args=(run.pk,)) not in page


# ---- asset types -----------------------------------------------------------------------------


def test_missing_asset_types_are_made_by_a_preview(browser: Client) -> None:
    scene = Scene()
    HaloOption.objects.create(
        halo_credential=scene.credential, kind=OptionKind.ASSET_GROUP, halo_id="3", name="Hardware"
    )
    address = f"{reverse('admin:integrations_plan_new_types')}?halo_credential={scene.credential.pk}"
    assert "Hardware" in text(browser.get(address))
    assert "This field is required" in text(browser.post(address, {"names": "NAS"}))
    browser.post(address, {"names": "NAS\nWorkstation", "asset_group": 3})
    plan = plan_again(Plan.objects.get())
    page = " ".join(text(browser.get(page_of(plan))).split())
    assert "Asset types that would be created" in page
    assert "HaloPSA has this asset type already." in page
    assert "Device Name, Serial Number" in page


# ---- asset rules -----------------------------------------------------------------------------


def test_asset_rules_are_made_for_a_credential_once(browser: Client) -> None:
    scene = Scene()
    add = f"{reverse('admin:mappings_assetrules_add')}?halo_credential={scene.credential.pk}"
    browser.post(add, {"grace_days": 30, "reactivate": "on"})
    assert AssetRules.objects.get(halo_credential=scene.credential).grace_days == 30
    assert "has asset rules already" in text(browser.post(add, {"grace_days": 3}))
    assert AssetRules.objects.count() == 1


def test_the_list_names_status_and_group(browser: Client) -> None:
    scene = Scene()
    for kind, name in ((OptionKind.ASSET_STATUS, "Retired"), (OptionKind.ASSET_GROUP, "Hardware")):
        HaloOption.objects.create(halo_credential=scene.credential, kind=kind, halo_id="9", name=name)
    AssetRules.objects.create(halo_credential=scene.credential, gone_status=9, asset_group=9)
    page = text(browser.get(reverse("admin:mappings_assetrules_changelist")))
    assert "Retired" in page
    assert "Hardware" in page


def test_more_than_a_year_of_grace_is_refused(browser: Client) -> None:
    scene = Scene()
    add = f"{reverse('admin:mappings_assetrules_add')}?halo_credential={scene.credential.pk}"
    assert "less than or equal to 365" in text(browser.post(add, {"grace_days": 366}))


def test_a_plan_of_planning_again_is_the_same_plan() -> None:
    """Choosing nothing new costs nothing: the checksum of what was looked at holds."""
    plan = Scene(computers=3).plan()
    before = plan.checksum
    assert plan_again(plan).checksum == before
    assert plan.state == PlanState.READY
    assert not HaloAsset.objects.exists()


def test_another_companys_computers_are_not_touched(browser: Client) -> None:
    scene = Scene(computers=1)
    other = make_company(scene.console, "Unmapped")
    stranger = make_computer(other, "STRANGER")
    browser.post(dialog(scene, computers=stranger.pk), {})
    plan = plan_again(Plan.objects.get())
    assert plan.changes.count() == 0
    assert plan.counts["company_unmapped"] == 1
