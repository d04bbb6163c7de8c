"""The REST API of the simulated N-central.

N-central: a user's JSON web token is exchanged for an access token; pages are numbered from 1; every list is
an envelope with its totals; a limit counts the calls that run at once, for each endpoint by itself.
"""

from __future__ import annotations

import json
import random
import re
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

from werkzeug.wrappers import Request, Response

from integrations.sandbox.clock import Clock
from integrations.sandbox.ncentral import rows
from integrations.sandbox.ncentral.constants import PORT, USER_TOKEN
from integrations.sandbox.ncentral.events import NCentralEvents
from integrations.sandbox.ncentral.fleet import add_fleet
from integrations.sandbox.ncentral.view import View
from integrations.sandbox.ncentral.world import NCentralWorld
from integrations.sandbox.simulated import Event, Simulated
from integrations.sandbox.switches import Switches
from integrations.sandbox.world import Row, World

USUAL_ROWS = 50
REFRESH_SECONDS = 90_000
_UNITS = {"s": 1, "m": 60, "h": 3600}


class Refusal(Exception):
    """Answered with `status` and words."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


class NCentralApplication(Simulated):
    name = "ncentral"
    title = "N-central"
    port = PORT
    sign_in = f"JSON web token {USER_TOKEN}"
    events: ClassVar[Mapping[str, str]] = {
        "ncentral-issue": "a service of a device gets an active issue in N-central",
        "ncentral-normal": "an active issue of N-central is over",
        "ncentral-remove-device": "a device is removed from N-central",
    }

    def __init__(self, world: World, switches: Switches, clock: Clock, lock: threading.RLock) -> None:
        super().__init__(world, switches, clock, lock)
        self._central = world.of(NCentralWorld)
        self._tokens: dict[str, float] = {}
        self._refreshing: dict[str, float] = {}
        self._running: dict[str, int] = {}
        self._counting = threading.Lock()

    @classmethod
    def fill(cls, world: World, now: str) -> None:
        add_fleet(world, now)

    @property
    def known(self) -> Mapping[str, Event]:
        return NCentralEvents(self._central, self._clock).known

    def forget(self) -> None:
        self._tokens.clear()
        self._refreshing.clear()

    def answer(self, request: Request) -> Response:
        try:
            with self._counted(request):
                return _shown(self._do(request), 200)
        except Refusal as refusal:
            return _shown({"status": refusal.status, "message": str(refusal)}, refusal.status)

    @contextmanager
    def _counted(self, request: Request) -> Iterator[None]:
        """One call of its endpoint more while it runs."""
        endpoint = f"{request.method} {re.sub('[0-9]+', '#', request.path)}"
        with self._counting:
            if self._running.get(endpoint, 0) >= self._switches.ncentral_calls_at_once:
                raise Refusal(429, "Too many concurrent requests.")
            self._running[endpoint] = self._running.get(endpoint, 0) + 1
        try:
            self._clock.wait(self._switches.ncentral_call_seconds)
            yield
        finally:
            with self._counting:
                self._running[endpoint] -= 1

    def _do(self, request: Request) -> Any:
        parts = [part for part in request.path.split("/") if part]
        if parts[:1] != ["api"]:
            raise Refusal(404, "Not found.")
        if parts[1:2] == ["auth"]:
            return self._auth(request, parts[2:])
        if self._tokens.get(_bearer(request), 0.0) <= self._clock.monotonic():
            raise Refusal(401, "Authentication failed.")
        if request.method != "GET":
            raise Refusal(405, "Method not allowed.")
        with self._lock:
            view = View(self._central, self._switches)
            return self._read(request, view, parts[1:])

    # ---- tokens -----------------------------------------------------------------------------

    def _auth(self, request: Request, parts: list[str]) -> Any:
        if parts == ["validate"] and request.method == "GET":
            if self._tokens.get(_bearer(request), 0.0) <= self._clock.monotonic():
                raise Refusal(401, "The token is not valid.")
            return {"message": "The token is valid."}
        if parts == ["authenticate"] and request.method == "POST":
            self._check_user(_bearer(request) == USER_TOKEN)
            return self._give_tokens(request)
        if parts == ["refresh"] and request.method == "POST":
            self._check_user(self._refreshing.pop(_refresh_token(request), 0.0) > self._clock.monotonic())
            return self._give_tokens(request)
        raise Refusal(404, "Not found.")

    def _check_user(self, is_known: bool) -> None:
        if self._switches.ncentral_user_refused or not is_known:
            raise Refusal(401, "Authentication failed: the token is invalid or expired.")

    def _give_tokens(self, request: Request) -> Row:
        access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        seconds = _seconds(request, "X-ACCESS-EXPIRY-OVERRIDE", self._switches.ncentral_token_seconds)
        lasts = _seconds(request, "X-REFRESH-EXPIRY-OVERRIDE", REFRESH_SECONDS)
        self._tokens[access] = self._clock.monotonic() + seconds
        self._refreshing[refresh] = self._clock.monotonic() + lasts
        return {
            "tokens": {
                "access": {"token": access, "type": "Bearer", "expirySeconds": seconds},
                "refresh": {"token": refresh, "type": "Body", "expirySeconds": lasts},
            },
            "refresh": "/api/auth/refresh",
        }

    # ---- reading ----------------------------------------------------------------------------

    def _read(self, request: Request, view: View, parts: list[str]) -> Any:
        resource, rest = parts[0] if parts else "", parts[1:]
        if not rest:
            listed = self._lists(view).get(resource)
            if listed is None:
                raise Refusal(404, "Not found.")
            return self._page(request, listed(), warning="sites" in resource)
        if resource == "devices":
            return self._of_device(request, view, rest)
        if resource in ("org-units", "customers", "service-orgs"):
            return self._of_unit(request, view, resource, rest)
        raise Refusal(404, "Not found.")

    def _lists(self, view: View) -> dict[str, Callable[[], list[Row]]]:
        return {
            "service-orgs": lambda: self._service_orgs(view),
            "customers": view.customers,
            "sites": view.sites,
            "org-units": view.units,
            "devices": view.devices,
        }

    def _service_orgs(self, view: View) -> list[Row]:
        if self._switches.ncentral_single_customer:
            raise Refusal(403, "Access denied.")
        return view.service_orgs()

    def _of_unit(self, request: Request, view: View, resource: str, rest: list[str]) -> Any:
        unit, what = rest[0], rest[1:]
        if not view.knows_unit(unit):
            raise Refusal(404, f"No organisation unit {unit}.")
        if resource == "customers" and not what:
            return next(row for row in view.customers() if str(row["customerId"]) == unit)
        lists: dict[tuple[str, str], Callable[[], list[Row]]] = {
            ("org-units", "children"): lambda: view.children(unit),
            ("org-units", "devices"): lambda: view.devices(unit),
            ("org-units", "active-issues"): lambda: view.issues(unit),
            ("customers", "sites"): lambda: view.sites(unit),
            ("service-orgs", "customers"): view.customers,
        }
        found = lists.get((resource, "/".join(what)))
        if found is None:
            raise Refusal(404, "Not found.")
        return self._page(request, found())

    def _of_device(self, request: Request, view: View, rest: list[str]) -> Any:
        key, what = rest[0], "/".join(rest[1:])
        row, held = view.device(key), self._central.assets.get(key)
        if row is None:
            raise Refusal(404, f"No device {key}.")
        if what.startswith("assets") and self._switches.ncentral_assets_refused:
            raise Refusal(403, "Access denied.")
        answers: dict[str, Callable[[], Any]] = {
            "": lambda: rows.device(self._central, row, as_text=self._switches.ncentral_text_ids),
            "assets": lambda: rows.assets(row, held, self._switches.ncentral_cards),
            "assets/lifecycle-info": lambda: rows.lifecycle(held),
            "service-monitor-status": lambda: self._page(request, rows.services(self._central, row)),
        }
        if what not in answers:
            raise Refusal(404, "Not found.")
        return answers[what]()

    def _page(self, request: Request, found: list[Row], *, warning: bool = False) -> Row:
        """Behind the last page there are empty ones."""
        number, size = _whole(request, "pageNumber", 1), _whole(request, "pageSize", USUAL_ROWS)
        size = min(size, self._switches.ncentral_most_rows)
        ordered = _sorted(found, request.args.get("sortBy", ""), request.args.get("sortOrder", "asc"))
        if self._switches.ncentral_unsorted:
            random.Random(number).shuffle(ordered)
        shown = ordered[(number - 1) * size : number * size]
        last = -(-len(ordered) // size)
        following = f"{request.path}?pageNumber={number + 1}&pageSize={size}"
        return {
            "data": shown,
            "pageNumber": number,
            "pageSize": size,
            "itemCount": len(shown),
            "totalItems": len(ordered),
            "totalPages": last,
            "_links": {"nextPage": following} if number < last else {},
            **({"_warning": "This endpoint is currently in a preview stage."} if warning else {}),
        }


def _sorted(found: Iterable[Row], column: str, order: str) -> list[Row]:
    ordered = list(found)
    if column and all(column in row for row in ordered):
        ordered.sort(key=lambda row: str(row[column]), reverse=order.lower() in ("desc", "reverse"))
    return ordered


def _whole(request: Request, name: str, usual: int) -> int:
    sent = request.args.get(name, str(usual))
    if not sent.isdigit() or int(sent) < 1:
        raise Refusal(400, f"{name} must be a positive number.")
    return int(sent)


def _bearer(request: Request) -> str:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _refresh_token(request: Request) -> str:
    """The text itself, or JSON that holds it: both are told."""
    sent = request.get_json(silent=True, force=True)
    if isinstance(sent, dict):
        return str(sent.get("refresh_token") or "")
    return request.get_data(as_text=True).strip()


def _seconds(request: Request, header: str, usual: int) -> int:
    """`120s`, `30m`, `1h`."""
    found = re.fullmatch(r"(\d+)([smh])", request.headers.get(header, "").strip())
    return int(found[1]) * _UNITS[found[2]] if found else usual


def _shown(body: Any, status: int) -> Response:
    return Response(json.dumps(body), status, content_type="application/json")
