"""Webhook addresses: made by a click, shown once, only their digest stored."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from integrations.models import RawDelivery
from tests.integrations.admin.made import make_console, make_credential, make_staff, make_superuser

pytestmark = pytest.mark.django_db


def made_for(client: Client, address: str) -> str:
    page = client.post(address, follow=True).content.decode()
    found = re.search(r"http://testserver(/hooks/[^<]+)", page)
    assert found, page
    return found[1]


def test_the_address_of_a_credential_works_until_another_is_made(client: Client) -> None:
    credential = make_credential()
    client.force_login(make_superuser())
    make = reverse("admin:integrations_halocredential_hook_address", args=(credential.pk,))
    assert "An earlier one stops working at once." in client.get(make).content.decode()
    first, second = made_for(client, make), made_for(client, make)
    body = {"ticket": {"id": 1}}
    assert client.post(first, body, content_type="application/json").status_code == 404
    assert client.post(second, body, content_type="application/json").status_code == 200
    assert RawDelivery.objects.count() == 1
    page = client.get(reverse("admin:integrations_halocredential_change", args=(credential.pk,)))
    assert second.strip("/").rpartition("/")[2] not in page.content.decode()


def test_only_a_console_that_posts_by_itself_has_one(client: Client) -> None:
    client.force_login(make_superuser())
    push, msp360 = make_console(kind="push"), make_console(kind="msp360")
    pages = {
        row.pk: client.get(reverse("admin:integrations_console_change", args=(row.pk,))).content.decode()
        for row in (push, msp360)
    }
    assert "Make a webhook address" in pages[push.pk]
    assert "Make a webhook address" not in pages[msp360.pk]


def test_who_may_only_look_makes_none(client: Client) -> None:
    credential = make_credential()
    client.force_login(make_staff("reader", "integrations.view_halocredential"))
    make = reverse("admin:integrations_halocredential_hook_address", args=(credential.pk,))
    assert client.post(make).status_code == 403
