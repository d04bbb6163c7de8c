"""Asset types: made in a group, with their key fields and fields."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.sandbox.server import Sandbox
from tests.integrations.sandbox.callers import HaloCaller


def new_type(sandbox: Sandbox, **values: Any) -> dict[str, Any]:
    group = next(iter(sandbox.world.halo.asset_groups))
    fields = [{"field_id": 1, "sequence": 1}, {"field_id": 2, "sequence": 2}]
    return {
        "name": "NAS",
        "assetgroup_id": group,
        "keyfield_id": 1,
        "keyfield2_id": 2,
        "fields": fields,
        **values,
    }


def test_a_new_type_is_listed_with_its_group_and_key_fields(sandbox: Sandbox, halo: HaloCaller) -> None:
    known = set(sandbox.world.halo.asset_types)
    made = halo.write("AssetType", new_type(sandbox))
    assert made["id"] not in known
    (row,) = [row for row in halo.read("AssetType") if row["id"] == made["id"]]
    assert (row["name"], row["keyfield_id"], row["keyfield2_id"]) == ("NAS", 1, 2)
    detail = halo.read(f"AssetType/{made['id']}", includedetails=True)
    assert [field["field_id"] for field in detail["fields"]] == [1.0, 2.0]


def test_assets_of_it_can_be_made(sandbox: Sandbox, halo: HaloCaller) -> None:
    made = halo.write("AssetType", new_type(sandbox))
    client = next(iter(sandbox.world.halo.clients))
    fields = [{"id": "1", "value": "NAS-1"}]
    body = {"assettype_id": made["id"], "client_id": client, "inventory_number": "NAS-1", "fields": fields}
    assert halo.write("Asset", body)["key_field"] == "NAS-1"


@pytest.mark.parametrize(
    ("values", "words"),
    [({"name": " "}, "Please enter a Name"), ({"assetgroup_id": 4711}, "Please select an Asset Group")],
)
def test_without_a_name_or_group_it_is_refused(
    sandbox: Sandbox, halo: HaloCaller, values: dict[str, Any], words: str
) -> None:
    answer = halo.post("AssetType", [new_type(sandbox, **values)])
    assert answer.status_code == 400
    assert words in answer.text


def test_a_type_that_is_there_is_renamed(sandbox: Sandbox, halo: HaloCaller) -> None:
    made = halo.write("AssetType", new_type(sandbox))
    renamed = halo.write("AssetType", {"id": made["id"], "name": "Storage"})
    assert (renamed["name"], renamed["keyfield_id"]) == ("Storage", 1)
