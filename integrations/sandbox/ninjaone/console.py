"""The public API v2 of the simulated NinjaOne.

NinjaOne: client credentials as a form; bearer afterwards; plain arrays that go on after an id; the history
newest first; paths below `/v2/`, also written `/api/v2/`; scopes `monitoring` to read, `management` to reset
alerts and to set the webhook.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from werkzeug.wrappers import Request, Response

from integrations.sandbox.clock import Clock
from integrations.sandbox.life import NothingFound
from integrations.sandbox.ninjaone import rows
from integrations.sandbox.ninjaone.constants import CLIENT_ID, CLIENT_SECRET, PORT, SCOPES
from integrations.sandbox.ninjaone.events import NinjaOneEvents
from integrations.sandbox.ninjaone.filters import BadFilter, device_filter
from integrations.sandbox.ninjaone.fleet import add_fleet
from integrations.sandbox.ninjaone.happenings import Happenings
from integrations.sandbox.ninjaone.hook import Hook
from integrations.sandbox.ninjaone.world import NinjaOneWorld
from integrations.sandbox.simulated import Event, Simulated
from integrations.sandbox.switches import Switches
from integrations.sandbox.world import Row, World

MOST_ROWS = 1000
USUAL_ACTIVITIES = 200


class NotThere(Exception):
    """Answered with 404."""


class NinjaOneApplication(Simulated):
    name = "ninjaone"
    title = "NinjaOne"
    port = PORT
    sign_in = f"Client ID {CLIENT_ID}, secret {CLIENT_SECRET}"
    events: ClassVar[Mapping[str, str]] = {
        "ninjaone-alert": "a device gets an alert in NinjaOne",
        "ninjaone-reset": "an alert of NinjaOne ends",
    }

    def __init__(self, world: World, switches: Switches, clock: Clock, lock: threading.RLock) -> None:
        super().__init__(world, switches, clock, lock)
        self._ninja = world.of(NinjaOneWorld)
        self._tokens: dict[str, tuple[float, set[str]]] = {}
        self.hook = Hook(self._ninja, self._activity)
        self.happenings = Happenings(self._ninja, clock, self.hook.tell)

    @classmethod
    def fill(cls, world: World, now: str) -> None:
        add_fleet(world, now)

    @property
    def known(self) -> Mapping[str, Event]:
        return NinjaOneEvents(self._ninja, self.happenings).known

    def forget(self) -> None:
        self._tokens.clear()

    def stop(self) -> None:
        self.hook.stop()

    def answer(self, request: Request) -> Response:
        parts = [part for part in request.path.split("/") if part]
        if parts in (["ws", "oauth", "token"], ["oauth", "token"]) and request.method == "POST":
            return self._give_token(request)
        parts = parts[1:] if parts[:1] == ["api"] else parts
        if len(parts) < 2 or parts[0] != "v2":
            return _failed("not_found", 404)
        scopes = self._scopes_of(request.headers.get("Authorization", ""))
        if scopes is None:
            return _failed("invalid_token", 401)
        if ("monitoring" if request.method == "GET" else "management") not in scopes:
            return _failed("insufficient_scope", 403)
        try:
            with self._lock:
                return self._do(request, parts[1:])
        except BadFilter as error:
            return _failed(str(error), 400)
        except (NotThere, NothingFound):
            return _failed("not_found", 404)

    def _give_token(self, request: Request) -> Response:
        sent = request.form
        if sent.get("grant_type") != "client_credentials":
            return _shown({"error": "unsupported_grant_type"}, 400)
        if (sent.get("client_id"), sent.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return _shown({"error": "invalid_client", "error_description": "Bad client credentials"}, 401)
        scopes = set(sent.get("scope", "").split())
        if not scopes or not scopes <= set(SCOPES):
            return _shown({"error": "invalid_scope"}, 400)
        token, seconds = secrets.token_urlsafe(32), self._switches.ninjaone_token_seconds
        self._tokens[token] = (self._clock.monotonic() + seconds, scopes)
        granted = " ".join(sorted(scopes))
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": seconds, "scope": granted}
        return _shown(answer, 200)

    def _scopes_of(self, authorisation: str) -> set[str] | None:
        kind, _, token = authorisation.partition(" ")
        until, scopes = self._tokens.get(token.strip(), (0.0, set()))
        return scopes if kind.lower() == "bearer" and until > self._clock.monotonic() else None

    def _do(self, request: Request, parts: list[str]) -> Response:
        if request.method == "GET":
            return _shown(self._read(request, parts), 200)
        if parts == ["webhook"] and request.method in {"PUT", "DELETE"}:
            return self._set_webhook(request)
        is_reset = (request.method, parts[2:]) in (("DELETE", []), ("POST", ["reset"]))
        if parts[0] == "alert" and len(parts) > 1 and is_reset:
            self.happenings.reset_alert(parts[1])
            return Response(b"", 204)
        return _failed("method_not_allowed", 405)

    def _set_webhook(self, request: Request) -> Response:
        sent = request.get_json(silent=True) if request.method == "PUT" else {}
        if not isinstance(sent, dict) or (request.method == "PUT" and not sent.get("url")):
            return _failed("url is required", 400)
        self._ninja.webhook = sent
        return Response(b"", 204)

    def _read(self, request: Request, parts: list[str]) -> Any:
        resource = self._resources().get(parts[0]) if len(parts) == 1 else None
        if resource is not None:
            return resource(request)
        if parts[0] == "organization":
            return self._of_organisation(request, parts[1:])
        if parts[0] == "device":
            return self._of_device(parts[1:])
        raise NotThere

    def _resources(self) -> dict[str, Callable[[Request], Any]]:
        return {
            "organizations": lambda request: self._page(
                request, map(rows.organisation, self._organisations())
            ),
            "organizations-detailed": lambda request: self._page(request, self._organisations()),
            "locations": lambda request: [
                place for row in self._organisations() for place in rows.locations(row)
            ],
            "devices": lambda request: self._page(request, map(rows.device, self._devices(request))),
            "devices-detailed": lambda request: self._page(request, self._devices(request)),
            "alerts": self._alerts,
            "activities": self._activities,
        }

    def _of_organisation(self, request: Request, parts: list[str]) -> Any:
        row = self._ninja.organisations.get(parts[0]) if parts else None
        if row is None:
            raise NotThere
        if parts[1:] == ["locations"]:
            return rows.locations(row)
        if parts[1:] == ["devices"]:
            own = (found for found in self._devices(request) if found["organizationId"] == row["id"])
            return self._page(request, map(rows.device, own))
        return row

    def _of_device(self, parts: list[str]) -> Any:
        row = self._ninja.devices.get(parts[0]) if parts else None
        if row is None:
            raise NotThere
        if parts[1:] == ["alerts"]:
            own = [alert for alert in self._ninja.alerts.values() if alert["deviceId"] == row["id"]]
            return [self._shown(alert) for alert in own]
        return self._shown(row)

    def _organisations(self) -> Iterable[Row]:
        return self._ninja.organisations.values()

    def _devices(self, request: Request) -> Iterable[Row]:
        fits = device_filter(request.args.get("df", ""))
        return filter(fits, self._ninja.devices.values())

    def _page(self, request: Request, found: Iterable[Row]) -> list[Row]:
        """`after` is the last id of the page before; larger pages than allowed are cut silently."""
        after = request.args.get("after", 0, type=int)
        size = min(request.args.get("pageSize", MOST_ROWS, type=int), self._switches.ninjaone_most_rows)
        ordered = sorted((row for row in found if row["id"] > after), key=lambda row: int(row["id"]))
        return [self._shown(row) for row in ordered[:size]]

    def _alerts(self, request: Request) -> list[Row]:
        fits, kind = device_filter(request.args.get("df", "")), request.args.get("sourceType")
        found = [
            row
            for row in self._ninja.alerts.values()
            if fits(self._ninja.devices[str(row["deviceId"])]) and kind in (None, row["sourceType"])
        ]
        return [self._shown(row) for row in found]

    def _activities(self, request: Request) -> Row:
        """Newest first. Dates (`after`, `before`) are not told here: their spelling is not documented."""
        older = request.args.get("olderThan", type=int)
        newer = request.args.get("newerThan", 0, type=int)
        size = min(
            request.args.get("pageSize", USUAL_ACTIVITIES, type=int), self._switches.ninjaone_most_rows
        )
        kind, series = request.args.get("type"), request.args.get("seriesUid")
        found = [
            row
            for row in reversed(self._ninja.activities)
            if newer < row["id"] < (older or row["id"] + 1)
            and kind in (None, row["activityType"])
            and series in (None, row["seriesUid"])
        ]
        return {
            "lastActivityId": self._ninja.last_activity_id,
            "activities": [self._activity(row) for row in found[:size]],
        }

    def _activity(self, row: Row) -> Row:
        return self._shown(rows.activity(row, detailed_codes=self._switches.ninjaone_detailed_codes))

    def _shown(self, row: Row) -> Row:
        return rows.shown(row, iso=self._switches.ninjaone_iso_times)


def _failed(words: str, status: int) -> Response:
    return _shown({"resultCode": "FAILURE", "errorMessage": words, "incidentId": "sandbox"}, status)


def _shown(body: Any, status: int) -> Response:
    return Response(json.dumps(body), status, content_type="application/json; charset=utf-8")
