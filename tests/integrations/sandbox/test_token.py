"""The token endpoint and what a token may do."""

from __future__ import annotations

import pytest
import requests

from integrations.sandbox import constants
from integrations.sandbox.server import Sandbox
from tests.integrations.sandbox.callers import HaloCaller, ask_token, make_ticket


def test_a_token_lasts_an_hour_and_has_no_refresh_token(sandbox: Sandbox) -> None:
    answer = ask_token(sandbox)
    assert answer.status_code == 200
    assert answer.json()["expires_in"] == 3600
    assert answer.json()["token_type"] == "Bearer"
    assert "refresh_token" not in answer.json()


@pytest.mark.parametrize("wrong", [{"client_secret": "no"}, {"client_id": "no"}, {"client_id": None}])
def test_wrong_credentials_are_an_invalid_client(sandbox: Sandbox, wrong: dict[str, str | None]) -> None:
    answer = ask_token(sandbox, **wrong)
    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_client"


def test_an_unknown_scope_is_refused(sandbox: Sandbox) -> None:
    answer = ask_token(sandbox, scope="edit:tickets read:teams")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


def test_another_grant_is_refused(sandbox: Sandbox) -> None:
    answer = ask_token(sandbox, grant_type="password")
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


def test_credentials_sent_as_json_are_not_read(sandbox: Sandbox) -> None:
    body = {"grant_type": "client_credentials", "client_id": constants.HALO_CLIENT_ID}
    assert requests.post(f"{sandbox.auth_url}/token", json=body, timeout=5).status_code == 400


@pytest.mark.parametrize("scope", [None, ""])
def test_a_token_without_scope_is_issued_and_fails_on_every_call(sandbox: Sandbox, scope: str | None) -> None:
    caller = HaloCaller(sandbox, scope=scope)
    for path in ("Client", "Status", "Agent/me", "FieldInfo"):
        answer = caller.get(path)
        assert (answer.status_code, answer.text) == (401, "")


def test_any_tenant_is_accepted_unless_the_tenant_is_strict(sandbox: Sandbox) -> None:
    assert ask_token(sandbox, tenant="somebody-else").status_code == 200
    sandbox.switches.change(strict_tenant=True)
    assert ask_token(sandbox, tenant="somebody-else").status_code == 500
    assert ask_token(sandbox, tenant="SANDBOX").status_code == 200
    assert ask_token(sandbox).status_code == 200


def test_the_tenant_may_stand_in_the_query(sandbox: Sandbox) -> None:
    sandbox.switches.change(strict_tenant=True)
    form = {"grant_type": "client_credentials", "client_id": constants.HALO_CLIENT_ID}
    answer = requests.post(f"{sandbox.auth_url}/token?tenant=other", data=form, timeout=5)
    assert answer.status_code == 500


def test_a_token_expires(sandbox: Sandbox) -> None:
    sandbox.switches.change(token_seconds=60)
    caller = HaloCaller(sandbox)
    assert caller.get("Client").status_code == 200
    sandbox.clock.advance(61)
    assert (caller.get("Client").status_code, caller.get("Client").text) == (401, "")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nonsense", "Basic abc"])
def test_a_missing_or_malformed_token_is_401_with_an_empty_body(sandbox: Sandbox, header: str) -> None:
    answer = requests.get(f"{sandbox.halo_url}/Client", headers={"Authorization": header}, timeout=5)
    assert (answer.status_code, answer.text) == (401, "")


def test_the_scope_of_an_area_is_needed_for_it(sandbox: Sandbox) -> None:
    caller = HaloCaller(sandbox, scope="read:customers")
    assert caller.get("Site").status_code == 200
    assert (caller.get("Asset").status_code, caller.get("Asset").text) == (403, "")
    assert caller.get("Actions", ticket_id=4201).status_code == 403
    sandbox.switches.change(scope_failure_status=401)
    assert caller.get("Asset").status_code == 401


def test_reading_does_not_include_editing(sandbox: Sandbox) -> None:
    caller = HaloCaller(sandbox, scope="read:tickets")
    assert caller.get("Tickets").status_code == 200
    assert caller.post("Tickets", [make_ticket(sandbox)]).status_code == 403
    assert len(sandbox.world.halo.tickets) == 12


def test_a_scope_that_the_application_lacks_is_granted_and_does_nothing(sandbox: Sandbox) -> None:
    caller = HaloCaller(
        sandbox,
        client_id=constants.NARROW_CLIENT_ID,
        client_secret=constants.NARROW_CLIENT_SECRET,
        scope="all",
    )
    assert caller.get("Client").status_code == 200
    assert caller.get("Tickets").status_code == 403


def test_configuration_needs_no_more_than_a_token_unless_switched(sandbox: Sandbox) -> None:
    caller = HaloCaller(sandbox, scope="read:customers")
    assert caller.get("Status").status_code == 200
    sandbox.switches.change(configuration_needs_scope=True)
    assert caller.get("Status").status_code == 403
    assert caller.get("AssetType").status_code == 403
    assert HaloCaller(sandbox).get("Status").status_code == 200


def test_definitions_of_custom_fields_may_be_refused(sandbox: Sandbox, halo: HaloCaller) -> None:
    assert "purchaseReference" in [row["name"] for row in halo.read("FieldInfo", typeid=5)]
    sandbox.switches.change(field_definitions_refused=True)
    assert halo.get("FieldInfo", typeid=5).status_code == 403


def test_authinfo_needs_no_token(sandbox: Sandbox) -> None:
    answer = requests.get(f"{sandbox.halo_url}/AuthInfo", timeout=5).json()
    assert answer["auth_url"] == sandbox.auth_url
    assert answer["tenant_id"] == constants.HALO_TENANT


def test_the_openid_configuration_names_the_token_endpoint(sandbox: Sandbox) -> None:
    answer = requests.get(f"{sandbox.auth_url}/.well-known/openid-configuration", timeout=5)
    assert answer.json()["token_endpoint"] == f"{sandbox.auth_url}/token"
