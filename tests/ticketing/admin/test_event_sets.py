"""Event sets: ticked by category, at most one kind of remediation, one of them the default."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from integrations.catalogue import CATEGORIES, EVENT_TYPES
from tests.halobridge.admin.rows import make_event_set
from tests.ticketing.world import World as Mapped
from ticketing.models import EventSet, TicketRule

pytestmark = pytest.mark.django_db

ADD = "admin:ticketing_eventset_add"


def test_every_event_type_can_be_ticked_under_its_category(browser: Client) -> None:
    page = browser.get(reverse(ADD)).content.decode()

    for category in CATEGORIES:
        assert f"<legend>{category.replace('&', '&amp;')}</legend>" in page
    for key in EVENT_TYPES:
        assert f'value="{key}"' in page


def test_what_is_ticked_is_stored_and_shown_again(browser: Client) -> None:
    browser.post(reverse(ADD), {"name": "Backups", "event_types": ["backup.failed", "backup.overdue"]})

    row = EventSet.objects.get()
    page = browser.get(reverse("admin:ticketing_eventset_change", args=(row.pk,))).content.decode()
    assert row.event_types == ["backup.failed", "backup.overdue"]
    assert page.count(" checked>") == 2


def test_two_kinds_of_remediation_are_refused_with_a_sentence(browser: Client) -> None:
    typed = {"name": "Both", "event_types": ["remediation.company", "remediation.asset"]}
    remediation = [key for key in EVENT_TYPES if key.startswith("remediation")][:2]

    page = browser.post(reverse(ADD), {**typed, "event_types": remediation}).content.decode()

    assert "Only one kind of remediation fits into an event set" in page
    assert not EventSet.objects.exists()


def test_any_other_remediation_is_ticked_besides_one_of_the_four(browser: Client) -> None:
    page = browser.get(reverse(ADD)).content.decode()
    assert page.count(" data-besides") == 1
    assert 'value="remediation.other" id="type-remediation.other" data-besides>' in page

    typed = {"name": "Both", "event_types": ["remediation.by_asset", "remediation.other"]}
    browser.post(reverse(ADD), typed)
    assert EventSet.objects.get().event_types == typed["event_types"]


def test_an_empty_set_is_refused(browser: Client) -> None:
    page = browser.post(reverse(ADD), {"name": "Empty"}).content.decode()

    assert "Tick at least one event type." in page


def test_setting_the_default_asks_first_and_replaces_the_present_one(browser: Client) -> None:
    old, new = make_event_set(is_default=True), make_event_set()
    address = reverse("admin:ticketing_eventset_set_default", args=(new.pk,))

    question = browser.get(address).content.decode()
    new.refresh_from_db()
    assert "the present default no longer does" in question
    assert not new.is_default

    browser.post(address)
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.is_default, new.is_default) == (False, True)


def test_the_first_set_is_the_default_and_no_later_one(browser: Client) -> None:
    first = {"name": "Backups", "event_types": ["backup.failed"]}
    page = browser.post(reverse(ADD), first, follow=True).content.decode()
    assert "“Backups” is the default event set, as it is the first one" in page
    assert EventSet.objects.get().is_default

    EventSet.objects.update(is_default=False)
    browser.post(reverse(ADD), {**first, "name": "Later"})
    assert not EventSet.objects.filter(is_default=True).exists()


def test_the_default_can_be_taken_away(browser: Client) -> None:
    row = make_event_set(is_default=True)

    browser.post(reverse("admin:ticketing_eventset_unset_default", args=(row.pk,)))

    row.refresh_from_db()
    assert not row.is_default


def test_a_set_in_use_is_deleted_only_with_a_replacement(browser: Client) -> None:
    world = Mapped()
    new = EventSet.objects.create(name="Instead", event_types=["backup.failed"])
    address = reverse("admin:ticketing_eventset_delete", args=(world.event_set.pk,))
    page = browser.get(address).content.decode()
    assert "is in use: 1 ticket rule." in page
    assert "This field is required." in browser.post(address, {}).content.decode()
    assert EventSet.objects.count() == 2
    told = browser.post(address, {"replacement": new.pk}, follow=True).content.decode()
    assert "“Instead” serves in its place." in told
    assert TicketRule.objects.get().event_set == new


def test_the_page_tells_who_uses_it_and_what_it_would_have_caught(browser: Client) -> None:
    world = Mapped()
    world.opened()
    page = browser.get(
        reverse("admin:ticketing_eventset_change", args=(world.event_set.pk,))
    ).content.decode()
    assert "Alder Dental" in page
    assert "1 event</a>" in page
    assert 'data-filters="#id_event_types' in page


def test_conditions_are_chosen_on_the_page_and_a_bad_pattern_is_refused(browser: Client) -> None:
    typed = {
        "name": "Disks",
        "event_types": ["backup.failed"],
        "severity_from": "high",
        "tags": "Server, VIP",
    }
    page = browser.post(reverse("admin:ticketing_eventset_add"), {**typed, "pattern": "***"}).content.decode()
    assert "Besides stars it needs a word." in page
    browser.post(reverse("admin:ticketing_eventset_add"), {**typed, "pattern": "disk*full"})
    made = EventSet.objects.get()
    assert (made.severity_from, made.tags, made.pattern) == ("high", ["Server", "VIP"], "disk*full")
