"""The same state has the same colour on every page, and an empty list says what would be in it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from integrations.admin.bases import BridgeAdmin
from integrations.admin.display import TONES, TONES_OF_KIND, state_badge
from integrations.models import Event, Mail
from tests.integrations.admin.made import make_superuser
from ticketing.models import Alert, Ticket

STATES = {"action", "decision", "outcome", "severity", "state", "status", "write_mode"}
OWN_PAGES = {"HaloSoftware", "MonthCount", "Newcomer", "ProductMapping", "CompanyMapping"}
"""Their lists are pages of our own, with sentences of their own."""


def test_every_state_has_a_colour_of_its_own_choice() -> None:
    """None is grey because nobody thought of it."""
    told: dict[str, list[str]] = {}
    for model in admin.site._registry:
        fields = [field for field in model._meta.concrete_fields if field.name in STATES and field.choices]
        values = [str(value) for field in fields for value, _ in field.flatchoices if value]
        name = str(model._meta.model_name)
        told[name] = [value for value in values if value not in TONES and (name, value) not in TONES_OF_KIND]

    assert {name: values for name, values in told.items() if values} == {}


@pytest.mark.parametrize(
    ("row", "field", "tone"),
    [
        (Ticket(state="open"), "state", "warn"),
        (Alert(state="open"), "state", "warn"),
        (Event(state="open"), "state", "warn"),
        (Mail(state="waiting"), "state", "warn"),
        (Event(status="waiting"), "status", "warn"),
    ],
)
def test_a_colour_follows_from_the_state_alone(row: Any, field: str, tone: str) -> None:
    assert f"hb-badge--{tone}" in state_badge(row, field)


def test_every_list_says_what_would_be_in_it() -> None:
    silent = [
        model.__name__
        for model, model_admin in admin.site._registry.items()
        if isinstance(model_admin, BridgeAdmin) and not model_admin.empty_hint
    ]

    assert set(silent) <= OWN_PAGES


@pytest.mark.django_db
def test_an_empty_list_tells_it(client: Client) -> None:
    client.force_login(make_superuser())
    User.objects.exclude(username="admin").delete()
    Group.objects.all().delete()

    page = client.get(reverse("admin:ticketing_ticket_changelist")).content.decode()
    groups = client.get(reverse("admin:auth_group_changelist")).content.decode()

    assert "Tickets appear here when an alert" in page
    assert "A group says what its members may do" in groups
