"""One click stops all writing to a HaloPSA, from every page."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from integrations.choices import RunKind
from integrations.models import Run
from tests.integrations.admin.made import make_credential, make_field, make_staff, make_superuser

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client: Client) -> Client:
    client.force_login(make_superuser())
    return client


def test_every_page_leads_to_the_stop(browser: Client) -> None:
    make_credential()

    page = browser.get(reverse("admin:ticketing_ticket_changelist")).content.decode()

    assert reverse("admin:integrations_instance_stop_writing") in page


def test_one_click_stops_and_another_allows_again(browser: Client) -> None:
    instance = make_credential().instance

    browser.post(reverse("admin:integrations_instance_stop", args=(instance.pk,)))
    instance.refresh_from_db()
    assert instance.writes_stopped

    browser.post(reverse("admin:integrations_instance_allow", args=(instance.pk,)))
    instance.refresh_from_db()
    assert not instance.writes_stopped
    assert Run.objects.filter(kind=RunKind.DELIVER, instance=instance).exists()


def test_the_history_of_an_instance_tells_who_stopped_it(browser: Client) -> None:
    instance = make_credential().instance
    browser.post(reverse("admin:integrations_instance_stop", args=(instance.pk,)))

    page = browser.get(reverse("admin:integrations_instance_history", args=(instance.pk,))).content.decode()

    assert "Stop all writing." in page
    assert "admin" in page


def test_a_stop_twice_says_that_it_is_stopped_already(browser: Client) -> None:
    instance = make_credential().instance
    address = reverse("admin:integrations_instance_stop", args=(instance.pk,))
    browser.post(address)

    page = browser.post(address, follow=True).content.decode()

    assert "is not possible any more" in page


def test_whoever_may_not_change_instances_cannot_stop(client: Client) -> None:
    instance = make_credential().instance
    client.force_login(make_staff("auditor", "integrations.view_instance"))

    page = client.get(reverse("admin:integrations_instance_stop_writing"))
    pressed = client.post(reverse("admin:integrations_instance_stop", args=(instance.pk,)))

    assert reverse("admin:integrations_instance_stop", args=(instance.pk,)) not in page.content.decode()
    assert pressed.status_code == 403


def test_the_page_is_closed_to_whoever_may_not_see_instances(client: Client) -> None:
    client.force_login(make_staff("new"))

    assert client.get(reverse("admin:integrations_instance_stop_writing")).status_code == 403


def test_the_field_for_the_bridge_reference_is_chosen_by_name(browser: Client) -> None:
    credential = make_credential()
    field = make_field(credential, "Bridge reference")
    address = reverse("admin:integrations_instance_change", args=(credential.instance.pk,))

    page = browser.get(address).content.decode()
    browser.post(address, {"marker_field_id": str(field.halo_id)})

    credential.instance.refresh_from_db()
    assert "Bridge reference" in page
    assert credential.instance.marker_field_id == field.halo_id


def test_a_field_that_halo_does_not_have_is_refused(browser: Client) -> None:
    credential = make_credential()
    make_field(credential, "Bridge reference")
    address = reverse("admin:integrations_instance_change", args=(credential.instance.pk,))

    response = browser.post(address, {"marker_field_id": "999999"})

    credential.instance.refresh_from_db()
    assert response.status_code == 200
    assert credential.instance.marker_field_id is None
