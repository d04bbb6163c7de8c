"""Name to addresses to socket, in two steps, so that the addresses can be judged in between."""

from __future__ import annotations

import socket
from collections.abc import Sequence

from urllib3.util.connection import create_connection


def addresses_of(host: str, port: int) -> list[str]:
    """What the name service answers. Raises `socket.gaierror`, also for what can be no name."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise socket.gaierror(str(error)) from error
    return list(dict.fromkeys(str(row[4][0]) for row in found))


def connect_to_first(
    addresses: Sequence[str],
    port: int,
    limit: float,
    options: list[tuple[int, int, int | bytes]] | None = None,
) -> socket.socket:
    """A socket to the first address that answers; `limit` seconds are divided among them. Raises OSError."""
    failure: OSError = TimeoutError("no time left")
    for address in addresses if limit > 0 else []:
        try:
            return create_connection((address, port), timeout=limit / len(addresses), socket_options=options)
        except OSError as error:
            failure = error
    raise failure
