from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from integrations.choices import PlanState, RunKind, WriteMode
from integrations.models import Computer, Instance, Plan, Run
from integrations.runs.steps import Done, Result, Work, work
from mappings.apply import apply_plan
from mappings.linking import ignore_computers
from mappings.planning import plan_assets
from tests.builders import make_console
from tests.mappings.builders import (
    SERIAL,
    SERVER,
    SYSTEM,
    WORKSTATION,
    Scene,
    make_asset_type,
    make_company,
    make_computer,
    make_site,
)
from tests.mappings.fake_halo import FakeHalo, lost_answer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_short_rests")]

halo = FakeHalo()


def _plan(doing: Work) -> Result:
    assert doing.run.plan
    plan_assets(doing.run.plan)
    return Done()


def _apply(doing: Work) -> Result:
    assert doing.run.plan
    before = len(halo.calls)
    try:
        return apply_plan(doing, doing.run.plan, halo, halo)
    finally:
        doing.calls(len(halo.calls) - before)


def execute(run_id: int) -> None:
    """Stands in for the pipeline: the same steps, with the Halo in memory."""
    work(run_id, {RunKind.PLAN_ASSETS: {"start": _plan}, RunKind.APPLY_ASSETS: {"start": _apply}})


@pytest.fixture(autouse=True)
def _own_execute(settings: Any) -> None:
    settings.HALOBRIDGE_EXECUTE = f"{__name__}.execute"
    halo.__init__()  # type: ignore[misc]


def export(*arguments: str) -> str:
    out = io.StringIO()
    call_command("export_computers", *arguments, stdout=out)
    return out.getvalue()


def export_json(*arguments: str) -> dict[str, Any]:
    (row,) = json.loads(export(*arguments, "--json"))
    return row


def test_it_previews_with_counts_calls_and_checksum() -> None:
    scene = Scene(computers=300, marker=True)
    row = export_json("--console", scene.console.name)
    assert (row["create"], row["calls"], row["lower_bound"]) == (300, 4, 3)
    assert row["checksum"] == Plan.objects.get().checksum
    assert (row["state"], row["failed"]) == ("Ready", False)
    assert halo.calls == []
    assert "300" in export("--console", scene.console.name)


def test_it_applies_the_preview_that_was_looked_at() -> None:
    scene = Scene(computers=3)
    checksum = export_json("--console", scene.console.name)["checksum"]
    row = export_json("--console", scene.console.name, "--apply", "--checksum", checksum)
    assert (row["state"], row["calls"], row["result"]) == ("Succeeded", 3, "3 created")
    assert len(halo.assets) == 3
    assert Plan.objects.latest("pk").state == PlanState.APPLIED


def test_it_refuses_when_the_world_has_changed() -> None:
    scene = Scene(computers=3)
    checksum = export_json("--console", scene.console.name)["checksum"]
    Computer.objects.filter(name="ALD-PC00001").update(os_name="Windows 12")
    out = io.StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command(
            "export_computers", "--console", scene.console.name, "--apply", "--checksum", checksum, stdout=out
        )
    assert stopped.value.code == 1
    assert "Nothing was written: the world has changed since" in out.getvalue()
    assert halo.calls == []
    assert not Run.objects.filter(kind=RunKind.APPLY_ASSETS).exists()


def test_it_does_not_apply_without_a_checksum() -> None:
    with pytest.raises(CommandError, match="--apply needs the --checksum of a preview"):
        export("--console", Scene().console.name, "--apply")


def test_it_fails_when_something_was_refused() -> None:
    scene = Scene(computers=2)
    halo.refuses = lambda payload: (
        "Asset tag must be unique" if payload["inventory_number"].endswith("1") else ""
    )
    checksum = export_json("--console", scene.console.name)["checksum"]
    with pytest.raises(SystemExit):
        export("--console", scene.console.name, "--apply", "--checksum", checksum)
    assert len(halo.assets) == 1


def test_in_observe_mode_it_says_what_would_have_been() -> None:
    scene = Scene(computers=2, write_mode=WriteMode.OBSERVE)
    checksum = export_json("--console", scene.console.name)["checksum"]
    row = export_json("--console", scene.console.name, "--apply", "--checksum", checksum)
    assert row["result"] == "2 observed"
    assert halo.calls == []


