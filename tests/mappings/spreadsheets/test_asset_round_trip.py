"""An export of assets that comes back untouched changes nothing, whatever its clients, sites and types."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.test import Client

from integrations.choices import Action
from integrations.models import HaloAsset, HaloField, Plan
from mappings.models import SheetKind
from tests.integrations.api.clients import make_caller
from tests.mappings.builders import (
    MARKER,
    NAME,
    RACK,
    Scene,
    make_asset,
    make_asset_type,
    make_client,
    make_site,
    rows_of,
)
from tests.mappings.sheets import looked_at

pytestmark = pytest.mark.django_db
Rows = list[dict[str, Any]]


@pytest.fixture
def scene() -> Scene:
    """Assets of two namesakes, of an inactive client at an inactive site, of an inactive type, of nobody."""
    found = Scene(marker=True)
    twins = [make_client(found.credential, "Northwind Traders") for _ in range(2)]
    closed = make_client(found.credential, "Old Mill Bakery", active=False)
    places = [*(make_site(twin) for twin in twins), make_site(twins[0]), make_site(closed, active=False)]
    for number, site in enumerate(places):
        there(site.client, f"PC-{number}", site=site)
    there(twins[1], "retired", site=places[1], active=False)
    there(found.client, "old type", site=found.site, asset_type=old_type(found))
    there(found.client, "=PC", site=found.site)
    there(found.client, "no site")
    HaloAsset.objects.filter(pk=there(found.client, "of nobody").pk).update(client=None)
    HaloField.objects.create(
        halo_credential=found.credential, kind="custom", halo_id=90, name="CFcolours", data_type=3
    )
    return found


def there(client: Any, name: str, **values: Any) -> HaloAsset:
    return make_asset(
        client,
        {NAME: name, RACK: "R1", MARKER: f"HB-{name}"},
        custom_fields={"90": "red, blue"},
        properties={"warranty_end": "2027-03-31T00:00:00"},
        **values,
    )


def old_type(scene: Scene) -> Any:
    return make_asset_type(scene.credential, 777, "Mainframe", active=False)


def exported(scene: Scene, browser: Client, way: str) -> Rows:
    caller: Any = browser if way == "page" else make_caller()
    of = scene.credential.pk
    url, asked = {
        "page": (
            "/admin/integrations/haloasset/export/",
            {"columns": "$CF", "halo_credential__id__exact": of},
        ),
        "rest": ("/api/v1/mapping-sheets/export/", {"halo_credential": of, "what": "assets"}),
    }[way]
    text = b"".join(caller.get(url, asked).streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def plan_of(scene: Scene, rows: Rows) -> Plan:
    plan = looked_at(scene.credential, rows, SheetKind.ASSETS).plan
    assert plan is not None
    return plan


@pytest.mark.parametrize("way", ["page", "rest"])
def test_an_untouched_export_comes_back_as_no_change(browser: Client, scene: Scene, way: str) -> None:
    rows = exported(scene, browser, way)
    assert len(rows) >= 8

    plan = plan_of(scene, rows)

    assert rows_of(plan) == []
    assert plan.counts["unchanged"] == len(rows)


def test_the_bridge_reference_is_known_and_never_changed(browser: Client, scene: Scene) -> None:
    rows = exported(scene, browser, "page")
    assert "Bridge Id" in rows[0]

    plan = plan_of(scene, [{**row, "Bridge Id": "HB-X", "Moon": "x"} for row in rows])

    assert rows_of(plan) == []
    assert plan.parameters["kept"] == [
        "Bridge Id (the bridge reference)",
        "$CFcolours (its values can't be read from a cell)",
    ]
    assert plan.parameters["left_out"] == ["Moon"]
    shown = browser.get(f"/admin/integrations/plan/{plan.pk}/change/").content.decode()
    assert "Bridge Id (the bridge reference)" in shown


def test_a_namesakes_asset_is_changed_where_it_is(scene: Scene) -> None:
    asset = HaloAsset.objects.get(name="PC-1")
    row = {
        "id": asset.halo_id,
        "client_name": "Northwind Traders",
        "site_name": "Main",
        "Rack Position": "R9",
    }

    change = plan_of(scene, [row]).changes.get()

    assert (change.action, list(change.after)) == (Action.UPDATE, ["fields"])


@pytest.mark.parametrize(
    ("name", "client", "reason"),
    [
        (
            "PC-3",
            "Old Mill Bakery",
            "client_name (column B): Its client Old Mill Bakery is inactive in HaloPSA.",
        ),
        ("PC-0", "Old Mill Bakery", "client_name (column B): There is no Halo client 'Old Mill Bakery'."),
        ("PC-3", "Northwind Traders", "client_name (column B): Several have the name 'Northwind Traders'"),
    ],
)
def test_what_would_change_something_needs_a_client_in_use(
    scene: Scene, name: str, client: str, reason: str
) -> None:
    asset = HaloAsset.objects.get(name=name)

    change = plan_of(
        scene, [{"id": asset.halo_id, "client_name": client, "Rack Position": "R9"}]
    ).changes.get()

    assert change.action == Action.SKIP
    assert reason in change.reason


def test_a_credential_of_one_company_changes_no_asset_of_another_client(scene: Scene) -> None:
    scene.credential.associated_company = scene.company
    scene.credential.save()
    asset = HaloAsset.objects.get(name="PC-1")
    told = {"id": asset.halo_id, "client_name": "Northwind Traders"}

    assert rows_of(plan_of(scene, [told])) == []
    change = plan_of(scene, [{**told, "Rack Position": "R9"}]).changes.get()

    assert change.action == Action.SKIP
    assert "Its client Northwind Traders is none of this HaloPSA credential." in change.reason


def test_an_id_that_says_another_client_than_the_name_is_no_return(scene: Scene) -> None:
    asset = HaloAsset.objects.get(name="PC-1")
    other = HaloAsset.objects.get(name="PC-0").client
    assert other is not None

    change = plan_of(scene, [{"id": asset.halo_id, "client_id": other.halo_id}]).changes.get()

    assert (change.action, change.after["client_id"]) == (Action.UPDATE, other.halo_id)
