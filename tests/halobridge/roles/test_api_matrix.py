"""Which role gets through which door of the REST API: `api.txt` has the answer for every route there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from rest_framework.test import APIClient

from halobridge.urls import router, urlpatterns
from integrations.api import waiting
from integrations.choices import Role, UploadState
from integrations.models import Upload
from tests.halobridge.api.worlds import SECRETS, World
from tests.halobridge.roles.matrix import COLUMNS, expected_for, read_matrix
from tests.halobridge.roles.members import make_member
from tests.integrations.api.clients import make_token

pytestmark = [pytest.mark.django_db, pytest.mark.pages]
API = read_matrix("api.txt")
OTHER_ADDRESSES = "healthz readyz metrics schema docs console-hook halo-hook"
"""Without an account: health and figures, the description of the API, and doors whose address is the key."""


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "LONGEST_WAIT", 0.0)


def make_world() -> World:
    world = World()
    world.grow(1)
    Upload.objects.update(state=UploadState.APPLIED)  # one that was never looked at has nothing to choose
    return world


def all_doors(world: World) -> Iterator[tuple[str, str, str, str]]:
    """(resource, action, method, path); the method is named where one action has several."""
    for prefix, viewset, _ in router.registry:
        for route in router.get_routes(viewset):
            actions = router.get_method_map(viewset, route.mapping)
            several = Counter(actions.values())
            path = world.path_of(prefix) + _rest(viewset, route.url)
            for method, action in actions.items():
                if method in viewset.http_method_names:
                    yield prefix, action if several[action] == 1 else f"{action} {method}", method, path


def _rest(viewset: Any, url: str) -> str:
    """What follows the list's path: a row, an action, both, or nothing."""
    rest = url.removeprefix("^{prefix}").lstrip("/").removesuffix("{trailing_slash}$")
    if "{lookup}" in rest:
        rows = viewset.queryset
        key = getattr(rows.latest("pk"), viewset.lookup_field) if rows is not None else "backup.failed"
        rest = rest.replace("{lookup}", str(key))
    return f"{rest}/" if rest else ""


def is_let_in(caller: APIClient, method: str, path: str) -> bool:
    """Whether the answer is about what was sent; what it did is undone."""
    with transaction.atomic():
        answer = getattr(caller, method)(path, {}, format="json")
        transaction.set_rollback(True)
    assert answer.status_code not in (404, 405, 500), (method, path)
    assert not [secret for secret in SECRETS if secret in answer.content.decode()], path
    return answer.status_code not in (401, 403)


@pytest.mark.parametrize("role", COLUMNS)
def test_a_role_opens_the_doors_of_its_column_and_no_other(role: Role) -> None:
    world = make_world()
    caller = APIClient()
    caller.credentials(HTTP_AUTHORIZATION=f"Token {make_token(make_member(role))}")
    found = {
        f"{prefix} {door}": is_let_in(caller, method, path) for prefix, door, method, path in all_doors(world)
    }
    assert found == expected_for(API, role)


def test_an_account_without_a_role_opens_only_what_is_nobodys() -> None:
    world = make_world()
    nobody = make_member(Role.AUDITOR)
    nobody.groups.clear()
    caller = APIClient()
    caller.credentials(HTTP_AUTHORIZATION=f"Token {make_token(nobody)}")
    opened = {prefix for prefix, _, method, path in all_doors(world) if is_let_in(caller, method, path)}
    assert opened == {"event-types"}


def test_addresses_beside_the_admin_and_the_api_are_known() -> None:
    names = {pattern.name for pattern in urlpatterns if getattr(pattern, "name", None)}
    assert names == set(OTHER_ADDRESSES.split())
