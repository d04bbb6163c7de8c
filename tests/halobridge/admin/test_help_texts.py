"""Every field of every form says what it is for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.test import Client

from tests.halobridge.admin.rows import World, fill, fill_system, make_world
from tests.halobridge.admin.test_every_page import ADMINS, NEEDS_ADDRESS, address
from tests.integrations.admin.made import make_superuser

pytestmark = pytest.mark.django_db

OURS = {"integrations", "mappings", "ticketing"}
"""The forms of accounts and groups are Django's."""


@pytest.fixture
def world(client: Client) -> World:
    staff = make_superuser()
    client.force_login(staff)
    made = make_world()
    fill(made, 1)
    fill_system(staff)
    return made


def forms_of(client: Client, model: Any, model_admin: Any) -> Iterator[tuple[str, forms.BaseForm]]:
    """Those of adding and changing a row, where staff may."""
    row = model_admin.model.objects.first() if model._meta.label not in NEEDS_ADDRESS else None
    pages = [("add", ()), *([("change", (row.pk,))] if row else [])]
    for page, args in pages:
        response = client.get(address(model, page, *args), follow=True)
        shown = (response.context or {}).get("adminform") or (response.context or {}).get("form")
        form = getattr(shown, "form", shown)
        if isinstance(form, forms.BaseForm):
            yield page, form


def test_every_field_of_a_form_says_what_it_is_for(client: Client, world: World) -> None:
    seen, silent = 0, []
    for model, model_admin in ADMINS:
        if model._meta.app_label not in OURS:
            continue
        for page, form in forms_of(client, model, model_admin):
            seen += len(form.fields)
            silent += [
                f"{model._meta.label} {page}: {name}"
                for name, field in form.fields.items()
                if not field.help_text and not isinstance(field.widget, forms.HiddenInput)
            ]

    assert silent == []
    assert seen > 200
