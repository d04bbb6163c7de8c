"""“Try again”: offered only where a create waits for staff, done only by POST."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from integrations.choices import IntentionKind, IntentionState
from integrations.models import Intention
from mappings.models import ComputerMapping
from tests.builders import make_intention
from tests.integrations.admin.made import make_staff
from tests.mappings.builders import Scene

pytestmark = pytest.mark.django_db
LIST = "admin:integrations_computer_changelist"


def make_waiting(state: str = IntentionState.STAFF) -> ComputerMapping:
    scene = Scene()
    mapping = scene.link(scene.computer("lost-pc"), None)
    make_intention(scene.credential, kind=IntentionKind.CREATE_ASSET, subject_id=mapping.pk, state=state)
    return mapping


def retry(mapping: ComputerMapping) -> str:
    return reverse("admin:mappings_computermapping_retry", args=(mapping.pk,))


def own_page(mapping: ComputerMapping) -> str:
    return reverse("admin:mappings_computermapping_change", args=(mapping.pk,))


def test_it_is_offered_in_the_list_on_the_computer_and_on_the_mapping(browser: Client) -> None:
    mapping = make_waiting()
    computer = reverse("admin:integrations_computer_change", args=(mapping.computer_id,))
    for page in (reverse(LIST), computer, own_page(mapping)):
        assert retry(mapping) in browser.get(page).content.decode(), page


@pytest.mark.parametrize("state", [IntentionState.UNCERTAIN, IntentionState.DONE])
def test_it_is_not_offered_where_nothing_waits_for_staff(browser: Client, state: str) -> None:
    mapping = make_waiting(state)
    for page in (reverse(LIST), own_page(mapping)):
        told = browser.get(page).content.decode()
        assert "lost-pc" in told
        assert retry(mapping) not in told


def test_looking_at_the_question_releases_nothing(browser: Client) -> None:
    page = browser.get(retry(make_waiting())).content.decode()
    assert "if it is not there" in page
    assert Intention.objects.get().state == IntentionState.STAFF


def test_pressing_it_releases_the_create_and_says_what_comes_next(browser: Client) -> None:
    page = browser.post(retry(make_waiting()), follow=True).content.decode()
    assert "lost-pc can be exported again: make a new preview and apply it." in page
    assert Intention.objects.get().state == IntentionState.UNCERTAIN


def test_pressing_it_twice_says_that_it_is_not_possible_any_more(browser: Client) -> None:
    mapping = make_waiting()
    browser.post(retry(mapping))
    page = browser.post(retry(mapping), follow=True).content.decode()
    assert "is not possible any more" in page


def test_it_needs_the_right_to_change_mappings(client: Client) -> None:
    mapping = make_waiting()
    client.force_login(make_staff("looker", "mappings.view_computermapping"))
    assert client.post(retry(mapping)).status_code == 403
    assert Intention.objects.get().state == IntentionState.STAFF
