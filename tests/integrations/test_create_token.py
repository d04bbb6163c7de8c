"""`manage.py create_token`."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone
from rest_framework.test import APIClient

from integrations.models import ApiToken
from tests.integrations.api.clients import make_account

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("create_token", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_it_prints_the_key_once_and_the_key_works() -> None:
    account = make_account(is_superuser=True)
    out, err = run(account.username)
    key = out.strip()
    assert "cannot be shown again" in err
    caller = APIClient()
    caller.credentials(HTTP_AUTHORIZATION=f"Token {key}")
    assert caller.get("/api/v1/consoles/").status_code == 200
    assert key not in str(ApiToken.objects.values().get())


def test_json_is_one_object_with_the_token() -> None:
    out, err = run(make_account().username, "--json", "--name", "Backup script")
    told = json.loads(out)
    assert list(told) == ["token"]
    assert err == ""
    token = ApiToken.objects.get()
    assert (token.digest, token.name) == (ApiToken.digest_of(told["token"]), "Backup script")


def test_it_can_expire() -> None:
    run(make_account().username, "--days", "30")
    expires = ApiToken.objects.get().expires_at
    assert expires is not None
    assert abs(expires - timezone.now() - timedelta(days=30)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nobody"], "no staff account called 'nobody'"),
        (["ann", "--days", "0"], "between 1 and"),
        (["ann", "--days", "99999999"], "between 1 and"),
        (["ann", "--name", " "], "1 to 100"),
        (["off"], "switched off"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(arguments: list[str], words: str) -> None:
    account = make_account()
    account.username = "ann"
    account.save()
    off = make_account(is_active=False)
    off.username = "off"
    off.save()
    with pytest.raises(CommandError, match=words):
        run(*arguments)
    assert not ApiToken.objects.exists()


def test_it_can_be_for_less_than_everything() -> None:
    run(make_account().username, "--scope", "events")
    assert ApiToken.objects.get().scope == "events"


def test_a_service_account_is_made_with_its_role_and_nobody_can_log_in_as_it() -> None:
    key = run("monitoring", "--service", "--role", "Service desk", "--scope", "events")[0].strip()
    account = User.objects.get(username="monitoring")
    assert (account.is_staff, account.has_usable_password()) == (False, False)
    assert [group.name for group in account.groups.all()] == ["Service desk"]
    caller = APIClient()
    caller.credentials(HTTP_AUTHORIZATION=f"Token {key}")
    assert caller.post("/api/v1/events/", [], format="json").status_code not in (401, 403)
    assert caller.get("/api/v1/events/").status_code == 403


def test_a_second_token_of_a_service_account_makes_no_second_account() -> None:
    run("monitoring", "--service")
    run("monitoring", "--service")
    assert (User.objects.count(), ApiToken.objects.count()) == (1, 2)


def test_the_account_of_a_person_is_never_taken_for_a_service() -> None:
    person = User.objects.create_user("ann", password="a long password", is_staff=True)
    with pytest.raises(CommandError, match="account of a person"):
        run("ann", "--service", "--role", "Engineer")
    assert not person.groups.exists()


def test_a_role_is_for_service_accounts() -> None:
    with pytest.raises(CommandError, match="goes with --service"):
        run(make_account().username, "--role", "Engineer")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "Name the account"),
        ("  ", "Name the account"),
        ("a/b", "can't be the name"),
        ("x" * 151, "at most 150"),
    ],
)
def test_a_service_account_has_a_name_that_an_account_may_have(name: str, words: str) -> None:
    with pytest.raises(CommandError, match=words):
        run(name, "--service")
    assert not User.objects.exists()
    assert not ApiToken.objects.exists()


def test_without_a_name_there_is_no_account() -> None:
    with pytest.raises(CommandError, match="Name the account"):
        run("")
