"""Which role gets through which door of the admin: `admin.txt` has the answer for every page there is."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest
from django.test import Client

from integrations.choices import Role
from tests.halobridge.roles.admin_doors import Door, all_doors, make_rows
from tests.halobridge.roles.matrix import COLUMNS, expected_for, read_matrix
from tests.halobridge.roles.members import make_member
from tests.integrations.admin.made import SECRET, make_superuser

pytestmark = [pytest.mark.django_db, pytest.mark.pages]
ADMIN = read_matrix("admin.txt")
FIRST_PAGE = "/admin/"
PAGES_WITHOUT_MODEL = """
    index app_list search guide guide_page login logout password_change password_change_done
    autocomplete jsi18n view_on_site
"""
"""Django's own, which show what the account may see anyway, and the guide, which holds nobody's data."""


def knock(browser: Client, door: Door) -> Any:
    """What the door answers; what it did is undone."""
    with transaction.atomic():
        answer = getattr(browser, door.method)(door.url)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        transaction.set_rollback(True)
    assert SECRET not in body.decode(errors="ignore"), f"{door} tells a secret"
    return answer


def is_let_in(answer: Any) -> bool:
    """404, or sent on to the first page: the row is not there for them. 405: there is nothing for anybody."""
    return answer.status_code not in (403, 404, 405) and answer.headers.get("Location") != FIRST_PAGE


def actions_of(request: HttpRequest) -> set[str]:
    """The bulk actions that are offered."""
    return {
        f"{model._meta.label_lower} [{name}]"
        for model, model_admin in admin.site._registry.items()
        for name in model_admin.get_actions(request)
    }


@pytest.mark.parametrize("role", COLUMNS)
def test_a_role_opens_the_doors_of_its_column_and_no_other(client: Client, role: Role) -> None:
    make_rows(make_superuser())
    client.force_login(make_member(role))
    found = {f"{door.block} {door.name}": is_let_in(knock(client, door)) for door in all_doors()}
    offered = actions_of(client.get("/admin/").wsgi_request)
    expected = expected_for(ADMIN, role)
    found |= {name: name in offered for name in expected if name.endswith("]")}
    assert offered <= set(found), "a bulk action is missing in admin.txt"
    assert found == expected


@pytest.mark.parametrize("door", ["open", "open!", "add", "delete"])
def test_an_account_without_a_role_opens_nothing(client: Client, door: str) -> None:
    make_rows(make_superuser())
    nobody = make_member(Role.AUDITOR)
    nobody.groups.clear()
    client.force_login(nobody)
    doors = [found for found in all_doors() if found.name == door]
    assert len(doors) > 50
    assert [found for found in doors if is_let_in(knock(client, found))] == []


def test_pages_without_a_model_are_known() -> None:
    registered = {model._meta.label_lower.replace(".", "_") for model in admin.site._registry}
    names = {getattr(pattern, "name", None) for pattern in admin.site.get_urls()} - {None}
    assert {name for name in names if name not in registered} == set(PAGES_WITHOUT_MODEL.split())