def test_one_company_can_be_exported_alone() -> None:
    scene = Scene(computers=2)
    other = make_company(scene.console, "Birch")
    scene.map(other, scene.client, scene.site)
    make_computer(other, "B", product=scene.product)
    assert export_json("--console", scene.console.name, "--company", "Birch")["create"] == 1


def test_a_type_can_be_named_for_computers_without_a_product() -> None:
    scene = Scene()
    scene.computer("A", product=None)
    row = export_json("--console", scene.console.name)
    assert (row["create"], row["skip"]) == (0, 1)
    assert "1 left out: Asset type required" in row["result"]
    assert export_json("--console", scene.console.name, "--asset-type", str(WORKSTATION))["create"] == 1


def test_it_waits_over_a_rest() -> None:
    scene = Scene(computers=2, marker=True)
    Instance.objects.update(batch_size=100)
    halo.faults = [lost_answer]
    checksum = export_json("--console", scene.console.name)["checksum"]
    row = export_json("--console", scene.console.name, "--apply", "--checksum", checksum)
    assert (row["result"], row["calls"]) == ("2 created", 2)


def test_it_names_what_it_does_not_find() -> None:
    scene = Scene()
    with pytest.raises(CommandError, match="There is no console called 'X'"):
        export("--console", "X")
    with pytest.raises(CommandError, match="has no company called 'Birch'"):
        export("--console", scene.console.name, "--company", "Birch")
    with pytest.raises(CommandError, match="No company of this scope is mapped"):
        export("--console", make_console().name)


# ---- what the dialog asks ---------------------------------------------------------------------------


def parameters_of(scene: Scene, *arguments: str) -> dict[str, Any]:
    export("--console", scene.console.name, *arguments)
    found: dict[str, Any] = Plan.objects.latest("pk").parameters
    return found


def test_without_options_everything_is_as_the_dialog_presets_it() -> None:
    assert parameters_of(Scene(computers=1)) == {}


def test_type_by_product_site_fields_and_tag_are_told_as_in_the_dialog() -> None:
    scene = Scene(computers=1)
    make_asset_type(scene.credential, SERVER, "Server")
    product = scene.product
    branch = make_site(scene.client, "Branch")
    told = parameters_of(
        scene,
        *("--company", scene.company.name, "--site", "Branch", "--main-site"),
        *("--product-type", f"{product.name}={SERVER}", "--asset-type", str(WORKSTATION)),
        *("--field", str(SYSTEM), "--field", str(SERIAL)),
        *("--tag", "template", "--tag-template", "{client}-{host_name}"),
    )
    assert told == {
        "asset_type": WORKSTATION,
        "product_types": {str(product.pk): SERVER},
        "halo_site": branch.pk,
        "main_site": True,
        "fields": [SERIAL, SYSTEM],
        "tag": "template",
        "tag_template": "{client}-{host_name}",
    }
    row = Plan.objects.latest("pk").changes.get()
    assert (row.after["asset_type_name"], row.after["site_name"]) == ("Server", "Branch")
    assert row.after["inventory_number"].startswith("Alder Dental Group-")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--product-type", "Desktop"], "write PRODUCT=ID"),
        (["--product-type", "Moon=112"], "has no product 'Moon'. Known: Desktop."),
        (["--product-type", "Desktop=999"], "HaloPSA has no asset type 999."),
        (["--asset-type", "998"], "HaloPSA has no asset type 998."),
        (["--field", "997"], "HaloPSA has no asset field 997."),
        (["--site", "Main"], "--site is one client's: name the --company, too."),
        (["--site", "Moon", "--company", "Alder Dental"], "has no site 'Moon'. Its sites: Main."),
        (["--tag", "template"], "--tag-template: "),
        (["--tag-template", "{client}"], "--tag-template belongs to --tag template."),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence_and_leaves_no_preview(
    arguments: list[str], sentence: str
) -> None:
    scene = Scene(computers=1)
    with pytest.raises(CommandError, match=re.escape(sentence)):
        export("--console", scene.console.name, *arguments)
    assert not Plan.objects.exists()


def test_ignored_computers_are_told() -> None:
    scene = Scene(computers=2)
    ignore_computers([Computer.objects.order_by("pk")[0].pk], "Loaner.")
    row = export_json("--console", scene.console.name)
    assert row["create"] == 1
    assert "1 computer that staff ignore." in row["result"]
