"""A form tells what is wrong with a field as soon as it is filled in, by the rules of its save."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from integrations.admin.bases import BridgeAdmin
from integrations.models import HaloCredential
from mappings.linking import map_company
from tests.halobridge.admin.rows import fill, fill_system, make_event_set, make_world
from tests.halobridge.admin.test_every_page import NEEDS_ADDRESS
from tests.halobridge.admin.test_forms_out_of_date import filled, page_of
from tests.integrations.admin import made

pytestmark = pytest.mark.django_db

ASKED = {"HB-Check": "1"}
WRITES = ("INSERT", "UPDATE", "DELETE")


def problems(client: Client, address: str, typed: dict[str, Any]) -> dict[str, str]:
    answer = client.post(address, typed, headers=ASKED)
    assert answer.status_code == 200, (address, answer.status_code)
    found: dict[str, str] = answer.json()["problems"]
    return found


def forms(client: Client) -> Iterator[tuple[str, dict[str, Any]]]:
    """Address and content of each form whose page has its fields checked at once."""
    for model, pages in admin.site._registry.items():
        if not isinstance(pages, BridgeAdmin):
            continue
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        row = pages.model._default_manager.order_by("pk").first()
        found = [reverse(f"{name}_change", args=(row.pk,))] if row else []
        if model._meta.label not in NEEDS_ADDRESS:
            found.append(reverse(f"{name}_add"))
        for address in found:
            page = client.get(address)
            if b"data-checked-at-once" in page.content and page.context.get("has_change_permission"):
                yield address, filled(page)


def test_no_form_writes_anything_when_it_is_only_asked_about(client: Client) -> None:
    staff = made.make_superuser()
    client.force_login(staff)
    fill(make_world(), 1)
    fill_system(staff)
    tried = 0
    for address, content in list(forms(client)):
        for typed in (content, {"_version": content.get("_version", "")}):
            with CaptureQueriesContext(connection) as asked:
                problems(client, address, typed)
            written = [row["sql"] for row in asked.captured_queries if row["sql"].startswith(WRITES)]
            assert written == [], address
            tried += 1
    assert tried >= 30


def test_it_says_of_each_field_what_the_save_would_say(client: Client) -> None:
    client.force_login(made.make_superuser())
    address = reverse("admin:integrations_halocredential_add")
    typed = {"name": "", "resource_server": "no address"}

    asked = problems(client, address, typed)
    refused = client.post(address, typed)

    form = refused.context["adminform"].form
    assert asked == {name: str(errors) for name, errors in form.errors.items() if name in form.fields}
    assert {"name", "resource_server"} <= set(asked)
    assert not HaloCredential.objects.exists()


def test_what_is_right_has_no_problem_and_is_not_saved(client: Client) -> None:
    client.force_login(made.make_superuser())
    event_set = make_event_set(name="Backups")
    page = client.get(page_of(event_set))

    assert problems(client, page_of(event_set), {**filled(page), "name": "Other"}) == {}

    event_set.refresh_from_db()
    assert event_set.name == "Backups"


def test_a_name_that_is_taken_is_told_at_once(client: Client) -> None:
    client.force_login(made.make_superuser())
    make_event_set(name="Backups")
    asked = problems(client, reverse("admin:ticketing_eventset_add"), {"name": "Backups"})
    assert "already exists" in asked["name"]


def test_rows_of_a_table_below_the_form_are_checked_too(client: Client) -> None:
    client.force_login(made.make_superuser())
    company = made.make_company(made.make_console())
    mapping = map_company(company, made.make_client(make_world().credential, "Birch"))
    page = client.get(page_of(mapping))
    below = page.context["inline_admin_formsets"][0].formset.prefix

    typed = {f"{below}-TOTAL_FORMS": "1", f"{below}-0-event_set": "987654"}
    asked = problems(client, page_of(mapping), {**filled(page), **typed})

    assert "not one of the available choices" in asked[f"{below}-0-event_set"]


def test_whoever_may_not_save_is_not_told(client: Client) -> None:
    console = made.make_console()
    client.force_login(made.make_staff("reader", "integrations.view_console"))
    assert client.post(page_of(console), {}, headers=ASKED).status_code == 403
    add = reverse("admin:integrations_console_add")
    assert client.post(add, {}, headers=ASKED).status_code == 403


def test_of_a_row_that_is_gone_it_says_so(client: Client) -> None:
    client.force_login(made.make_superuser())
    gone = reverse("admin:ticketing_eventset_change", args=(987654,))
    assert client.post(gone, {}, headers=ASKED).status_code == 404
