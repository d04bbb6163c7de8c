"""Every page of the admin opens, empty and full, and none of them tells a secret."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from tests.halobridge.admin.rows import World, fill, fill_system, make_world
from tests.integrations.admin.made import SECRET, make_staff, make_superuser

pytestmark = pytest.mark.django_db

ADMINS = sorted(admin.site._registry.items(), key=lambda item: item[0]._meta.label)
IDS = [model._meta.label for model, _ in ADMINS]
NEEDS_ADDRESS = {"django_q.OrmQ"}
"""Its rows are unpacked with the queue's own key; a made-up one cannot be shown."""


@pytest.fixture
def staff() -> User:
    return make_superuser()


@pytest.fixture
def browser(client: Client, staff: User) -> Client:
    client.force_login(staff)
    return client


@pytest.fixture
def world(staff: User) -> World:
    made = make_world()
    fill(made, 2)
    fill_system(staff)
    return made


def assert_no_script_inside(response: Any) -> None:
    """The policy that goes out with the page forbids it, so that it would simply not run."""
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert (
        re.findall(r"<script(?![^>]*\s(?:src|type=.application/json))[^>]*>", response.content.decode()) == []
    )
    assert re.findall(r"<[^>]+\son[a-z]+=", response.content.decode()) == []


def address(model: Any, page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize(("model", "model_admin"), ADMINS, ids=IDS)
def test_a_list_without_rows_opens(browser: Client, model: Any, model_admin: Any) -> None:
    response = browser.get(address(model, "changelist"))

    assert response.status_code == 200


@pytest.mark.parametrize(("model", "model_admin"), ADMINS, ids=IDS)
def test_a_list_with_rows_opens_and_tells_no_secret(
    browser: Client, world: World, model: Any, model_admin: Any
) -> None:
    if model._meta.label in NEEDS_ADDRESS:
        model.objects.all().delete()
    response = browser.get(address(model, "changelist"), follow=True)

    assert response.status_code == 200
    assert SECRET not in response.content.decode()
    assert_no_script_inside(response)


@pytest.mark.parametrize(("model", "model_admin"), ADMINS, ids=IDS)
def test_adding_opens_or_is_refused(browser: Client, world: World, model: Any, model_admin: Any) -> None:
    response = browser.get(address(model, "add"), follow=True)

    wanted = 200 if model_admin.has_add_permission(response.wsgi_request) else 403
    assert response.status_code == wanted


@pytest.mark.parametrize(("model", "model_admin"), ADMINS, ids=IDS)
def test_a_row_opens_and_tells_no_secret(browser: Client, world: World, model: Any, model_admin: Any) -> None:
    row = model_admin.model.objects.first() if model._meta.label not in NEEDS_ADDRESS else None
    if row is None:
        pytest.skip("no row of it can be made here")
    response = browser.get(address(model, "change", row.pk), follow=True)

    assert response.status_code == 200
    assert SECRET not in response.content.decode()
    assert_no_script_inside(response)


@pytest.mark.parametrize(("model", "model_admin"), ADMINS, ids=IDS)
def test_a_row_tells_no_secret_to_those_who_may_only_look(
    client: Client, world: World, model: Any, model_admin: Any
) -> None:
    """Django shows them what the form would have in its inputs, from the row itself."""
    row = model_admin.model.objects.first() if model._meta.label not in NEEDS_ADDRESS else None
    if row is None:
        pytest.skip("no row of it can be made here")
    client.force_login(make_staff("auditor", f"{model._meta.app_label}.view_{model._meta.model_name}"))
    page = client.get(address(model, "change", row.pk), follow=True).content.decode()

    assert SECRET not in page


@pytest.mark.parametrize(("model", "model_admin"), ADMINS, ids=IDS)
def test_searching_a_list_works(browser: Client, world: World, model: Any, model_admin: Any) -> None:
    response = browser.get(address(model, "changelist"), {"q": "back up"})

    assert response.status_code in (200, 302)


@pytest.mark.parametrize(("model", "model_admin"), ADMINS, ids=IDS)
def test_nobody_sees_a_list_without_logging_in(client: Client, model: Any, model_admin: Any) -> None:
    response = client.get(address(model, "changelist"))

    assert response.status_code == 302
    assert reverse("admin:login") in response["Location"]


@pytest.mark.parametrize(("model", "model_admin"), ADMINS, ids=IDS)
def test_a_staff_account_without_rights_is_refused(client: Client, model: Any, model_admin: Any) -> None:
    client.force_login(make_staff("new"))

    assert client.get(address(model, "changelist")).status_code == 403


def test_a_staff_account_sees_only_what_it_may_in_the_navigation(client: Client) -> None:
    client.force_login(make_staff("desk", "ticketing.view_ticket"))

    page = client.get(reverse("admin:index")).content.decode()

    assert reverse("admin:ticketing_ticket_changelist") in page
    assert reverse("admin:integrations_halocredential_changelist") not in page
    assert "may not see the overview" in page


@pytest.mark.parametrize("page", ["integrations_instance_stop_writing", "password_change"])
def test_pages_that_every_page_leads_to_open(browser: Client, world: World, page: str) -> None:
    assert browser.get(reverse(f"admin:{page}")).status_code == 200


def test_every_field_of_the_sidebar_leads_to_a_page(browser: Client, world: World) -> None:
    from halobridge.sidebar import NAVIGATION

    links = [str(item["link"]) for group in NAVIGATION for item in group["items"]]

    assert {browser.get(link).status_code for link in links} == {200}
    assert len(links) == len(set(links))
