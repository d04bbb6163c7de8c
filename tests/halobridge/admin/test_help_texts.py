"""Every field of every form says what it is for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.test import Client
from django.urls import reverse

from integrations.admin.console_form import console_form
from integrations.admin.mail_trying import TryForm
from integrations.admin.spreadsheets import UploadForm
from integrations.registry import CONNECTORS, connector_class
from mappings.admin.computer_reviews import MoveForm
from mappings.admin.export_form import ExportForm
from mappings.admin.field_mappings import StartForm
from mappings.admin.new_types import NewTypesForm
from mappings.admin.sheet_form import SheetForm
from mappings.models import CompanyMapping, ComputerReview
from tests.halobridge.admin.rows import World, fill, fill_system, make_world
from tests.halobridge.admin.test_every_page import ADMINS, NEEDS_ADDRESS, address
from tests.integrations.admin.made import make_superuser
from ticketing.admin.profiles import CopyForm
from ticketing.admin.routing import PairForm
from ticketing.models import Alert

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


def forms_with_questions(world: World) -> Iterator[forms.BaseForm]:
    """Those of pages that are no page of a row: they ask before something is done."""
    pair = CompanyMapping.objects.filter(halo_credential=world.credential).select_related("halo_client")[0]
    yield ExportForm(world.credential)
    yield PairForm(world.credential)
    yield CopyForm(world.profile)
    yield TryForm({})
    yield SheetForm([("companies", "Company mappings")])
    yield UploadForm()
    yield MoveForm(pair)
    yield StartForm(world.credential.pk)
    yield NewTypesForm(world.credential)
    for kind in CONNECTORS:
        secrets = {field.name for field in connector_class(kind).credential_fields if field.secret}
        yield console_form(kind, secrets)()


def test_every_field_of_a_page_with_a_question_says_what_it_is_for(world: World) -> None:
    seen, silent = 0, []
    for form in forms_with_questions(world):
        shown = [field for field in form if not field.name.startswith("product_")]
        seen += len(shown)
        silent += [f"{type(form).__name__}: {field.name}" for field in shown if not field.help_text]

    assert silent == []
    assert seen > 100


def test_an_alert_says_what_the_reason_of_its_silence_is_for(client: Client, world: World) -> None:
    alert = Alert.objects.get()
    page = client.get(reverse("admin:ticketing_alert_change", args=(alert.pk,))).content.decode()

    assert 'aria-describedby="hb-quiet-help"' in page
    assert "Only this alert falls silent" in page


def test_a_move_says_what_its_site_is_for(client: Client, world: World) -> None:
    review = ComputerReview.objects.get()
    ComputerReview.objects.filter(pk=review.pk).update(kind="moved")
    page = client.get(reverse("admin:mappings_computerreview_change", args=(review.pk,))).content.decode()

    assert "Where the asset stands from then on." in page
