"""Small clients of the simulated systems: real HTTP, nothing of the project's own client code."""

from __future__ import annotations

from typing import Any

import requests

from integrations.sandbox import constants
from integrations.sandbox.server import Sandbox

SECONDS = 10


def ask_token(sandbox: Sandbox, **changes: Any) -> requests.Response:
    """A token request as described, with parts of the form changed or (None) left out."""
    form = {
        "grant_type": "client_credentials",
        "client_id": constants.HALO_CLIENT_ID,
        "client_secret": constants.HALO_CLIENT_SECRET,
        "scope": "edit:tickets edit:assets edit:customers read:software read:softwarelicensing",
        **changes,
    }
    sent = {name: value for name, value in form.items() if value is not None}
    return requests.post(f"{sandbox.auth_url}/token", data=sent, timeout=SECONDS)


class HaloCaller:
    """Calls the simulated Halo with one token; `list` and `write` raise for anything but success."""

    def __init__(self, sandbox: Sandbox, **token: Any) -> None:
        self.sandbox = sandbox
        self.token = ask_token(sandbox, **token).json()["access_token"]

    def call(self, method: str, path: str, json: Any = None, **params: Any) -> requests.Response:
        query = {name: _lower(value) for name, value in params.items()}
        headers = {"Authorization": f"Bearer {self.token}"}
        url = f"{self.sandbox.halo_url}/{path}"
        return requests.request(method, url, params=query, json=json, headers=headers, timeout=SECONDS)

    def get(self, path: str, **params: Any) -> requests.Response:
        return self.call("GET", path, **params)

    def post(self, path: str, body: Any, **params: Any) -> requests.Response:
        return self.call("POST", path, json=body, **params)

    def read(self, path: str, **params: Any) -> Any:
        answer = self.get(path, **params)
        assert answer.status_code == 200, (answer.status_code, answer.text)
        return answer.json()

    def write(self, path: str, *objects: dict[str, Any], **params: Any) -> Any:
        answer = self.post(path, list(objects), **params)
        assert answer.status_code == 201, (answer.status_code, answer.text)
        return answer.json()


class Msp360Caller:
    def __init__(self, sandbox: Sandbox) -> None:
        self.url = sandbox.msp360_url
        sent = {"UserName": constants.MSP360_LOGIN, "Password": constants.MSP360_PASSWORD}
        self.token = requests.post(f"{self.url}/api/Provider/Login", json=sent, timeout=SECONDS).json()[
            "access_token"
        ]

    def get(self, path: str, accept: str = "application/json", **params: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}", "Accept": accept}
        return requests.get(f"{self.url}/api/{path}", params=params, headers=headers, timeout=SECONDS)

    def read(self, path: str, **params: Any) -> Any:
        answer = self.get(path, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()


def make_asset(sandbox: Sandbox, **values: Any) -> dict[str, Any]:
    """The body of a new workstation of the first ordinary client."""
    client = first_client(sandbox)
    body = {"assettype_id": 112, "client_id": client["id"], "site_id": client["main_site_id"]}
    return {**body, "inventory_number": "NEW-1", "fields": [{"id": "1", "value": "NEW-PC"}], **values}


def make_ticket(sandbox: Sandbox, **values: Any) -> dict[str, Any]:
    """The body of a new alert ticket of the first ordinary client."""
    client = first_client(sandbox)
    body = {"summary": "Backup failed", "details_html": "<p>It <b>failed</b>.</p>", "tickettype_id": 21}
    return {**body, "client_id": client["id"], "site_id": client["main_site_id"], **values}


def make_note(ticket: int, **values: Any) -> dict[str, Any]:
    return {"ticket_id": ticket, "outcome_id": 7, "note_html": "<p>Still failing.</p>", **values}


def first_client(sandbox: Sandbox) -> dict[str, Any]:
    return next(row for row in sandbox.world.halo.clients.values() if row["id"] > 2 and not row["inactive"])


def _lower(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value
