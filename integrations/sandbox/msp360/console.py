"""The MBS API of the simulated MSP360 console.

MSP360 API: login with a provider's credentials, bearer afterwards; paging in the path of `Computers`; an
unknown id may give `null` with 200; some errors are a plain text with 200.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Request, Response

from integrations.sandbox.clock import Clock
from integrations.sandbox.constants import MSP360_LOGIN, MSP360_PASSWORD
from integrations.sandbox.msp360 import rows, xml
from integrations.sandbox.switches import Switches
from integrations.sandbox.world import ConsoleWorld, Row, World


class Msp360Application:
    def __init__(self, world: World, switches: Switches, clock: Clock, lock: threading.RLock) -> None:
        self._world = world
        self._switches = switches
        self._clock = clock
        self._lock = lock
        self._tokens: dict[str, float] = {}

    def revoke_all(self) -> None:
        self._tokens.clear()

    def answer(self, request: Request) -> Response:
        parts = [part for part in request.path.split("/") if part]
        if [part.lower() for part in parts] == ["api", "provider", "login"] and request.method == "POST":
            return self._login(request)
        if not parts or parts[0].lower() != "api":
            return Response(b"", 404)
        if not self._known(request.headers.get("Authorization", "")):
            return _shown(request, {"Message": "Authorization has been denied for this request."}, 401)
        resource = _RESOURCES.get(parts[1].lower()) if len(parts) > 1 else None
        if resource is None:
            return _shown(
                request, {"Message": "No HTTP resource was found that matches the request URI."}, 404
            )
        if request.method != "GET":
            return _shown(request, {"Message": "The requested resource does not support http method."}, 405)
        if self._switches.msp360_text_error:
            return Response("An error occurred while reading the data. Please try again later.", 200)
        with self._lock:
            body = resource(self._world.console, self._switches, request, parts[2:])
        return _shown(request, body, 200)

    def _login(self, request: Request) -> Response:
        sent = request.get_json(silent=True)
        name, password = (
            (sent.get("UserName"), sent.get("Password")) if isinstance(sent, dict) else (None, None)
        )
        if not all(isinstance(text, str) and 3 <= len(text) <= 100 for text in (name, password)):
            return _shown(request, {"Message": "The request is invalid."}, 400)
        if (name, password) != (MSP360_LOGIN, MSP360_PASSWORD):
            return _shown(request, {"Message": "Invalid user name or password."}, 403)
        token, seconds = secrets.token_urlsafe(32), self._switches.msp360_token_seconds
        self._tokens[token] = self._clock.monotonic() + seconds
        answer: Row = {"access_token": token}
        if self._switches.msp360_expires_in:
            answer.update(token_type="bearer", expires_in=seconds)
        return _shown(request, answer, 200)

    def _known(self, authorisation: str) -> bool:
        kind, _, token = authorisation.partition(" ")
        return kind.lower() == "bearer" and self._tokens.get(token.strip(), 0.0) > self._clock.monotonic()


Resource = Callable[[ConsoleWorld, Switches, Request, list[str]], Any]


def _companies(world: ConsoleWorld, switches: Switches, request: Request, parts: list[str]) -> Any:
    if parts:
        return world.companies.get(parts[0].lower())
    wanted = request.args.get("name", "").lower()
    found = [dict(row) for row in world.companies.values() if wanted in row["Name"].lower()]
    if switches.msp360_empty_companies:
        return []
    take = request.args.get("take", switches.msp360_company_take or len(found), type=int)
    skip = request.args.get("skip", 0, type=int)
    return found[skip : skip + take]


def _users(world: ConsoleWorld, switches: Switches, request: Request, parts: list[str]) -> Any:
    if len(parts) == 2 and parts[1].lower() == "computers":
        owned = [row for row in world.computers.values() if row["UserID"] == parts[0].lower()]
        return [{"DestinationId": None, "ComputerName": row["ComputerName"]} for row in owned]
    return world.users.get(parts[0].lower()) if parts else list(world.users.values())


def _computers(world: ConsoleWorld, switches: Switches, request: Request, parts: list[str]) -> Any:
    """`{offset}/{count}` or `{hid}` without braces."""
    if len(parts) == 1:
        found = world.computers.get(parts[0].lower())
        return rows.computer(world, found) if found else None
    if len(parts) != 2 or not (parts[0].isdigit() and parts[1].isdigit()):
        return None
    wanted = [row for row in world.computers.values() if _asked_for(world, row, request)]
    offset, count = int(parts[0]), int(parts[1])
    page = [rows.computer(world, row) for row in wanted[offset : offset + count]]
    return {"Count": len(wanted), "Message": None, "StatusCode": 200, "Computers": page}


def _asked_for(world: ConsoleWorld, row: Row, request: Request) -> bool:
    company = world.companies.get(request.args.get("companyId", "").lower())
    if "companyId" in request.args and (company is None or row["CompanyName"] != company["Name"]):
        return False
    if request.args.get("userId", row["UserID"]) != row["UserID"]:
        return False
    if request.args.get("online", "") not in ("", str(row["_online"]).lower()):
        return False
    return request.args.get("search", "").lower() in row["ComputerName"].lower()


def _licences(world: ConsoleWorld, switches: Switches, request: Request, parts: list[str]) -> Any:
    if parts:
        return world.licences.get(parts[0].lower())
    available = {"true": False, "false": True}.get(request.args.get("isAvailable", "").lower())
    return [row for row in world.licences.values() if available in (None, row["IsTaken"])]


def _monitoring(world: ConsoleWorld, switches: Switches, request: Request, parts: list[str]) -> Any:
    plans = [rows.plan(world, row) for row in world.plans.values() if row["_hid"] in world.computers]
    if parts:
        return [row for row in plans if row["UserID"] == parts[0].lower()]
    short = switches.msp360_short_monitoring
    return plans[:short] if short else plans


_RESOURCES: dict[str, Resource] = {
    "companies": _companies,
    "users": _users,
    "computers": _computers,
    "licenses": _licences,
    "monitoring": _monitoring,
}


def _shown(request: Request, body: Any, status: int) -> Response:
    """JSON unless the client accepts XML only. MSP360 API: always send `Accept: application/json`."""
    accepted = request.headers.get("Accept", "*/*")
    if "xml" in accepted and "json" not in accepted:
        return Response(xml.render(body), status, content_type="application/xml")
    return Response(json.dumps(body), status, content_type="application/json; charset=utf-8")
