"""Assets: what is stored, what is replaced, what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.sandbox.server import Sandbox
from tests.integrations.sandbox.callers import HaloCaller, first_client, make_asset, make_ticket


def field_values(asset: dict[str, Any]) -> dict[str, str]:
    return {field["name"]: field["value"] for field in asset["fields"] if field["value"]}


def test_a_new_asset_is_answered_as_one_object_with_201(sandbox: Sandbox, halo: HaloCaller) -> None:
    answer = halo.post("Asset", [make_asset(sandbox)])
    assert answer.status_code == 201
    assert answer.json()["inventory_number"] == "NEW-1"
    assert answer.json()["key_field"] == "NEW-PC"
    assert sandbox.world.halo.assets[answer.json()["id"]]["fields"] == {1: "NEW-PC"}


def test_older_tenants_answer_200(sandbox: Sandbox, halo: HaloCaller) -> None:
    sandbox.switches.change(write_status=200)
    assert halo.post("Asset", [make_asset(sandbox)]).status_code == 200


def test_an_update_keeps_what_is_not_sent(sandbox: Sandbox, halo: HaloCaller) -> None:
    made = halo.write("Asset", make_asset(sandbox, notes="Keep me"))
    halo.write("Asset", {"id": made["id"], "inactive": True})
    after = halo.read(f"Asset/{made['id']}", includedetails=True)
    assert (after["notes"], after["inactive"], after["inventory_number"]) == ("Keep me", True, "NEW-1")


def test_a_sent_fields_array_blanks_what_it_leaves_out(sandbox: Sandbox, halo: HaloCaller) -> None:
    fields = [{"id": 1, "value": "A"}, {"id": 2, "value": "SN1"}, {"id": 22, "value": "Sales"}]
    made = halo.write("Asset", make_asset(sandbox, fields=fields))
    after = halo.write("Asset", {"id": made["id"], "fields": [{"id": 2, "value": "SN2"}]})
    assert field_values(after) == {"Serial Number": "SN2"}
    assert (after["key_field"], after["key_field2"]) == ("", "SN2")


def test_key_fields_follow_the_type_and_cannot_be_written(sandbox: Sandbox, halo: HaloCaller) -> None:
    fields = [{"id": 1, "value": "Printer 9"}, {"id": 2, "value": "SN9"}]
    made = halo.write("Asset", make_asset(sandbox, assettype_id=120, fields=fields, key_field="mine"))
    assert (made["key_field"], made["key_field2"]) == ("SN9", "Printer 9")


def test_a_field_that_the_type_lacks_is_ignored_or_changes_the_type(
    sandbox: Sandbox, halo: HaloCaller
) -> None:
    fields = [{"id": 1, "value": "A"}, {"id": 23, "value": "7"}]
    made = halo.write("Asset", make_asset(sandbox, fields=fields, _dontaddnewfields=True))
    assert field_values(made) == {"Device Name": "A"}
    made = halo.write("Asset", make_asset(sandbox, fields=fields))
    assert field_values(made) == {"Device Name": "A", "Page Count": "7"}
    assert 23 in sandbox.world.halo.asset_types[112]["fields"]


def test_unknown_fields_and_properties_are_ignored(sandbox: Sandbox, halo: HaloCaller) -> None:
    body = make_asset(sandbox, fields=[{"id": 4711, "value": "?"}], serialnumber="X", device_number=99)
    made = halo.write("Asset", body)
    assert field_values(made) == {}
    assert made["device_number"] != 99


def test_third_party_ids_are_lost_unless_the_tenant_keeps_them(sandbox: Sandbox, halo: HaloCaller) -> None:
    assert halo.write("Asset", make_asset(sandbox, third_party_id=7))["third_party_id"] == 0
    sandbox.switches.change(third_party_ids_persist=True)
    assert halo.write("Asset", make_asset(sandbox, third_party_id=7))["third_party_id"] == 7


def test_custom_fields_are_replaced_or_merged(sandbox: Sandbox, halo: HaloCaller) -> None:
    def purchase(asset: dict[str, Any]) -> str:
        return next(field["value"] for field in asset["customfields"] if field["id"] == 310)

    made = halo.write(
        "Asset", make_asset(sandbox, customfields=[{"name": "CFpurchaseReference", "value": "P1"}])
    )
    assert purchase(made) == "P1"
    assert (
        purchase(halo.write("Asset", {"id": made["id"], "customfields": [{"id": 310, "value": "P2"}]}))
        == "P2"
    )
    sandbox.switches.change(custom_fields_replaced=False)
    assert purchase(halo.write("Asset", {"id": made["id"], "customfields": []})) == "P2"
    sandbox.switches.change(custom_fields_replaced=True)
    assert purchase(halo.write("Asset", {"id": made["id"], "customfields": []})) == ""


def test_linked_users_are_replaced(sandbox: Sandbox, halo: HaloCaller) -> None:
    made = halo.write("Asset", make_asset(sandbox, users=[{"id": 90}, {"id": 91}]))
    assert [user["id"] for user in made["users"]] == [90, 91]
    assert halo.write("Asset", {"id": made["id"], "users": [{"id": 91}]})["users"][0]["id"] == 91


def test_a_client_alone_means_its_main_site_and_a_site_decides_the_client(
    sandbox: Sandbox, halo: HaloCaller
) -> None:
    client = first_client(sandbox)
    body = make_asset(sandbox)
    del body["site_id"]
    assert halo.write("Asset", body)["site_id"] == client["main_site_id"]
    other = next(
        site for site in sandbox.world.halo.sites.values() if site["client_id"] not in (1, client["id"])
    )
    made = halo.write("Asset", {"assettype_id": 112, "site_id": other["id"]})
    assert made["client_id"] == other["client_id"]
    assert (
        halo.write("Asset", {"id": made["id"], "site_id": client["main_site_id"]})["client_id"]
        == client["id"]
    )


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"assettype_id": 999}, "The Asset Type with ID 999 does not exist."),
        ({"assettype_id": None}, "Please select an Asset Type."),
        ({"client_id": 999}, "Please select a valid Customer."),
        ({"site_id": 999}, "Please select a valid Site."),
        ({"site_id": 1}, "The Site does not belong to the Customer."),
        ({"status_id": 77}, "The Status is not allowed for this Asset Type."),
        ({"assettype_id": 113, "status_id": 2}, "The Status is not allowed for this Asset Type."),
        ({"users": [{"id": 99999}]}, "One of the Users does not exist."),
        (
            {"fields": [{"id": 23, "value": "x" * 21}]},
            "The value of 'Page Count' is longer than 20 characters.",
        ),
        ({"notes": "x" * 4001}, "String or binary data would be truncated in column 'notes'."),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_made(
    sandbox: Sandbox, halo: HaloCaller, wrong: dict[str, Any], says: str
) -> None:
    before = dict(sandbox.world.halo.assets)
    answer = halo.post("Asset", [make_asset(sandbox, **wrong)])
    assert answer.status_code == 400
    assert says in answer.text
    assert sandbox.world.halo.assets == before


def test_overlong_text_may_be_cut_instead(sandbox: Sandbox, halo: HaloCaller) -> None:
    sandbox.switches.change(overlong_text="truncate")
    made = halo.write("Asset", make_asset(sandbox, notes="x" * 5000, fields=[{"id": 1, "value": "y" * 300}]))
    assert len(made["notes"]) == 4000
    assert len(made["key_field"]) == 255


def test_tags_are_unique_only_where_the_tenant_says_so(sandbox: Sandbox, halo: HaloCaller) -> None:
    first = halo.write("Asset", make_asset(sandbox))
    assert halo.write("Asset", make_asset(sandbox))["id"] != first["id"]
    sandbox.switches.change(unique_tags=True)
    answer = halo.post("Asset", [make_asset(sandbox, inventory_number=" new-1 ")])
    assert answer.status_code == 400
    assert answer.json()["Message"] == "Asset tag must be unique"


def test_an_asset_without_tag_is_numbered_by_halo_unless_switched_off(
    sandbox: Sandbox, halo: HaloCaller
) -> None:
    assert halo.write("Asset", make_asset(sandbox, inventory_number=""))["inventory_number"].startswith("WS-")
    sandbox.switches.change(automatic_tags=False)
    assert halo.write("Asset", make_asset(sandbox, inventory_number=""))["inventory_number"] == ""


def test_an_update_of_an_unknown_asset_is_404(halo: HaloCaller) -> None:
    assert halo.post("Asset", [{"id": 99999, "inactive": True}]).status_code == 404


def test_an_asset_with_tickets_cannot_be_deleted(sandbox: Sandbox, halo: HaloCaller) -> None:
    made = halo.write("Asset", make_asset(sandbox))
    ticket = halo.write("Tickets", make_ticket(sandbox, assets=[{"id": made["id"]}]))
    assert [row["id"] for row in halo.read("Asset", ticket_id=ticket["id"])["assets"]] == [made["id"]]
    assert halo.call("DELETE", f"Asset/{made['id']}").status_code == 400
    halo.write("Tickets", {"id": ticket["id"], "assets": []})
    assert halo.call("DELETE", f"Asset/{made['id']}").status_code == 200
    assert halo.get(f"Asset/{made['id']}").status_code == 404
