"""The API of the simulated IT Glue: a key in a header, JSON:API documents, numbered pages. Reading only."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Mapping
from typing import Any, ClassVar

from werkzeug.wrappers import Request, Response

from integrations.sandbox.clock import Clock
from integrations.sandbox.itglue import documents
from integrations.sandbox.itglue.constants import KEY, PORT
from integrations.sandbox.itglue.events import ITGlueEvents
from integrations.sandbox.itglue.fleet import add_documentation
from integrations.sandbox.itglue.world import ITGlueWorld
from integrations.sandbox.simulated import Event, Simulated
from integrations.sandbox.switches import Switches
from integrations.sandbox.window import Window
from integrations.sandbox.world import Row, World

WINDOW = 300.0
PAGES = "https://sandbox.itglue.example"
"""Where its own pages would be, for people."""
KINDS = ("organizations", "locations", "configurations")


class ITGlueApplication(Simulated):
    name = "itglue"
    title = "IT Glue"
    port = PORT
    sign_in = f"API key {KEY}"
    events: ClassVar[Mapping[str, str]] = {
        "itglue-archive": "a configuration is archived in IT Glue",
        "itglue-delete": "a configuration is deleted from IT Glue",
        "itglue-delete-organization": "an organisation is deleted from IT Glue, its configurations with it",
        "itglue-warranty": "the warranty of a configuration is extended in IT Glue",
    }

    def __init__(self, world: World, switches: Switches, clock: Clock, lock: threading.RLock) -> None:
        super().__init__(world, switches, clock, lock)
        self._window = Window(clock, WINDOW)

    @classmethod
    def fill(cls, world: World, now: str) -> None:
        add_documentation(world, now)

    @property
    def known(self) -> Mapping[str, Event]:
        return ITGlueEvents(self._glue, self._clock, random.Random()).known

    def forget(self) -> None:
        self._window.forget()

    def answer(self, request: Request) -> Response:
        key = request.headers.get("x-api-key", "")
        if not key:
            return _failed(401, "Unauthorized", "Missing API key")
        if self._switches.itglue_key_revoked or key != KEY:
            status = self._switches.itglue_wrong_key_status
            return _failed(status, "Forbidden" if status == 403 else "Unauthorized", "Invalid API key")
        if self._window.full_for(self._switches.itglue_calls):
            return _failed(429, "Too Many Requests", "Rate limit exceeded")
        if request.method != "GET":
            return _failed(405, "Method Not Allowed", "The sandbox can only be read.")
        parts = [part for part in request.path.split("/") if part]
        try:
            with self._lock:
                return self._read(parts, request.args.to_dict())
        except documents.BadQuestion as error:
            return _failed(400, "Bad Request", str(error))

    def _read(self, parts: list[str], asked: Mapping[str, str]) -> Response:
        """A list, one object, or a list of what belongs to an organisation."""
        owner = ""
        if len(parts) == 4 and parts[0] == "organizations" and parts[2] == "relationships":
            owner, parts = parts[1], parts[3:]
        if not parts or parts[0] not in KINDS or (owner and owner not in self._glue.organizations):
            return _failed(404, "Not Found", "The requested resource was not found.")
        what = parts[0]
        if what == "locations" and self._switches.itglue_locations_refused:
            return _failed(403, "Forbidden", "You are not allowed to see locations.")
        held: dict[str, Row] = getattr(self._glue, what)
        if len(parts) == 2:
            row = held.get(parts[1])
            if row is None:
                return _failed(404, "Not Found", "The requested resource was not found.")
            return _shown({"data": documents.resource(what, row, self._switches, PAGES)}, 200)
        rows = [row for row in held.values() if not owner or str(row.get("organization-id")) == owner]
        if (
            what == "configurations"
            and self._switches.itglue_archived_hidden
            and "filter[archived]" not in asked
        ):
            rows = [row for row in rows if not row["archived"]]
        found = documents.rows_of(what, rows, asked)
        return _shown(documents.document(what, found, asked, self._switches, PAGES), 200)

    @property
    def _glue(self) -> ITGlueWorld:
        return self._world.of(ITGlueWorld)


def _shown(body: Any, status: int) -> Response:
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, status, content_type="application/vnd.api+json; charset=utf-8")


def _failed(status: int, title: str, detail: str) -> Response:
    return _shown({"errors": [{"status": str(status), "title": title, "detail": detail}]}, status)
