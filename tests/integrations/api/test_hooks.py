"""Webhook doors: stored before the answer, whatever comes."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.test import Client

from integrations.choices import RunKind
from integrations.connectors.base import SECRET_HEADER
from integrations.ingest.deliveries import LARGEST, read_again
from integrations.models import ApiToken, Event, RawDelivery, Run
from integrations.registry import connector_class
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


def test_a_delivery_is_stored_as_it_came_and_answered_before_anybody_reads_it() -> None:
    body = {"external_id": "e1", "event_type": "backup.failed", "title": "Backup failed"}
    answer = post(make_door(), body)

    delivery = RawDelivery.objects.get()
    assert (answer.status_code, answer.json()) == (202, {"delivery": delivery.pk})
    assert json.loads(delivery.body) == body
    assert (delivery.processed_at, delivery.error) == (None, "")
    assert not Event.objects.exists()
    assert Run.objects.get().kind == RunKind.DELIVERIES


def test_many_deliveries_are_read_by_one_run() -> None:
    door = make_door()
    for number in range(5):
        post(door, {"external_id": str(number)})
    assert RawDelivery.objects.count() == 5
    assert Run.objects.count() == 1


@pytest.mark.parametrize("body", [b"", b"\xff\xfe\x00", b"{", b"[" * 100_000])
def test_whatever_comes_is_taken(body: bytes) -> None:
    assert post(make_door(), body).status_code == 202
    assert "\x00" not in RawDelivery.objects.get().body


def test_the_answer_does_not_wait_for_the_connector(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("read at the door")

    monkeypatch.setattr(connector_class("push"), "parse_webhook", fail)
    assert post(make_door(), {"external_id": "e1"}).status_code == 202


def test_a_delivery_without_the_secret_is_kept_and_refused_but_not_read() -> None:
    door = make_door(kind="ninjaone", credentials={"webhook_secret": "our-word"})
    answer = post(door, {"id": 1})

    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    delivery = RawDelivery.objects.get()
    assert "webhook secret" in delivery.error
    assert delivery.processed_at is not None
    assert not Run.objects.exists()


def test_a_delivery_with_the_secret_is_taken() -> None:
    door = make_door(kind="ninjaone", credentials={"webhook_secret": "our-word"})
    answer = Client().post(door, "{}", content_type="application/json", headers={SECRET_HEADER: "our-word"})
    assert answer.status_code == 202


@pytest.mark.parametrize("token", ["wrong", "x" * 500, "%00", "ü"])
def test_an_unknown_door_stores_nothing(token: str) -> None:
    make_door()
    make_console(hook_token_digest="")
    answer = post(f"/hooks/consoles/{token}/", {"external_id": "e1"})
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert not RawDelivery.objects.exists()


def test_an_address_without_its_last_slash_is_the_same_door() -> None:
    assert post(make_door().rstrip("/"), {"external_id": "e1"}).status_code == 202
    make_credential(hook_token_digest=ApiToken.digest_of(TOKEN))
    assert post(f"/hooks/halo/{TOKEN}", {"ticket": {"id": 1}}).status_code == 200
    assert RawDelivery.objects.count() == 2


def test_the_door_of_a_switched_off_console_is_shut() -> None:
    assert post(make_door(enabled=False), {}).status_code == 404


def test_a_door_is_for_posting() -> None:
    answer = Client().get(make_door())
    assert (answer.status_code, answer["Allow"]) == (405, "POST")


@pytest.mark.parametrize(("size", "status"), [(LARGEST, 202), (LARGEST + 1, 413)])
def test_a_delivery_of_more_than_a_mebibyte_is_refused(size: int, status: int) -> None:
    assert post(make_door(), b"x" * size).status_code == status
    assert RawDelivery.objects.exists() == (status == 202)


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


def test_a_delivery_that_comes_in_chunks_is_taken_whole() -> None:
    """As gunicorn hands it on: no length is told, and the input ends where the body ends."""
    door = make_door()
    body = b'{"external_id": "e1"}'
    answer = Client().generic(
        "POST",
        door,
        **{"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": "", "wsgi.input_terminated": True},
    )
    assert answer.status_code == 202
    assert RawDelivery.objects.get().body == body.decode()


def test_chunks_without_end_are_refused() -> None:
    endless = io.BytesIO(b"x" * (LARGEST + 10))
    answer = Client().generic(
        "POST", make_door(), **{"wsgi.input": endless, "CONTENT_LENGTH": "", "wsgi.input_terminated": True}
    )
    assert answer.status_code == 413


def test_what_was_refused_is_not_read_when_staff_ask_for_reading_again() -> None:
    door = make_door(kind="ninjaone", credentials={"webhook_secret": "our-word"})
    post(door, {"id": 1})
    assert read_again(RawDelivery.objects.all()) == []
    assert "webhook secret" in RawDelivery.objects.get().error
