"""The same state has the same colour on every page, and an empty list says what would be in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from integrations.admin.bases import BridgeAdmin
from integrations.admin.display import state_badge
from integrations.admin.tones import TONES, TONES_OF_KIND
from integrations.admin.writing import HELD, OBSERVING, OFF, STOPPED, WRITING, told_of
from integrations.models import Event, Mail
from mappings.admin.computer_rows import STATE_TONES
from mappings.linking import ComputerState
from tests.halobridge.admin.rows import make_alert, make_ticket
from tests.integrations.admin.made import make_console, make_credential, make_event, make_superuser
from ticketing.models import Alert, AlertEvent, StormState, Ticket

STATES = {"action", "decision", "outcome", "severity", "state", "status", "write_mode"}
OWN_PAGES = {"HaloSoftware", "MonthCount", "Newcomer", "ProductMapping", "CompanyMapping"}
"""Their lists are pages of our own, with sentences of their own."""
BADGE: Final = r'hb-badge--(\w+)"(?: title="[^"]*")?>([A-Z][\w ]+)<'


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


def words_with_tones() -> Iterator[tuple[str, str]]:
    """Each badge whose word stands in the code or in a template, and the states of other tables."""
    for app in ("integrations", "mappings", "ticketing", "halobridge"):
        for path in (settings.BASE_DIR / app).rglob("*.py"):
            yield from re.findall(r'badge\("([^"{]+)", "(\w+)"', path.read_text())
    for path in (settings.BASE_DIR / "templates").rglob("*.html"):
        yield from ((word, tone) for tone, word in re.findall(BADGE, path.read_text()))
    yield from ((ComputerState(state).label, tone) for state, tone in STATE_TONES.items())
    yield from ((mode[0], mode[1]) for mode in (STOPPED, OFF, WRITING, HELD, OBSERVING))
    yield from ((value.label, TONES[value]) for value in StormState)
    yield from ((word, TONES[word.lower().replace(" ", "_")]) for word in ("On", "Over", "Switched off"))


def test_the_same_word_has_the_same_colour_on_every_page() -> None:
    tones: dict[str, set[str]] = {}
    for word, tone in words_with_tones():
        tones.setdefault(word, set()).add(tone)

    assert {word: found for word, found in tones.items() if len(found) > 1} == {}
    assert len(tones) > 40


@pytest.mark.django_db
def test_a_credential_says_as_the_head_of_the_page_whether_it_writes(browser: Client) -> None:
    credential = make_credential(write_mode="write")

    page = browser.get(reverse("admin:integrations_halocredential_changelist")).content.decode()

    assert told_of(credential) == ("Writing", "good")
    assert page.count(">Writing</span>") == 3, "in the head, in its menu, and in the list"


@pytest.mark.django_db
def test_a_ticket_and_an_alert_show_states_as_badges(browser: Client) -> None:
    credential, console = make_credential(), make_console()
    ticket = make_ticket(credential)
    alert = make_alert(credential, console, ticket=ticket)
    event = make_event(console)
    AlertEvent.objects.create(alert=alert, event=event, occurrence=1)
    pages = (("ticket", ticket.pk), ("alert", alert.pk))
    for name, pk in pages:
        page = browser.get(reverse(f"admin:ticketing_{name}_change", args=(pk,))).content.decode()
        assert re.search(r'data-label="State"><span class="hb-badge hb-badge--warn"[^>]*>Open<', page), name
