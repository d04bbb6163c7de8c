"""API tokens: the key is shown once and only to whoever made it."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from integrations.models import ApiToken
from tests.integrations.admin.made import make_staff, make_superuser, make_token

pytestmark = pytest.mark.django_db

ADD = "admin:integrations_apitoken_add"
LIST = "admin:integrations_apitoken_changelist"
RIGHTS = ("integrations.add_apitoken", "integrations.view_apitoken", "integrations.change_apitoken")


@pytest.fixture
def admin_user() -> User:
    return make_superuser()


@pytest.fixture
def browser(client: Client, admin_user: User) -> Client:
    client.force_login(admin_user)
    return client


def key_in(page: str) -> str:
    found = re.search(r'<code class="hb-mono">([^<]+)</code>', page)
    assert found
    return found[1]


def test_the_key_is_shown_once_and_works(browser: Client, admin_user: User) -> None:
    typed = {
        "name": "Script",
        "user": admin_user.pk,
        "scope": "read",
        "expires_at_0": "",
        "expires_at_1": "",
    }
    first = browser.post(reverse(ADD), typed, follow=True).content.decode()

    token = ApiToken.objects.get()
    key = key_in(first)
    assert (token.digest, token.scope) == (ApiToken.digest_of(key), "read")
    assert key not in browser.get(reverse(LIST)).content.decode()
    assert (
        key
        not in browser.get(reverse("admin:integrations_apitoken_change", args=(token.pk,))).content.decode()
    )


def test_a_token_that_has_ended_already_is_refused(browser: Client, admin_user: User) -> None:
    typed = {"name": "Script", "user": admin_user.pk, "scope": "read"}
    ended = {"expires_at_0": "2020-01-31", "expires_at_1": "12:00"}
    page = browser.post(reverse(ADD), {**typed, **ended}).content.decode()
    assert "This is past: the token could never be used." in page
    assert not ApiToken.objects.exists()
    to_come = {"expires_at_0": "2999-01-31", "expires_at_1": "12:00"}
    browser.post(reverse(ADD), {**typed, **to_come})
    assert ApiToken.objects.get().expires_at is not None


def test_revoking_asks_first(browser: Client, admin_user: User) -> None:
    token = make_token(admin_user)
    address = reverse("admin:integrations_apitoken_revoke", args=(token.pk,))

    question = browser.get(address).content.decode()
    token.refresh_from_db()
    assert "cannot be undone" in question
    assert token.revoked_at is None

    browser.post(address)
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_others_see_and_make_only_their_own(client: Client, admin_user: User) -> None:
    foreign = make_token(admin_user)
    staff = make_staff("script", *RIGHTS)
    client.force_login(staff)

    typed = {"name": "Mine", "user": admin_user.pk, "scope": "read", "expires_at_0": "", "expires_at_1": ""}
    client.post(reverse(ADD), typed)
    page = client.get(reverse(LIST)).content.decode()

    assert ApiToken.objects.get(name="Mine").user == staff
    assert foreign.name not in page
    assert client.post(reverse("admin:integrations_apitoken_revoke", args=(foreign.pk,))).status_code == 404


def test_a_token_is_neither_changed_nor_deleted(browser: Client, admin_user: User) -> None:
    token = make_token(admin_user)

    change = browser.post(reverse("admin:integrations_apitoken_change", args=(token.pk,)), {"name": "Other"})
    delete = browser.post(reverse("admin:integrations_apitoken_delete", args=(token.pk,)), {"post": "yes"})

    assert (change.status_code, delete.status_code) == (403, 403)


def test_reading_only_is_what_is_proposed(browser: Client) -> None:
    page = browser.get(reverse(ADD)).content.decode()
    assert re.search(r'<option value="read"\s+selected', page)


def test_who_looks_after_tokens_makes_and_revokes_those_of_others(client: Client, admin_user: User) -> None:
    client.force_login(make_staff("keeper", *RIGHTS, "integrations.manage_apitoken"))
    typed = {"name": "Hers", "user": admin_user.pk, "scope": "events", "expires_at_0": "", "expires_at_1": ""}
    client.post(reverse(ADD), typed)

    token = ApiToken.objects.get()
    assert token.user == admin_user
    client.post(reverse("admin:integrations_apitoken_revoke", args=(token.pk,)))
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_who_only_sees_staff_accounts_sees_their_tokens_and_revokes_none(
    client: Client, admin_user: User
) -> None:
    token = make_token(admin_user)
    client.force_login(make_staff("auditor", "integrations.view_apitoken", "auth.view_user"))

    assert token.name in client.get(reverse(LIST)).content.decode()
    assert client.post(reverse("admin:integrations_apitoken_revoke", args=(token.pk,))).status_code == 403
