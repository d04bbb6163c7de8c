"""The simulated IT Glue: what it holds, how its lists are asked for, what can be made to happen in it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from integrations.sandbox.generation import make_world
from integrations.sandbox.itglue.constants import KEY, PORT
from integrations.sandbox.itglue.fleet import UNNAMED, VENDOR, add_documentation
from integrations.sandbox.itglue.world import ITGlueWorld
from integrations.sandbox.life import NothingFound
from integrations.sandbox.moments import stamp
from integrations.sandbox.server import USUAL_PORTS, Sandbox
from integrations.sandbox.world import World, from_data, to_data

NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)


def make_filled_world(seed: int) -> World:
    world = make_world(seed, NOW)
    add_documentation(world, stamp(NOW))
    return world


def call(sandbox: Sandbox, path: str, method: str = "GET", key: str = KEY) -> requests.Response:
    url = f"{sandbox.addresses()['itglue_url']}{path}"
    return requests.request(method, url, headers={"x-api-key": key}, timeout=5)


def ids(answer: requests.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()["data"]]


def test_the_same_seed_makes_the_same_account_and_the_rest_of_the_world_stays_as_it_was() -> None:
    bare, filled = make_world(1, NOW), make_filled_world(1)

    assert to_data(filled) == to_data(make_filled_world(1))
    assert {**to_data(filled), "itglue": None} == {**to_data(bare), "itglue": None}
    assert to_data(make_filled_world(2))["itglue"] != to_data(filled)["itglue"]


def test_it_shares_companies_and_machines_with_the_other_console() -> None:
    world = make_filled_world(1)
    glue, hosts = world.of(ITGlueWorld), world.console.hosts.values()
    serials = [row["serial-number"] for row in glue.configurations.values()]
    names = {row["name"] for row in glue.organizations.values()}

    assert names > {row["Name"] for row in world.console.companies.values()}
    assert 80 < len(set(serials) & {host["serialNumber"] for host in hosts}) < len(hosts)
    assert any(serials.count(serial) > 1 for serial in serials if serial), "some are documented twice"
    assert any(row["name"] == UNNAMED and not row["serial-number"] for row in glue.configurations.values())


def test_a_world_that_was_saved_before_it_gets_an_account(tmp_path: Path) -> None:
    (tmp_path / "world.json").write_text(json.dumps(to_data(make_world(1, NOW))))
    with Sandbox.start(tmp_path) as sandbox:
        key = str(sandbox.event("itglue-archive")["configuration"])

    kept = from_data(json.loads((tmp_path / "world.json").read_text()))
    assert kept.of(ITGlueWorld).configurations[key]["archived"]


def test_it_has_a_port_of_its_own() -> None:
    assert USUAL_PORTS.of("itglue") == PORT == 8099


# ---- asking ---------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["", "ITG.wrong"])
def test_it_wants_the_key(sandbox: Sandbox, key: str) -> None:
    answer = call(sandbox, "/organizations", key=key)

    assert answer.status_code == 401
    assert answer.json()["errors"][0]["title"] == "Unauthorized"


def test_a_document_has_rows_and_says_where_it_stands(sandbox: Sandbox) -> None:
    answer = call(sandbox, "/configurations?page[size]=100&page[number]=2")
    document, count = answer.json(), len(sandbox.world.of(ITGlueWorld).configurations)

    assert answer.headers["Content-Type"].startswith("application/vnd.api+json")
    assert document["meta"] == {
        "current-page": 2,
        "next-page": None,
        "prev-page": 1,
        "total-pages": 2,
        "total-count": count,
        "filters": {},
    }
    (first, *_) = document["data"]
    assert (first["type"], first["relationships"]) == ("configurations", {})
    assert isinstance(first["id"], str)
    assert isinstance(first["attributes"]["organization-id"], int)
    assert first["attributes"]["resource-url"].endswith(f"/configurations/{first['id']}")


def test_a_page_has_fifty_rows_unless_more_are_asked_for(sandbox: Sandbox) -> None:
    assert len(ids(call(sandbox, "/configurations"))) == 50
    assert len(ids(call(sandbox, "/configurations?page[size]=70"))) == 70
    assert ids(call(sandbox, "/configurations?page[number]=99")) == []


def test_a_page_never_has_more_than_a_thousand_rows(sandbox: Sandbox) -> None:
    glue = sandbox.world.of(ITGlueWorld)
    (row, *_) = glue.configurations.values()
    glue.configurations = {str(number): {**row, "id": number} for number in range(1, 1102)}

    assert len(ids(call(sandbox, "/configurations?page[size]=5000"))) == 1000


def test_lists_come_in_the_order_that_is_asked_for(sandbox: Sandbox) -> None:
    by_id = ids(call(sandbox, "/configurations?sort=id&page[size]=1000"))
    backwards = ids(call(sandbox, "/configurations?sort=-id&page[size]=1000"))
    names = [row["attributes"]["name"] for row in call(sandbox, "/organizations").json()["data"]]

    assert by_id == sorted(by_id, key=int) == backwards[::-1]
    assert names == sorted(names)


def test_filters_have_underscores(sandbox: Sandbox) -> None:
    glue = sandbox.world.of(ITGlueWorld)
    row = next(row for row in glue.configurations.values() if row["archived"])
    owner = str(row["organization-id"])

    def found(path: str) -> set[str]:
        return set(ids(call(sandbox, f"{path}page[size]=1000")))

    assert found(f"/configurations?filter[id]={row['id']}&") == {str(row["id"])}
    assert found(f"/configurations?filter[organization_id]={owner}&") == found(
        f"/organizations/{owner}/relationships/configurations?"
    )
    assert found("/configurations?filter[archived]=true&") == {
        key for key, held in glue.configurations.items() if held["archived"]
    }
    assert call(sandbox, "/configurations?filter[serial-number]=x").status_code == 400


def test_single_objects_are_there_too(sandbox: Sandbox) -> None:
    key = next(iter(sandbox.world.of(ITGlueWorld).locations))

    assert call(sandbox, f"/locations/{key}").json()["data"]["id"] == key
    assert call(sandbox, "/locations/1").status_code == 404


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/passwords", "GET", 404),
        ("/", "GET", 404),
        ("/organizations/1/relationships/configurations", "GET", 404),
        ("/configurations?sort=weight", "GET", 400),
        ("/configurations?page[number]=0", "GET", 400),
        ("/configurations", "POST", 405),
    ],
)
def test_what_it_does_not_do_is_told(sandbox: Sandbox, path: str, method: str, status: int) -> None:
    answer = call(sandbox, path, method)

    assert answer.status_code == status
    assert answer.json()["errors"][0]["status"] == str(status)


def test_too_many_calls_are_refused_for_a_while(sandbox: Sandbox) -> None:
    sandbox.switches.change(itglue_calls=2)
    answers = [call(sandbox, "/locations") for _ in range(3)]
    sandbox.clock.advance(300)

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "Retry-After" not in answers[2].headers
    assert call(sandbox, "/locations").ok


# ---- what happens ---------------------------------------------------------------------------


def test_what_happens_is_dated(sandbox: Sandbox) -> None:
    key = str(sandbox.event("itglue-warranty")["configuration"])
    row = sandbox.world.of(ITGlueWorld).configurations[key]

    assert row["updated-at"][:16] == sandbox.clock.stamp()[:16]
    assert (
        row["warranty-expires-at"] > row["purchased-at"]
        if row["purchased-at"]
        else row["warranty-expires-at"]
    )


def test_an_organisation_takes_all_that_it_has_with_it(sandbox: Sandbox) -> None:
    owner = sandbox.event("itglue-delete-organization")["organization"]
    glue = sandbox.world.of(ITGlueWorld)
    left = [*glue.locations.values(), *glue.configurations.values()]

    assert str(owner) not in glue.organizations
    assert left
    assert all(row["organization-id"] != owner for row in left)


def test_a_configuration_is_found_by_id_name_or_host_name(sandbox: Sandbox) -> None:
    glue = sandbox.world.of(ITGlueWorld)
    row = next(
        row for row in glue.configurations.values() if row["hostname"] and row["name"] != row["hostname"]
    )
    for name in (str(row["id"]), f" {row['name'].lower()} ", row["hostname"]):
        found = glue.configurations[str(sandbox.event("itglue-archive", computer=name)["configuration"])]
        assert row["hostname"] in (found["hostname"], found["name"])


def test_what_cannot_happen_is_said(sandbox: Sandbox) -> None:
    with pytest.raises(NothingFound, match="no configuration 'nobody'"):
        sandbox.event("itglue-delete", computer="nobody")


def test_a_vendor_is_an_organisation_without_configurations(sandbox: Sandbox) -> None:
    glue = sandbox.world.of(ITGlueWorld)
    (vendor,) = [row for row in glue.organizations.values() if row["name"] == VENDOR]

    assert all(row["organization-id"] != vendor["id"] for row in glue.configurations.values())


def test_faults_are_ordered_for_it_by_name(sandbox: Sandbox) -> None:
    order = {"system": "itglue", "path": "/organizations", "what": "503"}
    assert requests.post(f"{sandbox.halo_root}/_control/fault", json=order, timeout=5).ok

    assert [call(sandbox, "/organizations").status_code for _ in range(2)] == [503, 200]
