"""Takes a port for a simulated system, without a word on the terminal."""

from __future__ import annotations

from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from integrations.sandbox.front import Front


class PortTaken(Exception):
    """Another program listens there. The text is a sentence for people."""


class _Quiet(WSGIRequestHandler):
    """Keeps the terminal for what people want to read, and this machine's clock out of the answers."""

    def send_response(self, code: int, message: str | None = None) -> None:
        """As it is, but without a date: `Front` tells the sandbox's own."""
        self.send_response_only(code, message)
        self.send_header("Server", self.version_string())

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Every request is in `Front.requests`."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """As above."""


def listen(host: str, port: int, front: Front) -> BaseWSGIServer:
    """A server that is ready to be run; port 0 is any free one. Raises PortTaken."""
    try:
        return make_server(host, port, front, threaded=True, request_handler=_Quiet)
    except SystemExit:
        raise PortTaken(
            f"Port {port} is in use by another program, so the sandbox cannot start there."
        ) from None
