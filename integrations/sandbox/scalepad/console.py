"""The APIs of the simulated ScalePad, Core and Lifecycle Manager: a key in a header, lists with cursors."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from werkzeug.wrappers import Request, Response

from integrations.sandbox.clock import Clock
from integrations.sandbox.scalepad import pages
from integrations.sandbox.scalepad.constants import KEY, PORT
from integrations.sandbox.scalepad.events import ScalePadEvents
from integrations.sandbox.scalepad.fleet import add_hardware
from integrations.sandbox.scalepad.world import ScalePadWorld
from integrations.sandbox.simulated import Event, Simulated
from integrations.sandbox.switches import Switches
from integrations.sandbox.window import Window
from integrations.sandbox.world import Row, World

WINDOW = 5.0
LIFECYCLE_MANAGER = "/lifecycle-manager/"
DATES = ("purchase_date", "warranty_expiry_date", "manufacturer_expiry_date")


class ScalePadApplication(Simulated):
    name = "scalepad"
    title = "ScalePad"
    port = PORT
    sign_in = f"API key {KEY}"
    events: ClassVar[Mapping[str, str]] = {
        "scalepad-remove": "a hardware asset leaves the list of ScalePad",
        "scalepad-warranty": "ScalePad finds a longer warranty of a hardware asset",
    }

    def __init__(self, world: World, switches: Switches, clock: Clock, lock: threading.RLock) -> None:
        super().__init__(world, switches, clock, lock)
        self._window = Window(clock, WINDOW)
        self._lists: dict[str, Callable[[], list[Row]]] = {
            "/core/v1/clients": self._clients,
            "/core/v1/assets/hardware": self._hardware,
            "/lifecycle-manager/v1/assets/hardware/lifecycles": self._lifecycles,
        }

    @classmethod
    def fill(cls, world: World, now: str) -> None:
        add_hardware(world, now)

    @property
    def known(self) -> Mapping[str, Event]:
        return ScalePadEvents(self._pad, self._clock, random.Random()).known

    def forget(self) -> None:
        self._window.forget()

    def answer(self, request: Request) -> Response:
        if self._switches.scalepad_key_revoked or request.headers.get("x-api-key") != KEY:
            return _failed(401, "unauthorized", "The API key is missing or not valid.")
        wait = self._window.full_for(self._switches.scalepad_calls)
        if wait:
            return _failed(429, "too_many_requests", "Slow down.", {"Retry-After": str(wait)})
        if request.path.startswith(LIFECYCLE_MANAGER) and self._switches.scalepad_no_lifecycle_manager:
            return _failed(402, "payment_required", "This endpoint needs an active subscription.")
        if request.method != "GET":
            return _failed(405, "method_not_allowed", "The sandbox can only be read.")
        try:
            with self._lock:
                return self._read(request.path.rstrip("/"), request.args.to_dict())
        except pages.BadQuestion as error:
            return _failed(400, "bad_request", str(error))

    def _read(self, path: str, asked: Mapping[str, str]) -> Response:
        if path in self._lists:
            rows = pages.rows_of(self._lists[path](), asked)
            return _shown(pages.page(rows, asked, self._switches), 200)
        folder, _, wanted = path.rpartition("/")
        held = self._lists[folder]() if folder.startswith("/core/") and folder in self._lists else []
        for row in held:
            if row["id"] == wanted:
                return _shown(row, 200)
        return _failed(404, "not_found", "There is no such resource.")

    def _clients(self) -> list[Row]:
        owners = [row["client"]["id"] for row in self._pad.hardware.values() if row["client"]]
        return [{**row, "num_hardware_assets": owners.count(row["id"])} for row in self._pad.clients.values()]

    def _hardware(self) -> list[Row]:
        padding = "    " if self._switches.scalepad_padded_types else ""
        return [{**row, "type": row["type"] + padding} for row in self._pad.hardware.values()]

    def _lifecycles(self) -> list[Row]:
        at_midnight = "" if self._switches.scalepad_plain_dates else "T00:00:00Z"
        found = []
        for key, row in self._pad.lifecycles.items():
            dates = {name: f"{row[name]}{at_midnight}" for name in DATES if row[name]}
            named = {"hardware_asset_id": key} if self._switches.scalepad_lifecycle_ids else {}
            found.append({**row, **dates, **named})
        return found

    @property
    def _pad(self) -> ScalePadWorld:
        return self._world.of(ScalePadWorld)


def _shown(body: Any, status: int, headers: Mapping[str, str] | None = None) -> Response:
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, status, headers=dict(headers or {}), content_type="application/json")


def _failed(status: int, code: str, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    title = code.replace("_", " ").capitalize()
    return _shown({"errors": [{"code": code, "title": title, "detail": detail}]}, status, headers)
