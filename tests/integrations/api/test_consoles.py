"""Consoles: credentials as their kind declares them."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.choices import ConnectionState, RunKind
from integrations.models import Console, Run
from integrations.registry import connector_class
from tests.builders import make_console
from tests.integrations.api.clients import make_caller

pytestmark = pytest.mark.django_db

LIST = "/api/v1/consoles/"
REQUIRED = {
    field.name: f"v4lue-of-{field.name}"
    for field in connector_class("msp360").credential_fields
    if field.required
}


def make_body(**values: Any) -> dict[str, Any]:
    return {"name": "Backup", "kind": "msp360", "credentials": REQUIRED, **values}


def test_a_console_is_stored_untested_and_its_test_is_asked_for() -> None:
    answer = make_caller().post(LIST, make_body(time_zone="Europe/Berlin"), format="json")
    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert body["state"] == "untested"
    assert body["credentials_set"] == sorted(REQUIRED)
    assert Run.objects.get(pk=body["test_run"]).kind == RunKind.TEST_CONSOLE
    assert Console.objects.get().credentials == REQUIRED


def test_no_answer_holds_a_credential() -> None:
    caller = make_caller()
    answers = [caller.post(LIST, make_body(), format="json")]
    one = f"{LIST}{answers[0].json()['id']}/"
    answers += [
        caller.get(LIST),
        caller.get(one),
        caller.patch(one, {"credentials": REQUIRED}, format="json"),
        caller.patch(one, {"credentials": {**REQUIRED, "wrong": "v4lue"}}, format="json"),
    ]
    for answer in answers:
        assert "v4lue" not in answer.content.decode()
        assert "credentials" not in answer.json()


def test_missing_and_unknown_credentials_are_told_by_name() -> None:
    body = make_body(credentials={"no_such_thing": "x"})
    errors = make_caller().post(LIST, body, format="json").json()["errors"]
    assert {"credentials.no_such_thing", *(f"credentials.{name}" for name in REQUIRED)} <= set(errors)


def test_a_change_may_hold_some_of_the_credentials() -> None:
    caller = make_caller()
    number = caller.post(LIST, make_body(), format="json").json()["id"]
    name = min(REQUIRED)
    answer = caller.patch(f"{LIST}{number}/", {"credentials": {name: "new"}}, format="json")
    assert answer.status_code == 200
    assert Console.objects.get().credentials == {**REQUIRED, name: "new"}


def test_a_required_credential_cannot_be_emptied() -> None:
    caller = make_caller()
    number = caller.post(LIST, make_body(), format="json").json()["id"]
    name = min(REQUIRED)
    answer = caller.patch(f"{LIST}{number}/", {"credentials": {name: " "}}, format="json")
    assert f"credentials.{name}" in answer.json()["errors"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "no-such-kind"),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../../etc/passwd"),
        ("base_url", "https://name:password@host.example"),
        ("base_url", "ftp://host.example"),
        ("credentials", "text"),
    ],
)
def test_what_makes_no_sense_is_told_at_its_field(field: str, value: Any) -> None:
    answer = make_caller().post(LIST, make_body(**{field: value}), format="json")
    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert not Console.objects.exists()


def test_the_kind_of_a_console_stays() -> None:
    console = make_console(kind="push")
    answer = make_caller().patch(f"{LIST}{console.pk}/", {"kind": "msp360"}, format="json")
    assert "kind" in answer.json()["errors"]


def test_a_new_name_needs_no_test_but_a_new_address_does() -> None:
    caller, console = make_caller(), make_console(state=ConnectionState.WORKING)
    answer = caller.patch(f"{LIST}{console.pk}/", {"name": "Renamed", "enabled": False}, format="json")
    assert (answer.json()["state"], answer.json()["test_run"]) == ("working", None)
    answer = caller.patch(f"{LIST}{console.pk}/", {"base_url": "https://new.example"}, format="json")
    assert answer.json()["state"] == "untested"
    assert answer.json()["test_run"] is not None


@pytest.mark.parametrize(
    ("action", "kind"), [("test", "test_console"), ("sync", "sync_console"), ("events", "events")]
)
def test_actions_answer_with_the_run(action: str, kind: str) -> None:
    console = make_console(kind="msp360", credentials=REQUIRED)
    answer = make_caller().post(f"{LIST}{console.pk}/{action}/")
    assert answer.status_code == 202
    assert answer.json()["kind"] == kind
    assert Run.objects.get().console_id == console.pk


@pytest.mark.parametrize("action", ["sync", "events"])
def test_there_is_nothing_to_read_from_a_push_console(action: str) -> None:
    answer = make_caller().post(f"{LIST}{make_console(kind='push').pk}/{action}/")
    assert answer.status_code == 409
    assert "gives no" in answer.json()["detail"]
    assert not Run.objects.exists()


@pytest.mark.parametrize(("minutes", "status"), [(15, 200), (None, 200), (0, 400), (1441, 400)])
def test_the_minutes_between_two_fetches_of_events_can_be_chosen(minutes: int | None, status: int) -> None:
    console = make_console(kind="msp360")
    answer = make_caller().patch(f"{LIST}{console.pk}/", {"event_minutes": minutes}, format="json")
    assert answer.status_code == status
