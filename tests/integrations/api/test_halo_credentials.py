"""HaloPSA credentials: what goes in, what comes out, what is set in motion."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.choices import ConnectionState, RunKind
from integrations.models import HaloClient, HaloCredential, Instance, Run
from tests.builders import make_credential
from tests.integrations.api.clients import make_caller

pytestmark = pytest.mark.django_db

LIST = "/api/v1/halo-credentials/"
SECRET = "s3cret-of-the-client-application"


def make_body(**values: Any) -> dict[str, Any]:
    defaults = {
        "name": "Main",
        "resource_server": "acme.halopsa.com/api/",
        "client_id": "b7a1",
        "client_secret": SECRET,
    }
    return {**defaults, **values}


def test_a_credential_is_stored_untested_in_observe_and_its_test_is_asked_for() -> None:
    answer = make_caller().post(LIST, make_body(), format="json")
    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert body["resource_server"] == "https://acme.halopsa.com/api"
    assert body["authorisation_server"] == "https://acme.halopsa.com/auth"
    assert (body["state"], body["write_mode"]) == ("untested", "observe")
    run = Run.objects.get(pk=body["test_run"])
    assert (run.kind, run.halo_credential_id, run.state) == (RunKind.TEST_HALO, body["id"], "queued")
    assert HaloCredential.objects.get().client_secret == SECRET


def test_a_server_that_is_no_address_is_told_at_its_field() -> None:
    answer = make_caller().post(LIST, make_body(resource_server="https://"), format="json")
    assert answer.status_code == 400
    assert "resource_server" in answer.json()["errors"]
    assert not Instance.objects.exists()


def test_the_secret_is_needed_when_it_is_made_and_stays_when_it_is_not_sent() -> None:
    caller = make_caller()
    body = make_body()
    del body["client_secret"]
    assert "client_secret" in caller.post(LIST, body, format="json").json()["errors"]
    number = caller.post(LIST, make_body(), format="json").json()["id"]
    answer = caller.patch(f"{LIST}{number}/", {"client_id": "other"}, format="json")
    assert answer.status_code == 200
    credential = HaloCredential.objects.get()
    assert (credential.client_id, credential.client_secret) == ("other", SECRET)


def test_no_answer_holds_the_secret_or_the_access_token() -> None:
    caller = make_caller()
    answers = [caller.post(LIST, make_body(), format="json")]
    HaloCredential.objects.update(access_token="t0ken-of-halo", granted_scopes="all")
    number = answers[0].json()["id"]
    one = f"{LIST}{number}/"
    answers += [
        caller.get(LIST),
        caller.get(one),
        caller.patch(one, {"client_secret": SECRET + "2"}, format="json"),
        caller.patch(one, {"client_secret": ""}, format="json"),
        caller.post(LIST, make_body(budget_calls=-1), format="json"),
        caller.post(f"{one}test/"),
    ]
    for answer in answers:
        assert SECRET not in answer.content.decode()
        assert "t0ken-of-halo" not in answer.content.decode()
        assert "client_secret" not in answer.json()


def test_a_change_of_the_connection_is_tested_again() -> None:
    caller = make_caller()
    credential = make_credential(state=ConnectionState.WORKING)
    answer = caller.patch(f"{LIST}{credential.pk}/", {"client_secret": "another"}, format="json")
    assert answer.json()["state"] == "untested"
    assert answer.json()["test_run"] is not None


def test_a_change_of_a_switch_needs_no_test() -> None:
    caller = make_caller()
    credential = make_credential(state=ConnectionState.WORKING, write_mode="observe")
    body = {"write_mode": "write", "budget_calls": 90, "client_id": credential.client_id}
    answer = caller.patch(f"{LIST}{credential.pk}/", body, format="json")
    assert answer.json()["state"] == "working"
    assert (answer.json()["write_mode"], answer.json()["budget_calls"]) == ("write", 90)
    assert answer.json()["test_run"] is None
    assert not Run.objects.exists()


@pytest.mark.parametrize(("action", "kind"), [("test", "test_halo"), ("sync", "sync_halo")])
def test_test_and_sync_answer_with_the_run(action: str, kind: str) -> None:
    credential = make_credential()
    answer = make_caller().post(f"{LIST}{credential.pk}/{action}/")
    assert answer.status_code == 202
    run = Run.objects.get()
    assert answer.json()["id"] == run.pk
    assert (answer.json()["kind"], answer.json()["state"]) == (kind, "queued")
    assert answer["Location"].endswith(f"/api/v1/runs/{run.pk}/")
    assert run.requested_by is not None


def test_a_switched_off_credential_is_not_synced() -> None:
    credential = make_credential(enabled=False)
    answer = make_caller().post(f"{LIST}{credential.pk}/sync/")
    assert answer.status_code == 409
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("write_mode", "delete"), ("budget_calls", 5), ("budget_seconds", 10**30), ("associated_company", 4711)],
)
def test_values_out_of_range_are_told(field: str, value: Any) -> None:
    answer = make_caller().post(LIST, make_body(**{field: value}), format="json")
    assert answer.status_code == 400
    assert field in answer.json()["errors"]


def test_another_address_of_a_known_halo_waits_for_its_test_and_says_so() -> None:
    credential = make_credential()
    HaloClient.objects.create(halo_credential=credential, halo_id=12, name="Alder")
    old, caller = credential.resource_server, make_caller()
    body = {"resource_server": "help.example.com", "client_secret": SECRET}
    told = caller.patch(f"{LIST}{credential.pk}/", body, format="json").json()
    assert told["resource_server"] == old
    assert told["moving_to"]["resource_server"] == "https://help.example.com/api"
    refused = caller.patch(f"{LIST}{credential.pk}/", {**body, "client_id": "another"}, format="json")
    assert refused.status_code == 400
    assert "client_id" in refused.json()["errors"]


def test_another_address_that_waits_is_given_up() -> None:
    credential, caller = make_credential(), make_caller()
    path = f"{LIST}{credential.pk}/give-up-move/"
    assert caller.post(path).status_code == 409
    HaloCredential.objects.filter(pk=credential.pk).update(
        moving_to={"resource_server": "https://new.example/api"}, move_refused="It could not be compared."
    )
    answer = caller.post(path)
    assert (answer.status_code, answer.json()["moving_to"]) == (200, {})
    credential.refresh_from_db()
    assert (credential.moving_to, credential.move_refused) == ({}, "")
