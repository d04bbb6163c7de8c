"""The help of the keys of the company mapping page."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from integrations.models import HaloCredential
from tests.integrations.admin.made import make_company, make_console, make_credential, make_staff

pytestmark = pytest.mark.django_db

PAGE = "admin:mappings_companymapping_changelist"


@pytest.fixture
def credential() -> HaloCredential:
    return make_credential()


def test_the_help_tells_keys_that_change_something_to_those_who_may(
    client: Client, credential: HaloCredential
) -> None:
    make_company(make_console())
    told = {}
    for right in ("view", "change"):
        rights = {"mappings.view_companymapping", f"mappings.{right}_companymapping"}
        client.force_login(make_staff(right, *rights))
        told[right] = client.get(reverse(PAGE)).content.decode()
    for words in ("ignore it, or take it back", "choose a client: type"):
        assert words in told["change"]
        assert words not in told["view"]
    assert "next company" in told["view"]
