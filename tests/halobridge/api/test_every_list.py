"""What holds for every list of the API, asserted over the router: nobody can forget a new one."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from halobridge.urls import router
from tests.halobridge.api.worlds import SECRETS, World
from tests.integrations.api.clients import make_account, make_caller, make_token

pytestmark = pytest.mark.django_db

LISTS = [(prefix, viewset) for prefix, viewset, _ in router.registry]
IDS = [prefix for prefix, _ in LISTS]
STORED = [(prefix, viewset) for prefix, viewset in LISTS if prefix != "event-types"]
SINGLE = [(prefix, viewset) for prefix, viewset in LISTS if hasattr(viewset, "retrieve")]
OF_THE_DESIGN = """
    halo-credentials consoles companies locations computers halo-clients halo-sites halo-users halo-assets
    halo-fields halo-options halo-licences halo-changes company-mappings computer-mappings product-mappings
    field-mappings event-types event-sets integration-profiles ticket-rules events alerts tickets plans runs
"""


def test_every_resource_of_the_design_is_there() -> None:
    assert set(OF_THE_DESIGN.split()) <= set(IDS)


def test_the_root_names_them_for_those_who_are_logged_in() -> None:
    caller = make_caller()
    assert set(OF_THE_DESIGN.split()) <= set(caller.get("/api/v1/").json())
    caller.credentials()
    assert caller.get("/api/v1/").status_code == 401


def test_a_list_costs_the_same_for_five_rows_and_for_fifty() -> None:
    world, caller = World(), make_caller()
    caller.get("/api/v1/")
    world.grow(5)
    few = {prefix: cost_of(world, caller, prefix) for prefix in IDS}
    world.grow(45)
    many = {prefix: cost_of(world, caller, prefix) for prefix in IDS}
    assert few == many
    assert max(many.values()) <= 6


def cost_of(world: World, caller: APIClient, prefix: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        answer = caller.get(f"{world.path_of(prefix)}?page_size=1000")
    assert answer.status_code == 200
    assert answer.json()["count"] >= world.size
    assert len(answer.json()["results"]) == answer.json()["count"]
    return len(queries)


@pytest.mark.parametrize(("prefix", "viewset"), LISTS, ids=IDS)
def test_a_list_needs_the_permission_to_view(prefix: str, viewset: Any) -> None:
    world = World()
    world.grow(1)
    path = world.path_of(prefix)
    nobody = make_caller()
    nobody.credentials(HTTP_AUTHORIZATION=f"Token {make_token(make_account())}")
    if prefix == "event-types":
        assert nobody.get(path).status_code == 200
        return
    assert nobody.get(path).status_code == 403
    meta = viewset.queryset.model._meta
    allowed = make_caller(f"{meta.app_label}.view_{meta.model_name}")
    assert allowed.get(path).status_code == 200
    allowed.credentials()
    assert allowed.get(path).status_code == 401


@pytest.mark.parametrize(("prefix", "viewset"), STORED, ids=[prefix for prefix, _ in STORED])
def test_who_may_only_look_can_change_nothing(prefix: str, viewset: Any) -> None:
    world = World()
    world.grow(1)
    path = world.path_of(prefix)
    meta = viewset.queryset.model._meta
    caller = make_caller(f"{meta.app_label}.view_{meta.model_name}")
    row = viewset.queryset.latest("pk")
    one = f"{path}{getattr(row, viewset.lookup_field)}/"
    for method, url in (("post", path), ("patch", one), ("put", one), ("delete", one)):
        answer = getattr(caller, method)(url, {}, format="json")
        assert answer.status_code in (403, 404, 405), (method, url, answer.status_code)
    for extra in viewset.get_extra_actions():
        place = one if extra.detail else path
        assert caller.post(f"{place}{extra.url_path}/", {}, format="json").status_code in (403, 405)


@pytest.mark.parametrize(("prefix", "viewset"), LISTS, ids=IDS)
def test_no_answer_holds_a_secret(prefix: str, viewset: Any) -> None:
    world, caller = World(), make_caller()
    world.grow(2)
    path = world.path_of(prefix)
    page = caller.get(f"{path}?page_size=1000")
    texts = [page.content.decode()]
    for row in page.json()["results"][:3]:
        number = row.get(getattr(viewset, "lookup_field", "pk"), row.get("id"))
        texts.append(caller.get(f"{path}{number}/").content.decode())
    texts.append(caller.options(path).content.decode())
    for secret in SECRETS:
        assert all(secret not in text for text in texts)


@pytest.mark.parametrize(("prefix", "viewset"), LISTS, ids=IDS)
def test_every_order_that_is_offered_works_and_ends_with_the_id(prefix: str, viewset: Any) -> None:
    world, caller = World(), make_caller()
    world.grow(3)
    path = world.path_of(prefix)
    for name in getattr(viewset, "ordering_fields", []):
        for order in (name, f"-{name}"):
            assert caller.get(f"{path}?ordering={order}").status_code == 200, order
    assert caller.get(f"{path}?search=x").status_code == 200


@pytest.mark.parametrize(("prefix", "viewset"), STORED, ids=[prefix for prefix, _ in STORED])
def test_every_list_can_be_filtered_searched_and_ordered(prefix: str, viewset: Any) -> None:
    assert getattr(viewset, "filterset_fields", None) or getattr(viewset, "filterset_class", None)
    assert getattr(viewset, "search_fields", None)
    assert getattr(viewset, "ordering_fields", None)


@pytest.mark.parametrize(("prefix", "viewset"), SINGLE, ids=[prefix for prefix, _ in SINGLE])
def test_one_row_is_read_as_it_stands_in_the_list(prefix: str, viewset: Any) -> None:
    world, caller = World(), make_caller()
    world.grow(1)
    path = world.path_of(prefix)
    row = caller.get(path).json()["results"][0]
    one = caller.get(f"{path}{row.get('id', row.get('key'))}/").json()
    assert set(row) <= set(one)
    assert {name: one[name] for name in row} == row
