"""No read asks the database more often because there are more rows: asserted over the whole description."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from integrations.api import authentication
from tests.halobridge.api.contract import path_of
from tests.halobridge.api.worlds import World
from tests.integrations.api.clients import make_caller

pytestmark = pytest.mark.django_db

SEVERAL_KINDS = ("companies", "products", "computers", "assets")


def reads(world: World) -> list[tuple[str, str]]:
    """(path as described, address) of every GET, with what it has to be told."""
    described = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    found = []
    for path, operations in described.items():
        if "get" not in operations:
            continue
        names = {one["name"] for one in operations["get"].get("parameters", ()) if one.get("required")}
        asked = f"?halo_credential={world.credential.pk}" if "halo_credential" in names else ""
        if "page_size" in {one["name"] for one in operations["get"].get("parameters", ())}:
            asked += f"{'&' if asked else '?'}page_size=1000"
        for more in [f"&what={kind}" for kind in SEVERAL_KINDS] if "what" in names else [""]:
            found.append((f"{path}{more}", f"{path_of(path)}{asked}{more}"))
    return found


def cost_of(caller: APIClient, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        answer: Any = caller.get(address)
        list(answer.streaming_content) if answer.streaming else None
    assert answer.status_code == 200, (address, answer.content)
    return len(queries)


def test_every_read_costs_the_same_for_two_rows_of_its_kind_and_for_thirty(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # What a token was last used for is noted once a minute: on a slow machine amid the counting.
    monkeypatch.setattr(authentication, "STAMP_EVERY", timedelta(days=1))
    world, caller = World(), make_caller()
    world.grow(2)
    for _, address in reads(world):
        caller.get(address)
    few = {path: cost_of(caller, address) for path, address in reads(world)}
    world.grow(28)
    many = {path: cost_of(caller, address) for path, address in reads(world)}
    assert {path: (cost, many[path]) for path, cost in few.items() if cost != many[path]} == {}
    assert len(few) > 110
