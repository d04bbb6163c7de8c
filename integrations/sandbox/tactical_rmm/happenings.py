"""What a person can make happen in the simulated Tactical RMM, and the webhook that it posts then."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable

from integrations.sandbox.clock import Clock
from integrations.sandbox.life import NothingFound
from integrations.sandbox.moments import at
from integrations.sandbox.posting import post
from integrations.sandbox.switches import Switches
from integrations.sandbox.tactical_rmm import alerts
from integrations.sandbox.tactical_rmm.world import TacticalWorld
from integrations.sandbox.world import Row, World

LOOK = "A console of the kind Tactical RMM sees it at its next poll."
SECONDS = 8
"""How long the vendor waits for the receiver. Nothing is sent twice."""


class TacticalEvents:
    """`known` are the events by name; each takes `{"computer", "alert", "message"}` and tells what it did."""

    def __init__(self, world: World, switches: Switches, clock: Clock) -> None:
        self._world = world
        self._switches = switches
        self._clock = clock
        self._chance = random.Random()
        self.known: dict[str, Callable[[Row], Row]] = {
            "tactical-alert": self._alert,
            "tactical-resolve": self._resolve,
            "tactical-remove-agent": self._remove,
        }

    def _alert(self, asked: Row) -> Row:
        kind = str(asked.get("alert") or "diskspace")
        if kind not in alerts.KINDS:
            raise NothingFound(f"There is no alert {kind!r}; there are: {', '.join(alerts.KINDS)}.")
        agent = self._agent(asked)
        alert = alerts.open_alert(
            self._world.of(TacticalWorld),
            agent,
            kind,
            self._clock.stamp(),
            hidden=bool(asked.get("hidden")),
            message=str(asked.get("message") or ""),
        )
        self._post(alert, "failure")
        return self._told(alert, f"Tactical RMM: {alert['message']}")

    def _resolve(self, asked: Row) -> Row:
        agent = self._agent(asked) if asked.get("computer") else None
        kind = str(asked.get("alert") or "")
        found = [
            row
            for row in alerts.open_alerts(self._world.of(TacticalWorld), agent)
            if kind in ("", row["_kind"])
        ]
        if not found:
            raise NothingFound("There is no such open alert in Tactical RMM.")
        alerts.resolve(self._world.of(TacticalWorld), found[-1], self._clock.stamp())
        self._post(found[-1], "resolve")
        return self._told(found[-1], f"Tactical RMM, resolved: {found[-1]['message']}")

    def _remove(self, asked: Row) -> Row:
        agent = self._agent(asked)
        alerts.remove_agent(self._world.of(TacticalWorld), agent)
        return {"did": f"Removed the agent {agent['hostname']} from Tactical RMM.", "look": LOOK}

    def _agent(self, asked: Row) -> Row:
        """The one of that name or id, or any."""
        agents = self._world.of(TacticalWorld).agents
        wanted = str(asked.get("computer") or "").strip().casefold()
        if not wanted:
            return self._chance.choice(list(agents.values()))
        for key, row in agents.items():
            if wanted in (key.casefold(), row["hostname"].strip().casefold()):
                return row
        raise NothingFound(f"Tactical RMM has no agent on a computer {asked['computer']!r}.")

    def _told(self, alert: Row, did: str) -> Row:
        return {"did": did, "look": LOOK, "alert": alert["id"], "agent_id": alert["agent_id"]}

    def _post(self, alert: Row, event: str) -> None:
        url = self._switches.tactical_webhook_url
        if url:
            body = json.dumps(self._body(alert, event)).encode()
            sent = (url, body, {"Content-Type": "application/json"}, SECONDS)
            threading.Thread(target=post, args=sent, daemon=True).start()

    def _body(self, alert: Row, event: str) -> Row:
        """A body with all placeholders filled in: everything is text, nothing is `None`."""
        tactical = self._world.of(TacticalWorld)
        agent = tactical.agents[alert["agent_id"]]
        site = tactical.sites[str(agent["_site"])]
        client = tactical.clients[str(site["client"])]
        filled = {
            "alert_id": alert["id"],
            "agent_id": alert["agent_id"],
            "hostname": agent["hostname"],
            "alert_type": alert["alert_type"],
            "check_id": alert["assigned_check"],
            "task_id": alert["assigned_task"],
            "severity": alert["severity"],
            "message": alert["message"],
            "alert_time": at(alert["alert_time"]),
            "resolved_on": at(alert["resolved_on"]) if alert["resolved_on"] else None,
            "client_id": client["id"],
            "client": client["name"],
            "site": site["name"],
        }
        return {"event": event, **{name: str(value) for name, value in filled.items()}}
