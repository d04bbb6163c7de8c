"""The API of the simulated Tactical RMM: a key in a header, paths that end with a slash, lists without pages.

A list of alerts is a PATCH whose body holds the filters; two of these do nothing when true.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from werkzeug.wrappers import Request, Response

from integrations.sandbox.moments import stamp
from integrations.sandbox.simulated import Event, Simulated
from integrations.sandbox.tactical_rmm import alerts, rows
from integrations.sandbox.tactical_rmm.constants import KEY, PORT
from integrations.sandbox.tactical_rmm.fleet import add_fleet
from integrations.sandbox.tactical_rmm.happenings import TacticalEvents
from integrations.sandbox.tactical_rmm.world import TacticalWorld
from integrations.sandbox.world import Row, World

_FILTERS = {"timeFilter", "clientFilter", "severityFilter", "resolvedFilter", "snoozedFilter"}


class TacticalApplication(Simulated):
    name = "tactical_rmm"
    title = "Tactical RMM"
    port = PORT
    sign_in = f"API key {KEY}"
    events: ClassVar[Mapping[str, str]] = {
        "tactical-alert": "an alert begins in Tactical RMM",
        "tactical-resolve": "an alert ends in Tactical RMM",
        "tactical-remove-agent": "an agent is removed from Tactical RMM",
    }

    @classmethod
    def fill(cls, world: World, now: str) -> None:
        add_fleet(world, now)

    @property
    def known(self) -> Mapping[str, Event]:
        return TacticalEvents(self._world, self._switches, self._clock).known

    def answer(self, request: Request) -> Response:
        if not request.path.endswith("/"):
            moved = request.full_path.replace(request.path, f"{request.path}/", 1).rstrip("?")
            return Response(b"", 301 if request.method == "GET" else 404, headers={"Location": moved})
        if self._switches.tactical_key_refused or request.headers.get("X-API-KEY") != KEY:
            return _shown({"detail": "Authentication credentials were not provided."}, 401)
        parts = [part for part in request.path.split("/") if part]
        handler = {"clients": self._clients, "agents": self._agents, "alerts": self._alerts}.get(
            parts[0] if parts else ""
        )
        if handler is None:
            return _shown({"detail": "Not found."}, 404)
        with self._lock:
            return handler(request, parts[1:])

    @property
    def _tactical(self) -> TacticalWorld:
        return self._world.of(TacticalWorld)

    def _clients(self, request: Request, rest: list[str]) -> Response:
        shown = [rows.client(self._tactical, row) for row in self._tactical.clients.values()]
        if request.method != "GET":
            return _not_allowed(request)
        if rest == ["sites"]:
            return _shown([site for row in shown for site in row["sites"]], 200)
        if not rest:
            return _shown(shown, 200)
        return _one(row for row in shown if str(row["id"]) == rest[0])

    def _agents(self, request: Request, rest: list[str]) -> Response:
        if request.method != "GET":
            return _not_allowed(request)
        found = list(self._tactical.agents.values())
        if rest:
            return _one(rows.full_agent(self._tactical, row) for row in found if row["agent_id"] == rest[0])
        found = [row for row in found if self._is_asked_for(row, request)]
        if request.args.get("detail", "true") == "false":
            return _shown([rows.short_agent(self._tactical, row) for row in found], 200)
        cut, old = self._switches.tactical_cut_agents, self._switches.tactical_old_times
        shown = [rows.agent(self._tactical, row, old_times=old) for row in found]
        return _shown(shown[:cut] if cut else shown, 200)

    def _is_asked_for(self, row: Row, request: Request) -> bool:
        """Where a site is named, the client does not matter."""
        if request.args.get("monitoring_type", row["monitoring_type"]) != row["monitoring_type"]:
            return False
        if "site" in request.args:
            return request.args["site"] == str(row["_site"])
        owner = self._tactical.sites[str(row["_site"])]["client"]
        return request.args.get("client", str(owner)) == str(owner)

    def _alerts(self, request: Request, rest: list[str]) -> Response:
        sent = request.get_json(silent=True)
        if rest:
            return self._alert(request, rest[0], sent if isinstance(sent, dict) else {})
        if request.method != "PATCH" or not isinstance(sent, dict):
            return _not_allowed(request)
        if "top" in sent:
            visible = [
                row for row in alerts.open_alerts(self._tactical) if not row["hidden"] and not row["snoozed"]
            ]
            return _shown(
                {"alerts_count": len(visible), "alerts": self._show(visible[: int(sent["top"])])}, 200
            )
        found = [row for row in self._tactical.alerts.values() if self._passes(row, sent)]
        cut = self._switches.tactical_cut_alerts
        return _shown(self._show(found[:cut] if cut else found), 200)

    def _passes(self, row: Row, sent: Row) -> bool:
        if not _FILTERS & sent.keys():
            return True
        oldest = stamp(self._clock.now() - timedelta(days=int(sent.get("timeFilter", 100_000))))
        site = self._tactical.sites[str(self._tactical.agents[row["agent_id"]]["_site"])]
        return (
            row["alert_time"] > oldest
            and row["severity"] in sent.get("severityFilter", [row["severity"]])
            and site["client"] in sent.get("clientFilter", [site["client"]])
            and not (sent.get("resolvedFilter", True) is False and row["resolved"])
            and not (sent.get("snoozedFilter", True) is False and row["snoozed"])
        )

    def _alert(self, request: Request, number: str, sent: Row) -> Response:
        row = self._tactical.alerts.get(number)
        if row is None:
            return _shown({"detail": "Not found."}, 404)
        if request.method == "GET":
            return _shown(self._show([row])[0], 200)
        if request.method != "PUT" or sent.get("type") not in ("resolve", "snooze", "unsnooze"):
            return _not_allowed(request)
        if sent["type"] == "resolve":
            alerts.resolve(self._tactical, row, self._clock.stamp())
        else:
            until = stamp(self._clock.now() + timedelta(days=int(sent.get("snooze_days", 0))))
            snoozed = sent["type"] == "snooze"
            row.update(snoozed=snoozed, snooze_until=until if snoozed else None)
        return _shown("ok", 200)

    def _show(self, found: list[Row]) -> list[Row]:
        old = self._switches.tactical_old_times
        return [rows.alert(self._tactical, row, old_times=old) for row in found]


def _one(found: Any) -> Response:
    row = next(iter(found), None)
    return _shown({"detail": "Not found."}, 404) if row is None else _shown(row, 200)


def _not_allowed(request: Request) -> Response:
    return _shown({"detail": f'Method "{request.method}" not allowed.'}, 405)


def _shown(body: Any, status: int) -> Response:
    return Response(json.dumps(body), status, content_type="application/json")
