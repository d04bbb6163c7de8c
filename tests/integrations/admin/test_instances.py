"""The page of a HaloPSA instance: what it has proven, and what of it is allowed."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from integrations.admin.instances import InstanceForm
from integrations.models import Instance
from tests.integrations.admin.made import make_credential, make_instance, make_staff

pytestmark = pytest.mark.django_db


def page_of(browser: Client, instance: Instance) -> str:
    return browser.get(reverse("admin:integrations_instance_change", args=(instance.pk,))).content.decode()


def test_what_was_proven_is_shown(browser: Client) -> None:
    page = page_of(browser, make_instance(batch_size=100, list_fields_proven=True))
    assert "up to 100 assets in one call" in page
    assert "a list tells the same fields as the asset itself" in page


def test_what_is_not_proven_says_what_it_takes(browser: Client) -> None:
    page = page_of(browser, make_instance())
    assert "needs an asset field for the bridge reference" in page
    assert "Not proven yet" in page


def test_what_halo_cannot_do_is_said(browser: Client) -> None:
    assert "Not possible" in page_of(browser, make_instance(batch_size=1, marker_field_id=61))


def test_both_are_turned_off_on_the_form(browser: Client) -> None:
    instance = make_instance(batch_size=100, list_fields_proven=True)
    assert {"batches_allowed", "list_reads_allowed"} <= set(InstanceForm(instance=instance).fields)

    browser.post(reverse("admin:integrations_instance_change", args=(instance.pk,)), {"marker_field_id": ""})

    instance.refresh_from_db()
    assert (instance.batches_allowed, instance.list_reads_allowed) == (False, False)
    assert (instance.batch_size, instance.list_fields_proven) == (100, True), "the proof is kept"
    assert page_of(browser, instance).count("Switched off") == 2


def test_a_proof_is_forgotten_by_one_click_and_the_history_tells_who(browser: Client) -> None:
    instance = make_instance(batch_size=1, list_fields_proven=True)
    address = reverse("admin:integrations_instance_prove_again", args=(instance.pk,))

    said = browser.post(address, follow=True).content.decode()

    instance.refresh_from_db()
    assert (instance.batch_size, instance.list_fields_proven) == (0, False)
    assert "prove it anew" in said
    assert address not in page_of(browser, instance), "there is nothing left to forget"
    history = browser.get(
        reverse("admin:integrations_instance_history", args=(instance.pk,))
    ).content.decode()
    assert "list fields proven" in history
    assert "<del>1</del> → <ins>0</ins>" in history


def test_whoever_may_only_look_forgets_nothing(client: Client) -> None:
    instance = make_credential(instance=make_instance(batch_size=100)).instance
    client.force_login(make_staff("auditor", "integrations.view_instance"))
    address = reverse("admin:integrations_instance_prove_again", args=(instance.pk,))
    assert client.post(address).status_code == 403
    assert address not in page_of(client, instance)


def test_writing_is_allowed_again_only_after_a_question(browser: Client) -> None:
    instance = make_instance(writes_stopped=True)
    address = reverse("admin:integrations_instance_allow", args=(instance.pk,))

    asked = browser.get(address).content.decode()

    assert "Allow writing to" in asked
    instance.refresh_from_db()
    assert instance.writes_stopped
    browser.post(address)
    instance.refresh_from_db()
    assert not instance.writes_stopped
