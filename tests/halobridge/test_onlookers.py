"""`/readyz` and `/metrics` name connections to callers on the machine and to those with a right only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from halobridge import health, onlookers
from integrations.choices import ConnectionState, TokenScope
from integrations.models import ApiToken
from tests.builders import make_credential
from tests.integrations.api.clients import make_account, make_token

pytestmark = pytest.mark.django_db
FAR = "203.0.113.7"
NEEDED = onlookers.NEEDED


@pytest.fixture(autouse=True)
def _a_failing_credential() -> None:
    make_credential(name="Customer Ltd", state=ConnectionState.FAILED, state_reason="Wrong secret.")


def get(path: str, caller: Client | None = None, *, address: str = FAR, **headers: str) -> Any:
    return (caller or Client()).get(path, REMOTE_ADDR=address, headers=headers)


def told(caller: Client | None = None, **given: Any) -> tuple[bool, bool]:
    """Whether `/readyz` names the credential, and whether `/metrics` gives its figures."""
    names = "Customer Ltd" in get("/readyz", caller, **given).content.decode()
    return names, "halobridge_budget_calls{" in get("/metrics", caller, **given).content.decode()


def bearing(key: str, scheme: str = "Token") -> Mapping[str, str]:
    return {"authorization": f"{scheme} {key}"}


def test_from_elsewhere_only_the_component_is_told() -> None:
    answer = get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "status": "not ready",
        "components": {
            "database": {"ok": True},
            "migrations": {"ok": True},
            "cache": {"ok": True},
            "queue": {"ok": False},
        },
    }
    answer = get("/metrics")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert told() == (False, False)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "127.8.0.9"])
def test_the_machine_itself_is_told_all(address: str) -> None:
    assert told(address=address) == (True, True)


@pytest.mark.parametrize("name", ["x-forwarded-for", "x-real-ip", "forwarded"])
def test_who_comes_through_a_proxy_on_the_machine_is_not_the_machine(name: str) -> None:
    assert told(address="127.0.0.1", **{name: "127.0.0.1"}) == (False, False)


def test_the_token_of_the_settings_opens_both(settings: Any) -> None:
    settings.HALOBRIDGE_METRICS_TOKEN = "swordfish-swordfish"
    assert told(**bearing("swordfish-swordfish", "Bearer")) == (True, True)
    for wrong in (bearing("swordfish", "Bearer"), bearing("swordfish-swordfish"), bearing("", "Bearer")):
        assert told(**wrong) == (False, False)


def test_an_empty_setting_is_no_token(settings: Any) -> None:
    settings.HALOBRIDGE_METRICS_TOKEN = ""
    assert told(**bearing("", "Bearer")) == (False, False)


def test_a_token_that_may_read_opens_both() -> None:
    account = make_account(*NEEDED)
    assert told(**bearing(make_token(account, scope=TokenScope.READ))) == (True, True)


def test_a_token_that_may_not_read_or_has_ended_opens_neither() -> None:
    account = make_account(*NEEDED)
    past = timezone.now() - timedelta(seconds=1)
    keys = [
        make_token(account, scope=TokenScope.EVENTS),
        make_token(account, expires_at=past),
        make_token(account, revoked_at=past),
        make_token(make_account("integrations.view_console")),
        "unknown",
    ]
    assert ApiToken.objects.count() == 4
    for key in keys:
        assert told(**bearing(key)) == (False, False)


def test_whoever_is_logged_in_sees_what_their_role_sees() -> None:
    for permissions, seen in ((NEEDED, True), ((), False)):
        caller = Client()
        caller.force_login(make_account(*permissions, is_staff=True))
        assert told(caller) == (seen, seen)


def test_metrics_can_be_opened_by_the_settings(settings: Any) -> None:
    settings.HALOBRIDGE_METRICS_OPEN = True
    assert told() == (False, True)


def test_a_database_that_is_away_is_told_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Any:
        raise DatabaseError("away")

    monkeypatch.setitem(health.CHECKS, "database", fail)
    monkeypatch.setattr("integrations.api.authentication.ApiTokenAuthentication.authenticate", fail)
    answer = get("/readyz", **bearing("any"))
    assert answer.status_code == 503
    assert answer.json()["components"]["database"] == {"ok": False}
