"""What stands between the network and a simulated system: the log of requests, and the faults.

`Front` is a WSGI application. It keeps the last requests as `Exchange`s, so that a test (or a curious person)
can see what was asked and what took effect.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from werkzeug.http import http_date
from werkzeug.wrappers import Request, Response

from integrations.sandbox.clock import Clock
from integrations.sandbox.faults import Fault, Faults

KEPT = 10_000
_BOTH_WAYS = 2
"""`socket.SHUT_RDWR`."""

Answerer = Callable[[Request], Response]


@dataclass
class Exchange:
    """One request. `status` None: the connection was dropped. `body`, `answer`: JSON of a write or None."""

    method: str
    path: str
    query: str
    at: str
    status: int | None = None
    seconds: float = 0.0
    fault: str = ""
    executed: bool = False
    body: Any = None
    answer: Any = None

    def told(self) -> dict[str, Any]:
        names = ("method", "path", "query", "at", "status", "executed", "fault")
        return {name: getattr(self, name) for name in names}


class Dropped(Exception):
    """The connection is to be closed without an answer."""


class Front:
    """`answer` executes a request; `aside` may take one before it is logged; `down` tells how to be down.

    Every answer is dated by the sandbox's own clock.
    """

    def __init__(
        self,
        answer: Answerer,
        clock: Clock,
        *,
        aside: Callable[[Request], Response | None] = lambda request: None,
        down: Callable[[], str] = lambda: "",
        keeps_bodies: bool = False,
    ) -> None:
        self._answer = answer
        self._clock = clock
        self._aside = aside
        self._down = down
        self._keeps_bodies = keeps_bodies
        self._late: list[threading.Timer] = []
        self.faults = Faults()
        self.requests: deque[Exchange] = deque(maxlen=KEPT)

    @property
    def writes(self) -> list[Exchange]:
        """Requests that were meant to change something, whether they did (`executed`) or not."""
        return [
            exchange
            for exchange in list(self.requests)
            if exchange.method != "GET" and exchange.path.lower().startswith("/api/")
        ]

    def stop(self) -> None:
        """Forget what was to be executed late."""
        for timer in self._late:
            timer.cancel()

    def reset(self) -> None:
        self.stop()
        self.faults.clear()
        self.requests.clear()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        aside = self._aside(request)
        if aside is not None:
            return self._dated(aside)(environ, start_response)
        request.get_data(cache=True, parse_form_data=False)
        exchange = Exchange(request.method, request.path, request.query_string.decode(), self._clock.stamp())
        self.requests.append(exchange)
        started = self._clock.monotonic()
        try:
            response = self._respond(request, exchange)
        except Dropped:
            raise _closed(environ) from None
        finally:
            exchange.seconds = self._clock.monotonic() - started
        exchange.status = response.status_code
        return self._dated(response)(environ, start_response)

    def _dated(self, response: Response) -> Response:
        response.headers["Date"] = http_date(self._clock.now())
        return response

    def _respond(self, request: Request, exchange: Exchange) -> Response:
        if self._down() == "dropped":
            raise Dropped
        if self._down():
            return error_page(503)
        fault = self.faults.take(request.method, request.path, exchange.query)
        if fault is None:
            return self._execute(request, exchange)
        exchange.fault = fault.what
        if fault.what == "late":
            return self._answer_late(request, exchange, fault)
        if fault.what == "slow":
            self._clock.wait(fault.seconds)
        response = self._execute(request, exchange) if fault.executes else None
        if fault.what == "slow_after":
            self._clock.wait(fault.seconds)
        return _spoilt(fault, response)

    def _execute(self, request: Request, exchange: Exchange) -> Response:
        if self._keeps_bodies and request.method != "GET":
            exchange.body = _json(request.get_data()) if request.path.lower().startswith("/api/") else None
        response = self._answer(request)
        exchange.executed = response.status_code < 400
        if exchange.body is not None:
            exchange.answer = _json(response.get_data())
        return response

    def _answer_late(self, request: Request, exchange: Exchange, fault: Fault) -> Response:
        timer = threading.Timer(fault.seconds, self._execute, (request, exchange))
        timer.daemon = True
        self._late.append(timer)
        timer.start()
        return error_page(504)


def error_page(status: int, seconds: float = 0.0) -> Response:
    """The error bodies that are seen: HTML from the proxy, JSON from the application, text, nothing."""
    if status in {502, 503, 504}:
        name = {502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Time-out"}[status]
        page = (
            f"<html><head><title>{status} {name}</title></head><body><h1>{status} {name}</h1></body></html>"
        )
        return Response(page, status, content_type="text/html")
    if status == 429:
        text = "Rate Limit Reached - 300 Requests per rolling 5 minute window"
        return Response(text, 429, headers={"Retry-After": f"{seconds:g}"} if seconds else {})
    if status >= 500 or status == 400:
        return Response(
            json.dumps({"Message": "An error has occurred."}), status, content_type="application/json"
        )
    return Response(b"", status)


def _spoilt(fault: Fault, response: Response | None) -> Response:
    if fault.what.startswith("drop"):
        raise Dropped
    if fault.status is not None:
        return error_page(fault.status, fault.seconds)
    if fault.what.startswith("html"):
        return Response(
            "<!doctype html><title>Halo</title><h1>Please log in</h1>", 200, content_type="text/html"
        )
    if response is None:
        raise Dropped
    if fault.what.startswith("slow"):
        return response
    body = response.get_data()
    kept = b"" if fault.what == "empty" else body[: len(body) // 2]
    spoilt = Response(kept, response.status_code, content_type=response.content_type)
    if fault.what == "cut_off":
        spoilt.headers["Content-Length"] = str(len(body))
        spoilt.automatically_set_content_length = False
    return spoilt


def _closed(environ: dict[str, Any]) -> ConnectionResetError:
    with contextlib.suppress(OSError):
        environ["werkzeug.socket"].shutdown(_BOTH_WAYS)
    return ConnectionResetError("The sandbox dropped the connection, as it was told to.")


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return None
