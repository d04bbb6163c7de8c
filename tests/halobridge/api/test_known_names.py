"""What is not known is refused, over the whole API: parameters of queries and names in bodies."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from integrations.api import waiting
from tests.halobridge.api.contract import path_of
from tests.halobridge.api.worlds import World
from tests.integrations.api.clients import make_caller

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "LONGEST_WAIT", 0.0)


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return found["paths"]


def calls(described: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(m, path, told) for path, found in described.items() for m, told in found.items()]


def undone(caller: APIClient, method: str, path: str, body: Any = None, query: str = "") -> Any:
    with transaction.atomic():
        answer = getattr(caller, method)(f"{path}{query}", body, format="json")
        transaction.set_rollback(True)
    return answer


def test_a_parameter_that_is_not_known_is_refused(described: dict[str, Any]) -> None:
    World().grow(2)
    caller = make_caller()
    for method, path, _ in calls(described):
        answer = undone(caller, method, path_of(path), {} if method != "get" else None, "?no_such=1")
        assert answer.status_code == 400, (method, path, answer.content)
        assert list(answer.json()["errors"]) == ["no_such"], (method, path)


def test_every_parameter_that_is_described_is_known(described: dict[str, Any]) -> None:
    World().grow(2)
    caller = make_caller()
    for method, path, told in calls(described):
        names = [one["name"] for one in told.get("parameters", ()) if one["in"] == "query"]
        query = "&".join(f"{name}=" for name in names)
        answer = undone(caller, method, path_of(path), {} if method != "get" else None, f"?{query}")
        assert "There is no such parameter" not in answer.content.decode(), (method, path)


def test_a_name_in_a_body_that_is_not_known_is_refused(described: dict[str, Any]) -> None:
    World().grow(2)
    caller = make_caller()
    for method, path, told in calls(described):
        if "application/json" not in told.get("requestBody", {}).get("content", {}):
            continue
        answer = undone(caller, method, path_of(path), {"no_such": 1})
        assert "There is no such name" in answer.content.decode(), (method, path, answer.content)


def test_what_takes_no_body_refuses_one(described: dict[str, Any]) -> None:
    World().grow(2)
    caller, seen = make_caller(), 0
    for method, path, told in calls(described):
        if method != "post" or "requestBody" in told:
            continue
        seen += 1
        answer = undone(caller, method, path_of(path), {"no_such": 1})
        assert answer.status_code == 400, (path, answer.content)
        assert list(answer.json()["errors"]) == ["no_such"], path
        assert undone(caller, method, path_of(path), [1]).status_code == 400, path
        for nothing in (None, {}):
            answer = undone(caller, method, path_of(path), nothing)
            assert answer.status_code != 400, (path, answer.content)
    assert seen > 30


def test_what_was_read_may_be_sent_back(described: dict[str, Any]) -> None:
    """Names that are only read are known."""
    World().grow(2)
    caller = make_caller()
    for method, path, _ in calls(described):
        if method == "put" and path.endswith("/{id}/"):
            row = caller.get(path_of(path)).json()
            answer = undone(caller, "patch", path_of(path), row)
            assert "There is no such name" not in answer.content.decode(), (path, answer.content)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("active=maybe", "active"),
        ("company__isnull=2", "company__isnull"),
        ("ordering=serial", "ordering"),
        ("ordering=name,serial", "ordering"),
        ("page_size=many", "page_size"),
        ("page_size=0", "page_size"),
    ],
)
def test_a_value_that_says_nothing_is_refused(query: str, name: str) -> None:
    answer = make_caller().get(f"/api/v1/computers/?{query}")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [name]


@pytest.mark.parametrize(
    "query", ["active=True", "active=1", "active=", "ordering=-name,id", "page_size=5000"]
)
def test_a_value_that_says_something_is_taken(query: str) -> None:
    assert make_caller().get(f"/api/v1/computers/?{query}").status_code == 200
