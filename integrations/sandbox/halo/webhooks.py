"""Sends webhooks as Halo does: at once or late, sometimes twice, in no promised order.

HaloPSA API: a JSON object with `ticket` and, where one applies, `action`; newer versions batch into an array.
Authentication none, basic, bearer, or an HMAC-SHA256 of the raw body in base64 in a header of choice.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import queue
import threading
from collections import deque

from integrations.sandbox.clock import Clock
from integrations.sandbox.halo.call import Call
from integrations.sandbox.moments import without_zone
from integrations.sandbox.posting import post
from integrations.sandbox.switches import Switches
from integrations.sandbox.world import HaloWorld, Row

_GATHER = 0.2
"""Seconds in which deliveries are gathered to be sent in the wrong order."""


class WebhookSender:
    """`deliveries` holds the last attempts: event, status (None: never arrived), body."""

    def __init__(self, switches: Switches, clock: Clock) -> None:
        self._switches = switches
        self._clock = clock
        self._queue: queue.Queue[tuple[str, Row] | None] = queue.Queue()
        self._thread: threading.Thread | None = None
        self.deliveries: deque[Row] = deque(maxlen=500)

    def send(self, call: Call) -> None:
        """Queue what happened in a call; nothing where no address is set."""
        if not self._switches.webhook_url:
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._keep_sending, name="sandbox-webhooks", daemon=True)
            self._thread.start()
        for what, ticket, action in call.events:
            self._queue.put((what, _payload(call.world, ticket, action)))

    def stop(self) -> None:
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(timeout=10)

    def _keep_sending(self) -> None:
        while (first := self._queue.get()) is not None:
            waiting = [first]
            if self._switches.webhook_out_of_order:
                self._clock.wait(_GATHER)
                waiting = self._gathered(first)
            for what, payload in waiting:
                self._deliver(what, payload)

    def _gathered(self, first: tuple[str, Row]) -> list[tuple[str, Row]]:
        waiting = [first]
        while not self._queue.empty():
            item = self._queue.get()
            if item is None:
                self._queue.put(None)
                break
            waiting.append(item)
        return waiting[::-1]

    def _deliver(self, what: str, payload: Row) -> None:
        if not self._switches.webhook_url:
            return
        body = json.dumps([payload] if self._switches.webhook_array else payload).encode()
        for _ in range(2 if self._switches.webhook_duplicates else 1):
            status = post(self._switches.webhook_url, body, self._headers(body))
            self.deliveries.append({"event": what, "status": status, "body": body.decode()})

    def _headers(self, body: bytes) -> dict[str, str]:
        name, secret = self._switches.webhook_name, self._switches.webhook_secret
        headers = {"Content-Type": "application/json"}
        match self._switches.webhook_authentication:
            case "basic":
                headers["Authorization"] = "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()
            case "bearer":
                headers["Authorization"] = f"Bearer {secret}"
            case "hmac":
                digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
                headers[name or "X-Halo-Signature"] = base64.b64encode(digest).decode()
        return headers


def _payload(world: HaloWorld, ticket: Row, action: Row | None) -> Row:
    """As the ticket is when it happens, not when it is delivered."""
    agent = world.agents[ticket["agent_id"]]
    payload: Row = {
        "ticket": {
            **{name: ticket[name] for name in ("id", "summary", "status_id", "client_id", "site_id", "team")},
            "status_name": world.statuses.get(ticket["status_id"], {}).get("name"),
            "agent_id": agent["id"],
            "tickettype_id": ticket["tickettype_id"],
            "last_update": f"{without_zone(ticket['_updated'], digits=2)}Z",
        }
    }
    if action is not None:
        payload["action"] = {name: action[name] for name in ("id", "ticket_id", "outcome", "hiddenfromuser")}
    return payload
