"""Lists are read whole, in order, by page; what changed since; assets by tag."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
import responses

from integrations.halo.reader import HaloReader
from integrations.net.errors import Forbidden, ShortList
from tests.integrations.halo.builders import API, give_page, make_session, sent_params

SINCE = datetime(2026, 11, 1, tzinfo=UTC)


def make_reader() -> HaloReader:
    return HaloReader(make_session())


def make_clients(*ids: int) -> list[dict[str, Any]]:
    return [{"id": halo_id, "name": f"Client {halo_id}"} for halo_id in ids]


def flat(pages: Any) -> list[int]:
    return [record.halo_id for page in pages for record in page]


@responses.activate
def test_clients_come_page_by_page_until_the_record_count() -> None:
    give_page("/Client", "clients", 1, make_clients(1, 2), 3)
    give_page("/Client", "clients", 2, make_clients(3), 3)
    assert [len(page) for page in make_reader().fetch_clients()] == [2, 1]
    assert len(responses.calls) == 2
    assert sent_params(0) == {
        "pageinate": "true",
        "page_size": "100",
        "page_no": "1",
        "order": "id",
        "orderdesc": "false",
        "includeactive": "true",
        "includeinactive": "true",
    }


@pytest.mark.parametrize("method", ["fetch_clients", "fetch_sites", "fetch_users", "fetch_assets"])
@responses.activate
def test_what_changed_since_is_asked_for_in_utc(method: str) -> None:
    responses.get(url=f"{API}/{_path(method)}", json={"record_count": 0, "rows": []})
    assert flat(getattr(make_reader(), method)(since=SINCE)) == []
    assert sent_params()["lastupdatefromdate"] == "2026-11-01T00:00:00.000Z"


def _path(method: str) -> str:
    return {"clients": "Client", "sites": "Site", "users": "Users", "assets": "Asset"}[method[6:]]


@responses.activate
def test_a_list_cut_short_is_an_error_after_what_came() -> None:
    give_page("/Site", "sites", 1, [{"id": 1, "name": "A", "client_id": 1.0}], 2)
    give_page("/Site", "sites", 2, [], 2)
    pages = make_reader().fetch_sites()
    assert len(next(pages)) == 1
    with pytest.raises(ShortList, match="sites ended after 1 of 2"):
        next(pages)


@responses.activate
def test_rows_that_come_twice_are_given_once() -> None:
    give_page("/Client", "clients", 1, make_clients(1, 2), 4)
    give_page("/Client", "clients", 2, make_clients(2, 3), 4)
    assert flat(make_reader().fetch_clients()) == [1, 2, 3]


@responses.activate
def test_a_bare_array_is_a_whole_list() -> None:
    responses.get(f"{API}/Client", json=make_clients(1, 2))
    assert flat(make_reader().fetch_clients()) == [1, 2]


@responses.activate
def test_a_count_of_zero_beside_rows_is_not_believed() -> None:
    give_page("/Client", "clients", 1, make_clients(1), 0)
    give_page("/Client", "clients", 2, make_clients(2), 0)
    give_page("/Client", "clients", 3, [], 0)
    assert flat(make_reader().fetch_clients()) == [1, 2]


@responses.activate
def test_assets_come_with_their_fields_unless_told_otherwise() -> None:
    row = {"id": 501, "client_id": 12, "assettype_id": 112}
    give_page("/Asset", "assets", 1, [{**row, "fields": [{"id": 1, "name": "A", "value": "x"}]}], 1)
    (record,) = next(make_reader().fetch_assets(client_id=12))
    assert record.fields is not None
    assert record.fields[0].value == "x"
    assert sent_params()["includeassetfields"] == "true"
    assert sent_params()["client_id"] == "12"
    assert sent_params()["noicon"] == "true"


@responses.activate
def test_assets_without_fields_say_that_they_are_unknown() -> None:
    give_page("/Asset", "assets", 1, [{"id": 501, "client_id": 12, "assettype_id": 112}], 1)
    (record,) = next(make_reader().fetch_assets(with_fields=False))
    assert record.fields is None
    assert "includeassetfields" not in sent_params()


@responses.activate
def test_changed_assets_are_read_over_all_pages_with_inactive_ones() -> None:
    give_page("/Asset", "assets", 1, [{"id": 1, "client_id": 2}], 2)
    give_page("/Asset", "assets", 2, [{"id": 2, "client_id": 2, "inactive": True}], 2)
    found = make_reader().fetch_assets_changed(SINCE, client_id=2)
    assert [record.active for record in found] == [True, False]
    assert sent_params()["includeinactive"] == "true"
    assert sent_params()["lastupdatefromdate"] == "2026-11-01T00:00:00.000Z"


@responses.activate
def test_an_asset_is_found_by_exactly_its_tag_within_the_client() -> None:
    rows = [
        {"id": 1, "client_id": 12, "inventory_number": "PC-1"},
        {"id": 2, "client_id": 12, "inventory_number": "PC-10"},
        {"id": 3, "client_id": 13, "inventory_number": "PC-1"},
        {"id": 4, "client_id": 12, "inventory_number": "pc-1"},
    ]
    give_page("/Asset", "assets", 1, rows, 4)
    assert [record.halo_id for record in make_reader().fetch_assets_by_tag(12, " PC-1 ")] == [1]
    assert sent_params()["search_inventory_number_only"] == "true"


@pytest.mark.parametrize(
    "answer", [{"status": 404}, {"json": {}}, {"json": {"id": 0}}, {"json": []}, {"body": "null"}]
)
@responses.activate
def test_an_unknown_asset_is_absent_in_every_way_of_saying_so(answer: dict[str, Any]) -> None:
    responses.get(f"{API}/Asset/9", **answer)
    assert make_reader().fetch_asset(9) is None


@responses.activate
def test_one_asset_is_read_with_its_details() -> None:
    responses.get(f"{API}/Asset/9", json={"id": 9, "client_id": 1, "fields": []})
    record = make_reader().fetch_asset(9)
    assert record is not None
    assert record.fields == ()
    assert sent_params() == {"includedetails": "true"}


@responses.activate
def test_asset_types_cost_one_list_and_one_detail_each_and_are_kept() -> None:
    types = [{"id": 1, "name": "PC"}, {"id": 2, "name": "Server"}]
    responses.get(f"{API}/AssetType", json=types)
    for halo_id in (1, 2):
        detail = {"id": halo_id, "fields": [{"field_id": 60.0 + halo_id, "sequence": 1}]}
        responses.get(f"{API}/AssetType/{halo_id}", json=detail)
    reader = make_reader()
    assert [record.field_ids for record in reader.fetch_asset_types()] == [(61,), (62,)]
    assert len(responses.calls) == 3
    reader.fetch_asset_types()
    reader.fetch_asset_type(1)
    assert len(responses.calls) == 3


@responses.activate
def test_asset_types_without_details_cost_one_call() -> None:
    responses.get(f"{API}/AssetType", json=[{"id": 1, "name": "PC", "keyfield_id": 5}])
    (record,) = make_reader().fetch_asset_types(details=False)
    assert (record.key_field_ids, record.field_ids) == ((5,), None), "not read is not the same as none"


@responses.activate
def test_the_list_of_asset_types_says_nothing_about_their_fields() -> None:
    responses.get(f"{API}/AssetType", json=[{"id": 1, "name": "PC", "fields": []}])
    (record,) = make_reader().fetch_asset_type_list()
    assert (record.name, record.field_ids) == ("PC", None)
    assert len(responses.calls) == 1


@responses.activate
def test_an_asset_type_that_vanishes_while_reading_keeps_what_the_list_said() -> None:
    responses.get(f"{API}/AssetType", json=[{"id": 1, "name": "PC"}])
    responses.get(f"{API}/AssetType/1", status=404)
    assert [record.name for record in make_reader().fetch_asset_types()] == ["PC"]


@responses.activate
def test_asset_fields_and_custom_fields() -> None:
    responses.get(f"{API}/Field", json=[{"id": 1, "name": "Device Name"}, {"name": "no id"}])
    responses.get(f"{API}/FieldInfo", json=[{"id": 9, "name": "x", "label": "X"}])
    reader = make_reader()
    assert [(field.kind, field.name) for field in reader.fetch_fields()] == [("asset", "Device Name")]
    assert [(field.kind, field.name) for field in reader.fetch_fields("custom")] == [("custom", "X")]
    assert sent_params() == {"typeid": "5", "includevalues": "true"}


@pytest.mark.parametrize(("kind", "number"), [("ticket", 1), ("client", 2), ("site", 3), ("user", 4)])
@responses.activate
def test_custom_fields_of_other_objects_have_their_type_and_their_choices(kind: str, number: int) -> None:
    values: list[Any] = [{"id": 1, "name": "Gold"}, {"id": 2, "name": "Old", "inactive": True}, None]
    responses.get(f"{API}/FieldInfo", json=[{"id": 9, "name": "x", "type": 2, "values": values}])
    (field,) = make_reader().fetch_fields(kind)
    assert (field.kind, field.data_type, field.values) == (kind, 2, (("1", "Gold"),))
    assert sent_params()["typeid"] == str(number)


@responses.activate
def test_custom_fields_that_may_not_be_read_are_not_taken_for_none() -> None:
    responses.get(f"{API}/FieldInfo", status=403)
    with pytest.raises(Forbidden):
        make_reader().fetch_fields("custom")


@responses.activate
def test_the_probe_is_one_light_call() -> None:
    responses.get(f"{API}/Client", json={"record_count": 9, "clients": []})
    make_reader().probe()
    assert sent_params() == {"pageinate": "true", "page_size": "1", "page_no": "1"}


@pytest.mark.parametrize("method", ["fetch_clients", "fetch_sites", "fetch_users", "fetch_assets"])
@responses.activate
def test_every_list_can_be_taken_up_again_at_a_page(method: str) -> None:
    give_page(f"/{_path(method)}", method[6:], 3, [{"id": 201, "name": "A"}], 201)
    assert flat(getattr(make_reader(), method)(first=3, before=200)) == [201]
    assert len(responses.calls) == 1


@responses.activate
def test_assets_may_be_limited_to_types_and_groups_and_bring_custom_fields() -> None:
    custom = [{"id": 310, "display": "PO-1", "value": "PO-1"}, {"id": 311, "display": "", "value": None}]
    give_page("/Asset", "assets", 1, [{"id": 1, "client_id": 2, "customfields": custom}], 1)
    (record,) = next(
        make_reader().fetch_assets(types=(112, 113), groups=[1], custom_fields=(310, 311), inactive=False)
    )
    assert record.custom_fields == {310: "PO-1"}
    params = sent_params()
    assert (params["assettypes"], params["assetgroups"]) == ("112,113", "1")
    assert (params["include_custom_fields"], params["includeinactive"]) == ("310,311", "false")


@responses.activate
def test_what_is_not_asked_for_is_not_sent() -> None:
    give_page("/Asset", "assets", 1, [{"id": 1}], 1)
    next(make_reader().fetch_assets())
    assert not {"assettypes", "assetgroups", "include_custom_fields"} & set(sent_params())
    assert sent_params()["includeinactive"] == "true"


@pytest.mark.parametrize("method", ["fetch_clients", "fetch_sites", "fetch_users", "fetch_licences"])
@responses.activate
def test_inactive_rows_may_be_left_out(method: str) -> None:
    responses.get(re.compile(f"{API}/.*"), json={"record_count": 0, "rows": []})
    assert list(getattr(make_reader(), method)(inactive=False)) == []
    assert sent_params()["includeinactive"] == "false"


@responses.activate
def test_licences_come_in_pages_and_can_not_be_limited_to_what_changed() -> None:
    give_page("/SoftwareLicence", "licences", 1, [{"id": 1, "name": "Office", "is_active": False}], 2)
    give_page("/SoftwareLicence", "licences", 2, [{"id": 2, "name": "Antivirus"}], 2)
    found = [record for page in make_reader().fetch_licences() for record in page]
    assert [(record.name, record.active) for record in found] == [("Office", False), ("Antivirus", True)]
    assert "lastupdatefromdate" not in sent_params()


@responses.activate
def test_installed_software_is_one_call_for_one_asset() -> None:
    rows = [{"id": 1, "name": "Office", "did": 9}, {"id": 2, "name": "of another", "did": 8}, {"name": "?"}]
    responses.get(f"{API}/AssetSoftware", json=rows)
    assert [record.name for record in make_reader().fetch_software(9)] == ["Office"]
    assert sent_params() == {"device_id": "9"}


@pytest.mark.parametrize(("method", "path"), [("fetch_site", "Site"), ("fetch_user", "Users")])
@responses.activate
def test_one_site_or_user_is_read_with_its_details(method: str, path: str) -> None:
    responses.get(f"{API}/{path}/9", json={"id": 9, "name": "Main", "client_id": 1.0})
    assert getattr(make_reader(), method)(9).name == "Main"
    assert sent_params() == {"includedetails": "true"}
    responses.get(f"{API}/{path}/8", status=404)
    assert getattr(make_reader(), method)(8) is None


@responses.activate
def test_the_time_is_told_by_halos_own_clock() -> None:
    reader = make_reader()
    assert reader.halo_time is None
    responses.get(f"{API}/Client", json=[], headers={"Date": "Fri, 20 Nov 2026 06:31:02 GMT"})
    reader.probe()
    assert reader.halo_time == datetime(2026, 11, 20, 6, 31, 2, tzinfo=UTC)
    responses.get(f"{API}/Client/9", json={"id": 9}, headers={"Date": "some day"})
    reader.fetch_client(9)
    assert reader.halo_time == datetime(2026, 11, 20, 6, 31, 2, tzinfo=UTC)
