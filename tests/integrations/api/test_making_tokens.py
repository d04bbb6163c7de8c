"""Tokens by REST: the key is answered once, one's own or, with the right to look after them, anybody's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from rest_framework.test import APIClient

from integrations.choices import TokenScope
from integrations.models import ApiToken
from tests.integrations.api.clients import make_account, make_token

pytestmark = pytest.mark.django_db

LIST = "/api/v1/api-tokens/"
RIGHTS = ("integrations.view_apitoken", "integrations.add_apitoken", "integrations.change_apitoken")
MANAGE = "integrations.manage_apitoken"


def caller_of(account: User, **values: Any) -> APIClient:
    return caller_with(make_token(account, **values))


def caller_with(key: str) -> APIClient:
    caller = APIClient()
    caller.credentials(HTTP_AUTHORIZATION=f"Token {key}")
    return caller


def make(caller: APIClient, **values: Any) -> Any:
    return caller.post(LIST, {"name": "Report", "scope": "read", **values}, format="json")


def test_the_key_is_answered_once_works_and_ends_when_it_is_revoked() -> None:
    account = make_account(*RIGHTS)
    caller = caller_of(account)
    answer = make(caller)
    assert answer.status_code == 201, answer.content
    made, key = answer.json(), answer.json()["key"]
    assert answer["Cache-Control"] == "no-store"
    assert (made["account"], made["scope"], made["expires_at"]) == (account.pk, "read", None)
    assert key not in caller.get(LIST).content.decode()
    assert "key" not in caller.get(f"{LIST}{made['id']}/").json()
    assert caller_with(key).get(LIST).status_code == 200
    first = caller.post(f"{LIST}{made['id']}/revoke/").json()["revoked_at"]
    assert first
    assert caller_with(key).get(LIST).status_code == 401
    assert caller.post(f"{LIST}{made['id']}/revoke/").json()["revoked_at"] == first


def test_only_who_looks_after_tokens_makes_sees_and_revokes_those_of_others() -> None:
    other = make_account()
    make_token(other)
    token = ApiToken.objects.get(user=other)
    plain, keeper = caller_of(make_account(*RIGHTS)), caller_of(make_account(*RIGHTS, MANAGE))
    looker = caller_of(make_account(*RIGHTS, "auth.view_user"))
    assert make(plain, account=other.pk).status_code == 403
    assert plain.post(f"{LIST}{token.pk}/revoke/").status_code == 404
    assert looker.get(f"{LIST}?account={other.pk}").json()["count"] == 1
    assert looker.post(f"{LIST}{token.pk}/revoke/").status_code == 403
    assert make(keeper, account=other.pk).status_code == 201
    assert keeper.post(f"{LIST}{token.pk}/revoke/").status_code == 200
    token.refresh_from_db()
    assert token.revoked_at


@pytest.mark.parametrize("scope", [TokenScope.READ, TokenScope.EVENTS, TokenScope.MAPPING])
def test_a_token_that_is_not_for_all_makes_and_revokes_none(scope: TokenScope) -> None:
    caller = caller_of(make_account(is_superuser=True), scope=scope)
    assert make(caller).status_code == 403
    token = ApiToken.objects.get()
    assert caller.post(f"{LIST}{token.pk}/revoke/").status_code == 403


def test_what_a_token_makes_ends_with_it_at_the_latest() -> None:
    last = timezone.now() + timedelta(days=3)
    caller = caller_of(make_account(is_superuser=True), expires_at=last)
    assert make(caller, expires_at=(last + timedelta(hours=1)).isoformat()).status_code == 400
    for asked, ends in ((None, last), ((last - timedelta(days=1)).isoformat(), last - timedelta(days=1))):
        made = make(caller, expires_at=asked).json()
        assert ApiToken.objects.get(pk=made["id"]).expires_at == ends


def test_one_that_is_over_already_and_a_misspelt_name_are_refused() -> None:
    caller = caller_of(make_account(is_superuser=True))
    over = make(caller, expires_at="2020-01-01T00:00:00Z")
    assert (over.status_code, list(over.json()["errors"])) == (400, ["expires_at"])
    assert make(caller, expire_at="2030-01-01T00:00:00Z").status_code == 400
    assert caller.post(LIST, {"name": "Report"}, format="json").status_code == 400
