"""Licences and installed programs of the simulated Halo, and what its assets tell of their life."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import requests

from integrations.sandbox import constants
from integrations.sandbox.moments import moment
from integrations.sandbox.server import Sandbox
from integrations.sandbox.world import from_data, to_data
from tests.integrations.sandbox.callers import HaloCaller

EVERY_ROW: dict[str, Any] = {"count": 1000, "includeinactive": True}


def test_licences_come_in_an_envelope_and_inactive_ones_only_when_asked_for(
    sandbox: Sandbox, halo: HaloCaller
) -> None:
    everything = halo.read("SoftwareLicence", **EVERY_ROW)
    assert everything["record_count"] == len(everything["licences"]) == len(sandbox.world.halo.licences)
    shown = halo.read("SoftwareLicence", count=1000)["licences"]
    assert all(row["is_active"] for row in shown)
    assert 0 < len(shown) < len(everything["licences"])


def test_licences_have_pages(halo: HaloCaller) -> None:
    first = halo.read("SoftwareLicence", pageinate=True, page_size=5, page_no=1, order="id")
    second = halo.read("SoftwareLicence", pageinate=True, page_size=5, page_no=2, order="id")
    assert len(first["licences"]) == 5
    assert first["licences"][-1]["id"] < second["licences"][0]["id"]


def test_licences_of_a_client_of_a_kind_or_with_a_name(halo: HaloCaller) -> None:
    rows = halo.read("SoftwareLicence", **EVERY_ROW)["licences"]
    client = Counter(row["client_id"] for row in rows if row["client_id"]).most_common(1)[0][0]
    of_client = halo.read("SoftwareLicence", client_id=client, **EVERY_ROW)["licences"]
    assert {row["client_id"] for row in of_client} == {client}
    of_kind = halo.read("SoftwareLicence", licence_type=1, **EVERY_ROW)["licences"]
    assert {row["type"] for row in of_kind} == {1}
    named = halo.read("SoftwareLicence", search="acrobat", **EVERY_ROW)["licences"]
    assert {row["name"] for row in named} == {"Adobe Acrobat Pro"}


def test_a_filter_by_date_of_change_does_nothing_to_licences(halo: HaloCaller) -> None:
    every = halo.read("SoftwareLicence", **EVERY_ROW)["record_count"]
    later = halo.read("SoftwareLicence", lastupdatefromdate="2099-01-01T00:00:00Z", **EVERY_ROW)
    assert later["record_count"] == every


def test_programs_are_a_bare_array_for_one_asset(sandbox: Sandbox, halo: HaloCaller) -> None:
    device = next(iter(sandbox.world.halo.software.values()))["did"]
    rows = halo.read("AssetSoftware", device_id=device)
    wanted = [row["id"] for row in sandbox.world.halo.software.values() if row["did"] == device]
    assert [row["id"] for row in rows] == wanted
    assert halo.read("AssetSoftware", device_id=99999) == []
    assert halo.read("AssetSoftware") == []


@pytest.mark.parametrize(
    ("path", "scope"),
    [("SoftwareLicence", "read:softwarelicensing"), ("AssetSoftware?device_id=501", "read:software")],
)
def test_both_have_a_scope_of_their_own(sandbox: Sandbox, path: str, scope: str) -> None:
    assert HaloCaller(sandbox, scope=constants.HALO_SCOPES).get(path).status_code == 403
    assert HaloCaller(sandbox, scope=f"{constants.HALO_SCOPES} {scope}").get(path).status_code == 200


def test_a_part_of_the_assets_has_a_warranty_and_a_day_of_purchase_on_list_and_detail(
    sandbox: Sandbox, halo: HaloCaller
) -> None:
    names = ("warranty_start", "warranty_end", "supplier_purchasedate")
    rows = halo.read("Asset", **EVERY_ROW)["assets"]
    for name in names:
        told = [row for row in rows if row[name][:4] > "1901"]
        assert len(rows) // 6 < len(told) < len(rows), name
    for row in rows[:10]:
        detail = halo.read(f"Asset/{row['id']}", includedetails=True)
        assert [detail[name] for name in names] == [row[name] for name in names]
    begun = [row for row in rows if row["warranty_start"][:4] > "1901"]
    assert all(row["warranty_start"] < row["warranty_end"] for row in begun)


def test_a_warranty_can_be_written(halo: HaloCaller) -> None:
    sent = {"id": 501, "warranty_start": "2026-01-01T00:00:00", "supplier_purchasedate": "2025-12-20"}
    made = halo.write("Asset", sent)
    assert (made["warranty_start"], made["supplier_purchasedate"]) == (
        "2026-01-01T00:00:00",
        "2025-12-20T00:00:00",
    )


def test_assets_are_found_by_their_groups_and_types(sandbox: Sandbox, halo: HaloCaller) -> None:
    def types(**filters: Any) -> set[int]:
        return {row["assettype_id"] for row in halo.read("Asset", **EVERY_ROW, **filters)["assets"]}

    assert types(assetgroups="2,3") == {120, 121}
    assert types(assetgroup_id=3) == {120}
    assert types(assettypes="113,121") == {113, 121}
    assert types(assetgroups="1", assettypes="113,121") == {113}


def test_custom_fields_are_on_list_rows_only_when_asked_for_one_by_one(
    sandbox: Sandbox, halo: HaloCaller
) -> None:
    assert "customfields" not in halo.read("Asset")["assets"][0]
    row = halo.read("Asset", include_custom_fields="310,311")["assets"][0]
    assert [field["id"] for field in row["customfields"]] == [310, 311]
    detail = halo.read(f"Asset/{row['id']}", includedetails=True)["customfields"]
    assert [field for field in detail if field["id"] in (310, 311)] == row["customfields"]


def test_a_custom_field_shows_the_text_of_its_choice(halo: HaloCaller) -> None:
    made = halo.write(
        "Asset",
        {"id": 501, "customfields": [{"id": 311, "value": 2}, {"id": 312, "value": "2026-11-20T00:00:00"}]},
    )
    shown = {field["id"]: (field["type"], field["display"]) for field in made["customfields"]}
    assert (shown[311], shown[312]) == ((2, "To replace"), (4, "20/11/2026"))


def test_custom_fields_are_defined_for_every_kind_of_object_with_their_types(halo: HaloCaller) -> None:
    assert all(halo.read("FieldInfo", typeid=kind) for kind in (1, 2, 3, 4, 5))
    fields = {row["id"]: row for row in halo.read("FieldInfo", typeid=5, includevalues=True)}
    assert [fields[number]["type"] for number in (310, 311, 312, 313)] == [0, 2, 4, 6]
    assert [value["name"] for value in fields[311]["values"]] == ["In use", "To replace", "Disposed"]
    assert "values" not in halo.read("FieldInfo", typeid=5)[0]


def test_answers_are_dated_by_the_sandboxs_own_clock(sandbox: Sandbox, halo: HaloCaller) -> None:
    sandbox.clock.advance(86400 * 40)
    for answer in (halo.get("Client"), requests.get(f"{sandbox.msp360_url}/api/Companies", timeout=10)):
        told = parsedate_to_datetime(answer.headers["Date"])
        assert abs(told - sandbox.clock.now()) < timedelta(seconds=5)


def test_a_saved_world_that_knew_no_software_is_still_read(sandbox: Sandbox) -> None:
    saved = to_data(sandbox.world)
    del saved["halo"]["licences"], saved["halo"]["software"]
    again = from_data(saved)
    assert again.halo.assets == sandbox.world.halo.assets
    assert (again.halo.licences, again.halo.software) == ({}, {})


def test_dates_of_software_are_dates_or_sentinels(sandbox: Sandbox, halo: HaloCaller) -> None:
    device = next(iter(sandbox.world.halo.software.values()))["did"]
    rows = halo.read("SoftwareLicence", **EVERY_ROW)["licences"]
    programs = halo.read("AssetSoftware", device_id=device)
    shown = [row["end_date"] for row in rows] + [row["install_date"] for row in programs]
    assert all(moment(text) for text in shown)
