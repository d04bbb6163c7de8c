"""Webhooks from Halo: their shape, their authentication, and that they may come twice or out of order."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from integrations.sandbox.server import Sandbox
from tests.integrations.sandbox.callers import HaloCaller, make_note, make_ticket


class Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Tests need no access log."""


@dataclass
class Receiver:
    url: str = ""
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @Request.application
    def take(self, request: Request) -> Response:
        self.headers.append(dict(request.headers))
        self.bodies.append(request.get_data())
        return Response(b"", 200)

    def wait_for(self, count: int) -> list[Any]:
        deadline = time.monotonic() + 5
        while len(self.bodies) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(self.bodies) == count, self.bodies
        return [json.loads(body) for body in self.bodies]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    server = make_server("127.0.0.1", 0, receiver.take, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.port}/hook?token=abc"
    yield receiver
    server.shutdown()
    thread.join()


@pytest.fixture
def ticket(sandbox: Sandbox, halo: HaloCaller, receiver: Receiver) -> int:
    number = int(halo.write("Tickets", make_ticket(sandbox))["id"])
    sandbox.switches.change(webhook_url=receiver.url)
    return number


def test_a_new_ticket_is_told(sandbox: Sandbox, halo: HaloCaller, receiver: Receiver) -> None:
    sandbox.switches.change(webhook_url=receiver.url)
    made = halo.write("Tickets", make_ticket(sandbox))
    (told,) = receiver.wait_for(1)
    assert told["ticket"]["id"] == made["id"]
    assert told["ticket"]["status_name"] == "New"
    assert "action" not in told
    assert "Authorization" not in receiver.headers[0]


def test_a_note_is_told_with_its_ticket(halo: HaloCaller, receiver: Receiver, ticket: int) -> None:
    halo.write("Actions", make_note(ticket, new_status=9))
    (told,) = receiver.wait_for(1)
    assert told["ticket"]["status_id"] == 9
    assert told["action"] == {"id": 2, "ticket_id": ticket, "outcome": "Private Note", "hiddenfromuser": True}


def test_nothing_is_told_of_a_refused_write(
    sandbox: Sandbox, halo: HaloCaller, receiver: Receiver, ticket: int
) -> None:
    assert halo.post("Tickets", [{"id": ticket, "status_id": 77}]).status_code == 400
    halo.write("Tickets", {"id": ticket, "status_id": 2})
    (told,) = receiver.wait_for(1)
    assert told["ticket"]["status_id"] == 2


def test_newer_tenants_send_an_array(
    sandbox: Sandbox, halo: HaloCaller, receiver: Receiver, ticket: int
) -> None:
    sandbox.switches.change(webhook_array=True)
    halo.write("Tickets", {"id": ticket, "summary": "x"})
    ((told,),) = receiver.wait_for(1)
    assert told["ticket"]["summary"] == "x"


def test_basic_and_bearer_authentication(
    sandbox: Sandbox, halo: HaloCaller, receiver: Receiver, ticket: int
) -> None:
    sandbox.switches.change(webhook_authentication="basic", webhook_name="halo", webhook_secret="s3cret")
    halo.write("Tickets", {"id": ticket, "summary": "x"})
    receiver.wait_for(1)
    sandbox.switches.change(webhook_authentication="bearer")
    halo.write("Tickets", {"id": ticket, "summary": "y"})
    receiver.wait_for(2)
    basic = base64.b64encode(b"halo:s3cret").decode()
    assert [headers["Authorization"] for headers in receiver.headers] == [f"Basic {basic}", "Bearer s3cret"]


def test_a_signature_over_the_raw_body(
    sandbox: Sandbox, halo: HaloCaller, receiver: Receiver, ticket: int
) -> None:
    sandbox.switches.change(webhook_authentication="hmac", webhook_name="X-Sign", webhook_secret="s3cret")
    halo.write("Tickets", {"id": ticket, "summary": "x"})
    receiver.wait_for(1)
    digest = hmac.new(b"s3cret", receiver.bodies[0], hashlib.sha256).digest()
    assert receiver.headers[0]["X-Sign"] == base64.b64encode(digest).decode()


def test_deliveries_may_come_twice(
    sandbox: Sandbox, halo: HaloCaller, receiver: Receiver, ticket: int
) -> None:
    sandbox.switches.change(webhook_duplicates=True)
    halo.write("Tickets", {"id": ticket, "summary": "x"})
    first, second = receiver.wait_for(2)
    assert first == second


def test_deliveries_may_come_out_of_order(
    sandbox: Sandbox, halo: HaloCaller, receiver: Receiver, ticket: int
) -> None:
    sandbox.switches.change(webhook_out_of_order=True)
    for summary in "abc":
        halo.write("Tickets", {"id": ticket, "summary": summary})
    told = [body["ticket"]["summary"] for body in receiver.wait_for(3)]
    assert sorted(told) == ["a", "b", "c"]
    assert told != ["a", "b", "c"]


def test_a_receiver_that_is_not_there_is_noted(sandbox: Sandbox, halo: HaloCaller) -> None:
    sandbox.switches.change(webhook_url="http://127.0.0.1:9/")
    halo.write("Tickets", make_ticket(sandbox))
    deliveries = sandbox.halo_application.webhooks.deliveries
    deadline = time.monotonic() + 5
    while not deliveries and time.monotonic() < deadline:
        time.sleep(0.01)
    assert [(entry["event"], entry["status"]) for entry in deliveries] == [("New Ticket Logged", None)]
