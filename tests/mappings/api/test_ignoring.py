"""Ignore rules and ignored computers by REST."""

from __future__ import annotations

import pytest

from integrations.models import Computer
from mappings.models import IgnoredComputer, IgnoreRule
from tests.integrations.api.clients import make_caller
from tests.mappings.builders import Scene, make_company

pytestmark = pytest.mark.django_db

RULES, COMPUTERS = "/api/v1/ignore-rules/", "/api/v1/ignored-computers/"


@pytest.fixture
def scene() -> Scene:
    made = Scene()
    made.computer("TEST-1")
    made.computer("PC-1")
    return made


def test_a_rule_is_made_and_follows_at_once(scene: Scene) -> None:
    body = {"name": "Test bench", "name_pattern": "TEST-*"}
    answer = make_caller().post(RULES, body, format="json")
    assert answer.status_code == 201, answer.content
    assert IgnoredComputer.objects.get().computer.name == "TEST-1"
    number = answer.json()["id"]
    make_caller().patch(f"{RULES}{number}/", {"name_pattern": "PC-*"}, format="json")
    assert IgnoredComputer.objects.get().computer.name == "PC-1"
    assert make_caller().delete(f"{RULES}{number}/").status_code == 204
    assert not IgnoredComputer.objects.exists()


def test_a_preview_stores_nothing(scene: Scene) -> None:
    body = {"name": "x", "name_pattern": "TEST-*", "console": scene.console.pk}
    answer = make_caller().post(f"{RULES}preview/", body, format="json")
    assert answer.json() == {"computers": 1, "mapped": 0, "sample": ["TEST-1"]}
    assert not IgnoreRule.objects.exists()


def test_a_rule_without_a_condition_or_with_a_foreign_company_is_told(scene: Scene) -> None:
    from tests.builders import make_console

    for body in ({"name": "All"}, {"name": "All", "name_pattern": "*"}):
        assert make_caller().post(RULES, body, format="json").status_code == 400
    foreign = {"name": "x", "console": scene.console.pk, "company": make_company(make_console()).pk}
    assert "company" in make_caller().post(RULES, foreign, format="json").json()["errors"]
    assert not IgnoreRule.objects.exists()


def test_a_computer_is_ignored_once_and_back_again(scene: Scene) -> None:
    computer = Computer.objects.get(name="PC-1")
    body = {"computer": computer.pk, "reason": "Loaner."}
    answer = make_caller().post(COMPUTERS, body, format="json")
    assert answer.status_code == 201, answer.content
    assert make_caller().post(COMPUTERS, body, format="json").status_code == 409
    assert make_caller().delete(f"{COMPUTERS}{answer.json()['id']}/").status_code == 204
    assert not IgnoredComputer.objects.exists()


def test_what_a_rule_catches_is_changed_by_the_rule(scene: Scene) -> None:
    make_caller().post(RULES, {"name": "Test bench", "name_pattern": "TEST-*"}, format="json")
    row = IgnoredComputer.objects.get()
    answer = make_caller().delete(f"{COMPUTERS}{row.pk}/")
    assert answer.status_code == 409
    assert "Test bench" in answer.json()["detail"]
    assert [r["id"] for r in make_caller().get(f"{COMPUTERS}?rule__isnull=false").json()["results"]] == [
        row.pk
    ]
