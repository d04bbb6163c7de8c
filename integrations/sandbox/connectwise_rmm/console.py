"""The public API of the simulated ConnectWise RMM (Asio).

Client credentials as JSON for a bearer token; companies, sites by company; endpoints by POST with the
companies in the body, or by GET for one of them, page by page after a cursor; 404 where there are none.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from werkzeug.wrappers import Request, Response

from integrations.sandbox.clock import Clock
from integrations.sandbox.connectwise_rmm import rows
from integrations.sandbox.connectwise_rmm.constants import CLIENT_ID, CLIENT_SECRET, PORT, SCOPES
from integrations.sandbox.connectwise_rmm.events import AsioEvents
from integrations.sandbox.connectwise_rmm.fleet import add_fleet
from integrations.sandbox.connectwise_rmm.tokens import WINDOW, Tokens
from integrations.sandbox.connectwise_rmm.world import AsioWorld
from integrations.sandbox.simulated import Event, Simulated
from integrations.sandbox.switches import Switches
from integrations.sandbox.world import Row, World

USUAL_ROWS = 100
_COMPANIES = ["api", "platform", "v1", "company", "companies"]
_BY_CATEGORY = ["api", "platform", "v2", "device", "categories", "all", "endpoints"]
_BY_CLIENT = ["api", "platform", "v1", "device", "endpoints"]
_OF_RESOURCE = {"company": "companyId", "client": "companyId", "site": "siteId"}


class AsioApplication(Simulated):
    name = "connectwise_rmm"
    title = "ConnectWise RMM (Asio)"
    port = PORT
    sign_in = f"Client ID {CLIENT_ID}, secret {CLIENT_SECRET}"
    events: ClassVar[Mapping[str, str]] = {
        "asio-remove": "an endpoint is removed from ConnectWise RMM",
        "asio-rename": "an endpoint of ConnectWise RMM gets another name",
    }

    def __init__(self, world: World, switches: Switches, clock: Clock, lock: threading.RLock) -> None:
        super().__init__(world, switches, clock, lock)
        self._asio = world.of(AsioWorld)
        self.tokens = Tokens(switches, clock)

    @classmethod
    def fill(cls, world: World, now: str) -> None:
        add_fleet(world, now)

    @property
    def known(self) -> Mapping[str, Event]:
        return AsioEvents(self._asio).known

    def forget(self) -> None:
        self.tokens.forget()

    def answer(self, request: Request) -> Response:
        with self._lock:
            if request.path == "/v1/token" and request.method == "POST":
                return self._give_token(request)
            return self._answer_call(request)

    def _give_token(self, request: Request) -> Response:
        sent = request.get_json(silent=True)
        if not isinstance(sent, dict) or sent.get("grant_type") != "client_credentials":
            return _refused("unsupported_grant_type", "The body is no JSON of a client.", 400)
        is_right = (sent.get("client_id"), sent.get("client_secret")) == (CLIENT_ID, CLIENT_SECRET)
        if not is_right or self._switches.connectwise_rmm_key_revoked:
            return _refused("invalid_client", "Client authentication failed.", 401)
        scopes = frozenset(str(sent.get("scope") or "").split())
        if not scopes or not scopes <= set(SCOPES):
            return _refused("invalid_scope", "The requested scope is invalid or unknown.", 400)
        token = self.tokens.make(scopes)
        if token is None:
            return _refused("locked", "Too many token requests.", 423, {"Retry-After": f"{WINDOW:.0f}"})
        seconds = self._switches.connectwise_rmm_token_seconds
        granted = {"access_token": token, "token_type": "Bearer", "expires_in": seconds}
        return _shown({**granted, "scope": " ".join(sorted(scopes))})

    def _answer_call(self, request: Request) -> Response:
        scopes = self.tokens.scopes_of(request.headers.get("Authorization", ""))
        if scopes is None or self._switches.connectwise_rmm_key_revoked:
            return _refused("unauthorized", "The token is not valid.", 401)
        wait = self.tokens.wait()
        if wait:
            return _refused("too_many_requests", "Slow down.", 429, {"Retry-After": str(wait)})
        parts = [part for part in request.path.split("/") if part]
        held = scopes - set(self._switches.connectwise_rmm_scopes_lost)
        needed = _scope_of(parts)
        if needed and needed not in held:
            return _refused("forbidden", f"The scope {needed} is needed.", 403)
        if parts[:5] == _COMPANIES and request.method == "GET":
            return self._companies(parts[5:])
        if (parts, request.method) in ((_BY_CATEGORY, "POST"), (_BY_CLIENT, "GET")):
            return self._endpoints(request)
        return _refused("not_found", "resource not found", 404)

    def _companies(self, rest: list[str]) -> Response:
        if not rest:
            return self._list("companies", self._asio.companies.values())
        company = self._asio.companies.get(rest[0])
        if company is None or rest[1:] not in ([], ["sites"]):
            return _refused("not_found", "resource not found", 404)
        if not rest[1:]:
            return _shown(company)
        return self._list("sites", (row for row in self._asio.sites.values() if row["_company"] == rest[0]))

    def _list(self, name: str, found: Iterable[Row]) -> Response:
        shown = [rows.shown(row) for row in found]
        return _shown(
            {name: shown, "totalCount": len(shown)} if self._switches.connectwise_rmm_enveloped else shown
        )

    def _endpoints(self, request: Request) -> Response:
        column, wanted = _asked_for(request)
        if column is None:
            return _refused("bad_request", "resourceType is not one of company, client, site, partner.", 400)
        heeded = wanted and not self._switches.connectwise_rmm_company_not_heeded
        found = [row for row in self._asio.endpoints.values() if not heeded or row[column] in wanted]
        size = min(request.args.get("limit", USUAL_ROWS, type=int), self._switches.connectwise_rmm_most_rows)
        first = 0 if self._switches.connectwise_rmm_repeats else _place(request.args.get("cursor", ""))
        page, follows = found[first : first + size], len(found) > first + size
        if not page:
            return _refused("not_found", "resource not found", 404)
        answer = rows.endpoints(page, self._switches)
        cursor = _cursor(first + size) if follows else ""
        if self._switches.connectwise_rmm_link_header:
            target = f"{request.base_url}?limit={size}&cursor={cursor}"
            return _shown(answer, {"Link": f'<{target}>; rel="next"'} if cursor else {})
        return _shown({**answer, "nextCursor": cursor})


def _scope_of(parts: list[str]) -> str:
    if parts[:5] == _COMPANIES:
        return "platform.sites.read" if parts[6:] == ["sites"] else "platform.companies.read"
    return "platform.devices.read" if "endpoints" in parts else ""


def _asked_for(request: Request) -> tuple[str | None, set[str]]:
    """(column, ids) of the endpoints that are asked for; no ids are all. The column is None for nonsense."""
    if request.method == "GET":
        return "companyId", set(filter(None, request.args.get("clientId", "").split(",")))
    sent = request.get_json(silent=True)
    sent = sent if isinstance(sent, dict) else {}
    if sent.get("resourceType") == "partner":
        return "companyId", set()
    resources = {str(number) for number in sent.get("resources") or ()}
    return _OF_RESOURCE.get(str(sent.get("resourceType"))) if resources else None, resources


def _cursor(place: int) -> str:
    return base64.urlsafe_b64encode(f"after:{place}".encode()).decode()


def _place(cursor: str) -> int:
    """Where a cursor leads; a plain number is a place, too."""
    if cursor.isdigit() or not cursor:
        return int(cursor or 0)
    return int(base64.urlsafe_b64decode(cursor).decode().partition(":")[2])


def _refused(error: str, words: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
    return _shown({"error": error, "message": words}, headers, status)


def _shown(body: Any, headers: Mapping[str, str] | None = None, status: int = 200) -> Response:
    return Response(json.dumps(body), status, dict(headers or {}), content_type="application/json")
