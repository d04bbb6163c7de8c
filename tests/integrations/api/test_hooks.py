"""Webhook doors: stored before the answer, whatever comes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from integrations.api import hooks
from integrations.choices import RunKind
from integrations.models import ApiToken, Event, RawDelivery, Run
from tests.builders import make_console, make_credential
from tests.integrations.api.clients import make_caller

pytestmark = pytest.mark.django_db

TOKEN = "door-of-the-tests"


def make_door(**values: Any) -> str:
    make_console(hook_token_digest=ApiToken.digest_of(TOKEN), **values)
    return f"/hooks/consoles/{TOKEN}/"


def post(path: str, body: Any, client: Client | None = None) -> Any:
    text = body if isinstance(body, bytes | str) else json.dumps(body)
    return (client or Client(enforce_csrf_checks=True)).post(path, text, content_type="application/json")


def test_a_delivery_is_stored_and_becomes_events() -> None:
    body = {"external_id": "e1", "event_type": "backup.failed", "title": "Backup failed"}
    answer = post(make_door(), body)
    assert answer.status_code == 202
    delivery = RawDelivery.objects.get()
    assert answer.json() == {"delivery": delivery.pk, "events": 1, "error": ""}
    assert json.loads(delivery.body) == body
    assert delivery.processed_at is not None
    assert Event.objects.get().external_id == "e1"
    assert Run.objects.get().kind == RunKind.ROUTE


def test_a_repeat_brings_no_second_event() -> None:
    door = make_door()
    body = {"external_id": "e1", "occurred_at": "2026-01-31T12:00:00Z"}
    post(door, body)
    assert post(door, body).json()["events"] == 0
    assert (RawDelivery.objects.count(), Event.objects.count()) == (2, 1)


def test_what_is_half_good_keeps_its_good_half_and_says_what_was_not() -> None:
    answer = post(make_door(), [{"external_id": "e1"}, {"title": "No id"}])
    assert answer.json()["events"] == 1
    assert "external_id" in RawDelivery.objects.get().error


@pytest.mark.parametrize("body", [b"", b"\xff\xfe\x00", b"{", b"[" * 100_000])
def test_what_cannot_be_read_is_kept_with_a_sentence(body: bytes) -> None:
    answer = post(make_door(), body)
    assert answer.status_code == 202
    delivery = RawDelivery.objects.get()
    assert delivery.error
    assert "\x00" not in delivery.body
    assert not Event.objects.exists()


def test_a_connector_without_webhooks_keeps_the_delivery() -> None:
    answer = post(make_door(kind="msp360"), {"a": 1})
    assert answer.status_code == 202
    assert "gives no" in RawDelivery.objects.get().error


def test_a_parser_that_breaks_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(console: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(hooks, "open_connector", fail)
    answer = post(make_door(), {"external_id": "e1"})
    assert answer.status_code == 202
    assert "log of the server" in RawDelivery.objects.get().error


@pytest.mark.parametrize("token", ["wrong", "x" * 500, "%00", "ü"])
def test_an_unknown_door_stores_nothing(token: str) -> None:
    make_door()
    make_console(hook_token_digest="")
    answer = post(f"/hooks/consoles/{token}/", {"external_id": "e1"})
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert not RawDelivery.objects.exists()


def test_the_door_of_a_switched_off_console_is_shut() -> None:
    assert post(make_door(enabled=False), {}).status_code == 404


def test_a_door_is_for_posting() -> None:
    answer = Client().get(make_door())
    assert (answer.status_code, answer["Allow"]) == (405, "POST")


def test_a_delivery_that_is_too_large_is_refused(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    assert post(make_door(), {"external_id": "x" * 200}).status_code == 413
    assert not RawDelivery.objects.exists()


def test_a_delivery_of_halo_is_kept() -> None:
    credential = make_credential(hook_token_digest=ApiToken.digest_of(TOKEN))
    answer = post(f"/hooks/halo/{TOKEN}/", {"ticket": {"id": 1}})
    assert answer.status_code == 200
    delivery = RawDelivery.objects.get()
    assert delivery.door == f"halo:{credential.pk}"
    assert delivery.body == '{"ticket": {"id": 1}}'
    assert post("/hooks/halo/other/", {}).status_code == 404


@pytest.mark.parametrize("resource", ["consoles", "halo-credentials"])
def test_an_address_is_made_shown_once_and_replaced(resource: str) -> None:
    row = make_console() if resource == "consoles" else make_credential()
    caller = make_caller()
    first = caller.post(f"/api/v1/{resource}/{row.pk}/hook-address/")
    assert first.status_code == 201
    url = first.json()["url"]
    assert post(url, {"external_id": "e1"}).status_code in (200, 202)
    row.refresh_from_db()
    assert row.hook_token_digest not in url
    assert (
        url.rstrip("/").rpartition("/")[2] not in caller.get(f"/api/v1/{resource}/{row.pk}/").content.decode()
    )
    second = caller.post(f"/api/v1/{resource}/{row.pk}/hook-address/").json()["url"]
    assert post(url, {}).status_code == 404
    assert post(second, {"external_id": "e1"}).status_code in (200, 202)
