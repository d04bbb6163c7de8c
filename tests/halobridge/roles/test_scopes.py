"""The scope of a token, over every route there is: it takes away, and adds nothing."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from integrations.api.scopes import ALLOWS
from integrations.choices import Role, TokenScope
from tests.halobridge.api.worlds import World
from tests.halobridge.roles.members import make_member
from tests.halobridge.roles.test_api_matrix import _no_waiting, all_doors, is_let_in, make_world  # noqa: F401
from tests.integrations.api.clients import make_account, make_token

pytestmark = [pytest.mark.django_db, pytest.mark.pages]
CHANGED_BY_MAPPING = """
    companies computers company-mappings suggestion-fields ignored-companies location-mappings company-todos
    computer-mappings computer-reviews ignore-rules ignored-computers product-mappings field-mappings
    sync-limits asset-rules gaps plans changes mapping-sheets
"""
"""Resources that a token for mapping may change; it reads everything."""


Doors = set[tuple[str, str, str]]
"""(resource, action, method)."""


@pytest.fixture
def world() -> World:
    return make_world()


def every_door(world: World) -> Doors:
    return {(prefix.rpartition("/")[2], action, method) for prefix, action, method, _ in all_doors(world)}


def opened_by(world: World, account: User, scope: TokenScope) -> Doors:
    caller = APIClient()
    caller.credentials(HTTP_AUTHORIZATION=f"Token {make_token(account, scope=scope)}")
    return {
        (prefix.rpartition("/")[2], action, method)
        for prefix, action, method, path in all_doors(world)
        if is_let_in(caller, method, path)
    }


def test_every_scope_says_what_it_allows() -> None:
    assert set(ALLOWS) == set(TokenScope)


def test_a_token_for_all_may_what_its_account_may(world: World) -> None:
    assert opened_by(world, make_account(is_superuser=True), TokenScope.ADMIN) == every_door(world)


def test_a_token_for_reading_reads_everything_and_sends_nothing(world: World) -> None:
    opened = opened_by(world, make_account(is_superuser=True), TokenScope.READ)
    assert opened == {door for door in every_door(world) if door[2] == "get"}


def test_a_token_for_events_sends_events_and_sees_no_data(world: World) -> None:
    opened = opened_by(world, make_account(is_superuser=True), TokenScope.EVENTS)
    assert {door for door in opened if door[0] != "event-types"} == {("events", "create", "post")}


def test_a_token_for_mapping_reads_everything_and_changes_mappings_and_previews(world: World) -> None:
    opened = opened_by(world, make_account(is_superuser=True), TokenScope.MAPPING)
    assert {door for door in every_door(world) if door[2] == "get"} <= opened
    assert {door[0] for door in opened if door[2] != "get"} == set(CHANGED_BY_MAPPING.split())


def test_a_scope_gives_nothing_that_the_account_lacks(world: World) -> None:
    auditor = make_member(Role.AUDITOR)
    assert {door[2] for door in opened_by(world, auditor, TokenScope.ADMIN)} == {"get"}
    assert {door[0] for door in opened_by(world, auditor, TokenScope.EVENTS)} == {"event-types"}


def test_what_a_scope_forbids_is_a_problem_with_403() -> None:
    caller = APIClient()
    key = make_token(make_account(is_superuser=True), scope=TokenScope.READ)
    caller.credentials(HTTP_AUTHORIZATION=f"Token {key}")
    answer = caller.post("/api/v1/event-sets/", {}, format="json")
    assert answer.status_code == 403
    assert "scope" in answer.json()["detail"]
