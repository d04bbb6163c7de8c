"""A small HTTP server of this test package: what it answers is a function, real sockets and all."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Seen:
    """A request as the server saw it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class LocalServer:
    port: int
    requests: list[Seen] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


Respond = Callable[[BaseHTTPRequestHandler], Any]


@contextmanager
def serve(respond: Respond) -> Iterator[LocalServer]:
    """Run a server until the block ends; `respond` writes one answer on the handler."""
    seen: list[Seen] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            seen.append(Seen(self.command, self.path, dict(self.headers.items()), body))
            respond(self)

        do_GET = do_POST = _answer

        def log_message(self, *args: Any) -> None:
            """Tests read the requests, not a log."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Broken connections are the point here."""

    server = Quiet(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield LocalServer(server.server_address[1], seen)
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def json_answer(text: str = "{}", status: int = 200, headers: dict[str, str] | None = None) -> Respond:
    """Always the same body."""

    def respond(handler: BaseHTTPRequestHandler) -> None:
        body = text.encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return respond


@contextmanager
def receive() -> Iterator[tuple[str, queue.Queue[Seen]]]:
    """An address to post to, and what arrives there one after the other; each is answered with 202."""
    arrived: queue.Queue[Seen] = queue.Queue()

    def respond(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(202)
        handler.send_header("Content-Length", "0")
        handler.end_headers()
        arrived.put(server.requests[-1])

    with serve(respond) as server:
        yield f"{server.url}/hooks/1/", arrived
