"""Talks to the control of a running sandbox; for the command, from another process of this machine."""

from __future__ import annotations

import http.client
import json
from pathlib import Path
from urllib.parse import urlsplit

from integrations.sandbox.store import read_addresses
from integrations.sandbox.world import Row

NOT_RUNNING = "The sandbox is not running. Start it with `make run` or `manage.py sandbox`."


class ControlError(Exception):
    """The sandbox is not there or did not do it. The text is a sentence for people."""


def send_event(state_dir: Path, event: Row) -> Row:
    """What the sandbox did and where to look, with its `halo_root`. Raises ControlError."""
    addresses = read_addresses(state_dir)
    if addresses is None or "halo_root" not in addresses:
        raise ControlError(NOT_RUNNING)
    status, answer = _post(str(addresses["halo_root"]), "/_control/event", event)
    if status != 200:
        raise ControlError(str(answer.get("error", f"The sandbox answered {status}.")))
    return {**answer, "halo_root": addresses["halo_root"]}


def _post(root: str, path: str, body: Row) -> tuple[int, Row]:
    parts = urlsplit(root)
    # A sandbox that listens on every address is reached on this machine all the same.
    host = "127.0.0.1" if parts.hostname in (None, "0.0.0.0", "::") else parts.hostname
    connection = http.client.HTTPConnection(host, parts.port, timeout=10)
    try:
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        response = connection.getresponse()
        answer = json.loads(response.read())
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise ControlError(NOT_RUNNING) from error
    finally:
        connection.close()
    return response.status, answer if isinstance(answer, dict) else {}
