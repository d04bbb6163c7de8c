"""The API v4 of the simulated ConnectSecure.

A log-in by one header; then two headers on each call, the token and the user. Reads begin with `/r/`, the
first prepared views with `/report_queries/`. Every answer has `status`, lists have `data`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from werkzeug.wrappers import Request, Response

from integrations.sandbox.clock import Clock
from integrations.sandbox.connectsecure import findings, queries
from integrations.sandbox.connectsecure.constants import CLIENT_ID, CLIENT_SECRET, PORT, TENANT, USER_ID
from integrations.sandbox.connectsecure.events import ConnectSecureEvents
from integrations.sandbox.connectsecure.fleet import add_fleet
from integrations.sandbox.connectsecure.world import ConnectSecureWorld
from integrations.sandbox.moments import in_seconds
from integrations.sandbox.simulated import Event, Simulated
from integrations.sandbox.switches import Switches
from integrations.sandbox.world import Row, World

_KEY = base64.b64encode(f"{TENANT}+{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
_VIEW_ONLY = ("online_status", *findings.SEVERITIES, "total_vul", "cisa_vul", "epss_vul", "company_name")
_TIMES = (
    "created",
    "updated",
    "datetime",
    "activity_date_time",
    "last_ping_time",
    "last_discovered_time",
    "deprecated_time",
    "first_vul_discovered",
    "last_vul_discovered",
)
# Path: the column in which the rows of a view repeat how many there are.
_TOTALS = {
    "/r/report_queries/get_remediation": "total_count",
    "/report_queries/adaudit": "total_records",
    "/report_queries/azure_ad_logs": "total_records",
}
_AUDITS = frozenset(path for path, column in _TOTALS.items() if column == "total_records")


class ConnectSecureApplication(Simulated):
    name = "connectsecure"
    title = "ConnectSecure"
    port = PORT
    sign_in = f"Tenant {TENANT}, client ID {CLIENT_ID}, secret {CLIENT_SECRET}"
    events: ClassVar[Mapping[str, str]] = {
        "connectsecure-event": "ConnectSecure reports an event of an asset",
        "connectsecure-end": "an event of ConnectSecure is closed",
        "connectsecure-find": "a scan of ConnectSecure finds something to remedy",
        "connectsecure-remedy": "an asset of ConnectSecure has been remedied",
        "connectsecure-audit": "a domain controller logs something for ConnectSecure",
        "connectsecure-remove-asset": "an asset is deleted from ConnectSecure",
    }

    def __init__(self, world: World, switches: Switches, clock: Clock, lock: threading.RLock) -> None:
        super().__init__(world, switches, clock, lock)
        self._held = world.of(ConnectSecureWorld)
        self._tokens: dict[str, float] = {}

    @classmethod
    def fill(cls, world: World, now: str) -> None:
        add_fleet(world, now)

    @property
    def known(self) -> Mapping[str, Event]:
        return ConnectSecureEvents(self._held, self._clock.stamp).known

    def forget(self) -> None:
        self._tokens.clear()

    def answer(self, request: Request) -> Response:
        if request.path == "/w/authorize" and request.method == "POST":
            return self._authorise(request)
        if not self._is_known(request):
            return self._refused("Unauthorized: the token is invalid or has expired", 401)
        if self._switches.connectsecure_audits_refused and request.path in _AUDITS:
            return _shown({"status": False, "message": "You have no permission for this view"}, 403)
        if request.method != "GET":
            return _shown({"status": False, "message": "Method not allowed"}, 405)
        try:
            with self._lock:
                return self._read(request)
        except queries.BadQuery as error:
            return self._refused(str(error), 400)

    def _authorise(self, request: Request) -> Response:
        if request.headers.get("Client-Auth-Token", "") != _KEY:
            return self._refused("Invalid client credentials", 401)
        token = secrets.token_urlsafe(32)
        self._tokens[token] = self._clock.monotonic() + self._switches.connectsecure_token_seconds
        granted = {"access_token": token, "user_id": USER_ID}
        flat = self._switches.connectsecure_flat_token
        return _shown({"status": True, **granted} if flat else {"status": True, "data": granted}, 200)

    def _is_known(self, request: Request) -> bool:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        is_valid = self._tokens.get(token.strip(), 0.0) > self._clock.monotonic()
        return kind.lower() == "bearer" and is_valid and request.headers.get("X-USER-ID") == USER_ID

    def _refused(self, words: str, status: int) -> Response:
        polite = self._switches.connectsecure_polite_refusals
        return _shown({"status": False, "message": words}, 200 if polite else status)

    def _read(self, request: Request) -> Response:
        path = request.path.rstrip("/")
        found = self._rows(path)
        if found is not None:
            return _shown({"status": True, "data": self._page(request, path, list(found))}, 200)
        whole, _, number = path.rpartition("/")
        rows = self._rows(whole) if whole.startswith(("/r/company/companies", "/r/asset/asset")) else None
        one = next((row for row in rows or () if str(row["id"]) == number), None)
        if one is None:
            return _shown({"status": False, "message": "Not found"}, 404)
        return _shown({"status": True, "data": self._shape(one)}, 200)

    def _rows(self, path: str) -> Iterable[Row] | None:
        held = self._held
        if path in ("/r/asset/asset_view", "/r/asset/assets"):
            return self._assets(is_view=path.endswith("view"))
        tables = {
            "/r/company/companies": held.companies,
            "/r/report_queries/get_remediation": held.fixes,
            "/report_queries/system_events_view": held.events,
            "/report_queries/event_tickets": held.tickets,
            "/report_queries/adaudit": held.ad_audit,
            "/report_queries/azure_ad_logs": held.entra_audit,
        }
        return tables[path].values() if path in tables else None

    def _assets(self, *, is_view: bool) -> Iterable[Row]:
        """The view has counts of what was found; of what was never scanned it has none."""
        counts = findings.counts(self._held)
        for row in self._held.assets.values():
            if not is_view:
                yield {key: value for key, value in row.items() if key not in _VIEW_ONLY}
                continue
            is_scanned = row["agent_type"] == "LIGHTWEIGHT"
            own = counts.get(row["id"], dict.fromkeys(findings.SEVERITIES, 0 if is_scanned else None))
            known = {"total_vul": sum(filter(None, own.values())), "cisa_vul": own["critical"], "epss_vul": 0}
            yield {**row, **own, **known, "company_name": self._company_name(row)}

    def _company_name(self, row: Row) -> str | None:
        company = self._held.companies.get(str(row["company_id"]))
        return company["name"] if company else None

    def _page(self, request: Request, path: str, rows: list[Row]) -> list[Row]:
        """`limit` is cut silently; the total counts what fits the condition."""
        switches, asked = self._switches, request.args
        if not switches.connectsecure_condition_ignored:
            rows = list(filter(queries.condition(asked.get("condition", "")), rows))
        if not switches.connectsecure_order_ignored:
            rows = queries.ordered(rows, asked.get("order_by", ""))
        total, column = len(rows), _TOTALS.get(path)
        if path.endswith("get_remediation") and switches.connectsecure_cut_remediation:
            rows = rows[: switches.connectsecure_cut_remediation]
        skip = 0 if switches.connectsecure_skip_ignored else asked.get("skip", 0, type=int)
        limit = min(asked.get("limit", queries.USUAL_LIMIT, type=int), switches.connectsecure_most_rows)
        shown = [self._shape(row) for row in rows[skip : skip + limit]]
        if column is not None and not switches.connectsecure_no_totals:
            return [{**row, column: total} for row in shown]
        return shown

    def _shape(self, row: Row) -> Row:
        shown = {key: value for key, value in row.items() if not key.startswith("_")}
        for key in _TIMES:
            if shown.get(key):
                shown[key] = self._time(shown[key])
        if self._switches.connectsecure_opaque_events and "event_name" in shown:
            shown["event_id"] = hashlib.sha256(row["event_id"].encode()).hexdigest()[:16]
        return shown

    def _time(self, stamp: str) -> str:
        bare = self._switches.connectsecure_bare_times
        return stamp[:19].replace("T", " ") if bare else in_seconds(stamp)


def _shown(body: Any, status: int) -> Response:
    return Response(json.dumps(body), status, content_type="application/json; charset=utf-8")
