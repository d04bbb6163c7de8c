"""Lists cannot be asked about secrets: how many rows come back would tell them letter by letter."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from integrations.admin.secret_columns import is_secret
from integrations.models import ApiToken, Computer, Console, HaloCredential
from tests.integrations.admin.made import make_console, make_credential

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("page", "lookup"),
    [
        ("console", "credentials__contains=gAAAA"),
        ("console", "hook_token_digest__startswith=a"),
        ("halocredential", "client_secret__startswith=g"),
        ("apitoken", "digest__startswith=a"),
        ("apitoken", "user__password__startswith=argon2"),
        ("computer", "console__credentials__contains=g"),
    ],
)
def test_a_list_is_not_filtered_by_what_is_secret(browser: Client, page: str, lookup: str) -> None:
    make_console(), make_credential()
    answer = browser.get(f"{reverse(f'admin:integrations_{page}_changelist')}?{lookup}", follow=True)
    assert answer.status_code == 400 or "e=1" in answer.request["QUERY_STRING"]


def test_other_columns_are() -> None:
    assert not is_secret(Console, "name__icontains")
    assert not is_secret(Computer, "console__name")
    assert not is_secret(HaloCredential, "instance__writes_stopped")
    assert not is_secret(ApiToken, "user__username")
