"""A mail server that does what a test tells it to: a line of the client in, bytes out, real sockets."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

HANG_UP = None
Script = Callable[[str, str], bytes | None]
"""(tag, the rest of the line) → what is sent back; `HANG_UP` closes the connection."""


@dataclass
class Scripted:
    port: int
    lines: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"imap://127.0.0.1:{self.port}"


def polite(tag: str, line: str) -> bytes:
    """Says yes to logging in, looking and leaving."""
    answers = {
        "CAPABILITY": "* CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2\r\n",
        "EXAMINE": "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 4] x\r\n",
        "LOGOUT": "* BYE\r\n",
    }
    return f"{answers.get(line.upper().partition(' ')[0], '')}{tag} OK done\r\n".encode()


@contextmanager
def serve(script: Script, greeting: bytes = b"* OK ready\r\n") -> Iterator[Scripted]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = Scripted(listener.getsockname()[1])

    def talk(connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as reader, suppress(OSError):
            connection.sendall(greeting)
            for raw in reader:
                tag, _, line = raw.decode("latin-1").strip().partition(" ")
                server.lines.append(line or tag)
                answer = script(tag, line)
                if answer is HANG_UP:
                    return
                connection.sendall(answer)

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=talk, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield server
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
