"""A console made of recorded answers: real HTTP on loopback, one folder of `tests/samples` for each kind.

`answers.json` says which request gets which file and what the request has to carry (`needs`: texts that must
stand in its headers or body, else it is answered with `refused_with`, 401 if nothing is said). A request is
named with its query or without; of several answers to one request the first that has what it needs is given.
Anything else is 404. Faults are put in front of that; what is given can be changed on the way (`changing`).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from integrations.connectors.base import Connector, ConsoleAccess
from integrations.records import EventRecord
from integrations.registry import CONNECTORS, connector_class
from tests.contract.changing import Change, unchanged
from tests.contract.shape import AnyRecord

SAMPLES = Path(__file__).parent.parent / "samples"
JSON = "application/json; charset=utf-8"
SILENCE = -1

KINDS = tuple(CONNECTORS)


def is_read(kind: str) -> bool:
    """Whether a console of this kind is read over the network at all."""
    abilities = connector_class(kind).abilities
    return abilities.companies or abilities.computers or abilities.events


READ_KINDS = tuple(kind for kind in KINDS if is_read(kind))
LISTS = tuple(
    (kind, what)
    for kind in READ_KINDS
    for what in ("companies", "computers", "events")
    if getattr(connector_class(kind).abilities, what)
)


def read(connector: Connector, what: str) -> list[AnyRecord]:
    calls: dict[str, Any] = {
        "companies": connector.fetch_companies,
        "computers": connector.fetch_computers,
        "events": lambda: events_of(connector),
    }
    return list(calls[what]())


def events_of(connector: Connector) -> list[EventRecord]:
    """All events of a read; where the samples hold a history, that since the time they name."""
    since = sample(connector.kind, "answers.json").get("since")
    return list(connector.fetch_events(datetime.fromisoformat(since) if since else None))


def sample(kind: str, name: str) -> Any:
    return json.loads((SAMPLES / kind / name).read_text(encoding="utf-8"))


@dataclass
class Fault:
    """What happens to requests whose path begins with `path`; `times` None: always.

    Status 0 drops them, `SILENCE` lets them wait for ever.
    """

    path: str
    status: int = 200
    body: str = ""
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    times: int | None = 1


@dataclass
class RecordedConsole:
    kind: str
    url: str = ""
    calls: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    replaced: dict[str, str] = field(default_factory=dict)
    """Another file for a request, or in the place of a file."""
    change: Change = unchanged
    """What becomes of an answer: called with the request and its data."""
    content_type: str = JSON
    is_over: threading.Event = field(default_factory=threading.Event)

    def connector(self, **changed: str) -> Connector:
        """A connector for this console; `changed` credentials replace those of the samples."""
        return connector_class(self.kind)(self.access(**changed))

    def access(self, **changed: str) -> ConsoleAccess:
        found = sample(self.kind, "access.json")
        credentials = {name: text.replace("{url}", self.url) for name, text in found["credentials"].items()}
        return ConsoleAccess(
            base_url=found["base_url"].replace("{url}", self.url),
            credentials={**credentials, **changed},
            time_zone=found["time_zone"],
            allow_private=("127.0.0.1",),
        )

    def path_of(self, what: str) -> str:
        """Where the list of companies, computers or events begins."""
        return str(sample(self.kind, "answers.json")["lists"][what])

    def answer(self, method: str, path: str, carried: str) -> tuple[int, str, str, Mapping[str, str]]:
        """(status, content type, body, headers) for one request."""
        self.calls.append(f"{method} {path}")
        fault = self._fault(path)
        if fault is not None:
            return fault.status, fault.content_type, fault.body, fault.headers
        rows = _answers_to(method, path, sample(self.kind, "answers.json")["answers"])
        if not rows:
            return 404, JSON, '{"Message": "No such thing."}', {}
        given = [row for row in rows if all(text in carried for text in row.get("needs", ()))]
        if not given:
            return rows[0].get("refused_with", 401), JSON, '{"Message": "Not you."}', {}
        request, file = given[0]["request"], given[0]["file"]
        data = sample(self.kind, self.replaced.get(request) or self.replaced.get(file, file))
        data = self.change(f"{method} {path}", data)
        return 200, self.content_type, json.dumps(data, ensure_ascii=False), {}

    def _fault(self, path: str) -> Fault | None:
        for fault in self.faults:
            if path.startswith(fault.path) and fault.times != 0:
                fault.times = None if fault.times is None else fault.times - 1
                return fault
        return None


def _answers_to(method: str, path: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those for the request with its query; where there are none, those for its path."""
    for asked in (f"{method} {path}", f"{method} {path.partition('?')[0]}"):
        found = [row for row in rows if row["request"] == asked]
        if found:
            return found
    return []


@contextmanager
def recorded_console(kind: str) -> Iterator[RecordedConsole]:
    console = RecordedConsole(kind)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else each answer waits 40 ms for an acknowledgement

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            carried = f"{self.headers}\n{body}"
            status, content_type, text, headers = console.answer(self.command, self.path, carried)
            if status == SILENCE:
                console.is_over.wait()
            if status in (0, SILENCE):
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in {"Content-Type": content_type, **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = do_PATCH = _serve

        def log_message(self, format: str, *args: object) -> None:
            """Silent: the calls are on record."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    console.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield console
    finally:
        console.is_over.set()
        server.shutdown()
        server.server_close()
        thread.join()
