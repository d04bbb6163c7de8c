"""The API v2 of the simulated Datto RMM.

Datto RMM: a password grant for a fixed public client, key and secret in place of user and password; bearer
afterwards; pages from 0 with the addresses of their neighbours; times in milliseconds; a limit of reads.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from werkzeug.wrappers import Request, Response

from integrations.sandbox.clock import Clock
from integrations.sandbox.datto_rmm import rows
from integrations.sandbox.datto_rmm.constants import API_KEY, API_SECRET, PORT, PUBLIC_CLIENT
from integrations.sandbox.datto_rmm.events import DattoEvents
from integrations.sandbox.datto_rmm.fleet import add_fleet
from integrations.sandbox.datto_rmm.happenings import Happenings
from integrations.sandbox.datto_rmm.limits import DELAYED_FROM, WINDOW, Limit
from integrations.sandbox.datto_rmm.world import DattoWorld
from integrations.sandbox.life import NothingFound
from integrations.sandbox.simulated import Event, Simulated
from integrations.sandbox.switches import Switches
from integrations.sandbox.world import Row, World

_FILTERS = {"hostname": "hostname", "operatingSystem": "operatingSystem", "siteName": "siteName"}


class NotThere(Exception):
    """Answered with 404."""


class DattoApplication(Simulated):
    name = "datto_rmm"
    title = "Datto RMM"
    port = PORT
    sign_in = f"API key {API_KEY}, secret {API_SECRET}"
    events: ClassVar[Mapping[str, str]] = {
        "datto-alert": "a device gets an alert in Datto RMM",
        "datto-resolve": "an alert of Datto RMM ends",
        "datto-remove-device": "a device is removed from Datto RMM",
    }

    def __init__(self, world: World, switches: Switches, clock: Clock, lock: threading.RLock) -> None:
        super().__init__(world, switches, clock, lock)
        self._datto = world.of(DattoWorld)
        self._tokens: dict[str, float] = {}
        self._limit = Limit(switches, clock)
        self.happenings = Happenings(self._datto, switches, clock)

    @classmethod
    def fill(cls, world: World, now: str) -> None:
        add_fleet(world, now)

    @property
    def known(self) -> Mapping[str, Event]:
        return DattoEvents(self._datto, self.happenings).known

    def forget(self) -> None:
        self._tokens.clear()
        self._limit.forget()

    def answer(self, request: Request) -> Response:
        parts = [part for part in request.path.split("/") if part]
        if parts == ["auth", "oauth", "token"]:
            return self._give_token(request)
        if parts[:2] != ["api", "v2"]:
            return _shown({"status": 404, "error": "Not Found", "path": request.path}, 404)
        if not self._is_signed_in(request):
            return _shown({"error": "invalid_token", "error_description": "Access token expired"}, 401)
        with self._lock:
            status, delay = self._limit.status(), self._limit.delay()
        if status != 200:
            return _shown({"message": "Too many requests" if status == 429 else "Forbidden"}, status)
        if delay:
            self._clock.wait(delay)
        if set(parts) & set(self._switches.datto_refused):
            return _shown({"error": "access_denied", "error_description": "Access is denied"}, 403)
        try:
            with self._lock:
                return self._do(request, parts[2:])
        except (NotThere, NothingFound):
            return _shown({"error": "Not Found"}, 404)

    def _give_token(self, request: Request) -> Response:
        if request.method != "POST":
            return _shown({"error": "method_not_allowed"}, 405)
        client = request.authorization
        if client is None or (client.username, client.password) != PUBLIC_CLIENT:
            return _shown(
                {"error": "unauthorized", "error_description": "Full authentication is required"}, 401
            )
        sent = request.form
        if sent.get("grant_type") != "password":
            return _shown({"error": "unsupported_grant_type"}, 400)
        known = (sent.get("username"), sent.get("password")) == (API_KEY, API_SECRET)
        if not known or self._switches.datto_key_refused:
            return _shown({"error": "invalid_grant", "error_description": "Bad credentials"}, 400)
        token, seconds = secrets.token_urlsafe(32), self._switches.datto_token_seconds
        self._tokens[token] = self._clock.monotonic() + seconds
        return _shown({"access_token": token, "token_type": "bearer", "expires_in": seconds}, 200)

    def _is_signed_in(self, request: Request) -> bool:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        return kind.lower() == "bearer" and self._tokens.get(token.strip(), 0.0) > self._clock.monotonic()

    def _do(self, request: Request, parts: list[str]) -> Response:
        if request.method == "POST" and parts[:1] == ["alert"] and parts[2:] == ["resolve"]:
            self.happenings.resolve_alert(parts[1], by=API_KEY)
            return Response(b"", 204)
        if request.method != "GET":
            return _shown({"error": "Method Not Allowed"}, 405)
        return _shown(self._read(request, parts), 200)

    def _read(self, request: Request, parts: list[str]) -> Any:
        if not parts:
            raise NotThere
        kind, rest = parts[0], parts[1:]
        if kind == "account":
            return self._list_of_account(request, rest)
        if kind == "system":
            return self._system(rest)
        if kind in ("site", "device"):
            return self._scoped(request, kind, rest)
        table = {"audit": self._datto.audits, "alert": self._datto.alerts}.get(kind)
        uid = rest[-1] if rest and (kind == "alert" or rest[:1] == ["device"]) else ""
        if table is None or uid not in table:
            raise NotThere
        return self._one(table[uid])

    def _list_of_account(self, request: Request, rest: list[str]) -> Row:
        if rest == ["sites"]:
            name = request.args.get("siteName", "").casefold()
            found = [row for row in self._datto.sites.values() if name in row["name"].casefold()]
            return self._page(request, "sites", [rows.site(self._datto, row) for row in found])
        if rest == ["devices"]:
            return self._devices(request, list(self._datto.devices.values()))
        return self._alerts(request, rest, {})

    def _scoped(self, request: Request, kind: str, rest: list[str]) -> Any:
        table = self._datto.sites if kind == "site" else self._datto.devices
        if kind == "device" and rest[:1] == ["id"]:
            return self._one(self.happenings.find_device(rest[-1]))
        row = table.get(rest[0]) if rest else None
        if row is None:
            raise NotThere
        if rest[1:] == ["devices"] and kind == "site":
            own = [found for found in self._datto.devices.values() if found["siteUid"] == row["uid"]]
            return self._devices(request, own)
        if rest[1:]:
            return self._alerts(request, rest[1:], {f"{kind}Uid": row["uid"]})
        return self._one(rows.site(self._datto, row) if kind == "site" else row)

    def _devices(self, request: Request, found: list[Row]) -> Row:
        for asked, column in _FILTERS.items():
            text = request.args.get(asked, "").casefold()
            found = [row for row in found if text in (row[column] or "").casefold()]
        return self._page(request, "devices", found, cut=self._switches.datto_cut_devices)

    def _alerts(self, request: Request, rest: list[str], source: Row) -> Row:
        """Open ones oldest first; resolved ones newest first, which is not documented."""
        if rest not in (["alerts", "open"], ["alerts", "resolved"]):
            raise NotThere
        over = rest[-1] == "resolved"
        found = [row for row in self._datto.alerts.values() if row["resolved"] is over]
        found = [row for row in found if source.items() <= row["alertSourceInfo"].items()]
        if over and not self._switches.datto_resolved_oldest_first:
            found.sort(key=lambda row: str(row["resolvedOn"]), reverse=True)
        return self._page(request, "alerts", found)

    def _page(self, request: Request, name: str, found: Sequence[Row], *, cut: int = 0) -> Row:
        most = self._switches.datto_most_rows
        size = max(1, min(request.args.get("max", most, type=int), most))
        number = max(0, request.args.get("page", 0, type=int))
        shown = found[:cut] if cut else found
        page = rows.page(name, shown, number, size, request.base_url, len(found))
        return {**page, name: [self._one(row) for row in page[name]]}

    def _system(self, rest: list[str]) -> Row:
        if rest == ["pagination"] and self._switches.datto_tells_most_rows:
            return {"max": self._switches.datto_most_rows}
        if rest == ["request_rate"]:
            return {
                "slidingTimeWindowSizeSeconds": int(WINDOW),
                "accountCount": self._limit.count,
                "accountRateLimit": self._switches.datto_rate_limit,
                "accountCutOffRatio": DELAYED_FROM,
                "accountWriteRateLimit": 100,
                "accountWriteCount": 0,
                "operationWriteStatus": {},
            }
        raise NotThere

    def _one(self, row: Row) -> Row:
        found: Row = rows.shown(row, self._switches.datto_times)
        return found


def _shown(body: Any, status: int) -> Response:
    return Response(json.dumps(body), status, content_type="application/json;charset=UTF-8")
