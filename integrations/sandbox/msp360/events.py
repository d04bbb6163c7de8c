"""What a person can make happen to the alerts of the simulated RMM."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from integrations.sandbox.clock import Clock
from integrations.sandbox.life import NothingFound, find_computers
from integrations.sandbox.msp360.alerts import KINDS, USUAL_KIND, begin, end
from integrations.sandbox.switches import Switches
from integrations.sandbox.world import Row, World

LOOK = "A console of the kind MSP360 with the token of the RMM API sees it at its next poll."


class AlertEvents:
    """`known` are the events by name; each takes `{"computer", "alert", "message"}` and tells what it did."""

    def __init__(self, world: World, switches: Switches, clock: Clock) -> None:
        self._console = world.console
        self._switches = switches
        self._clock = clock
        self._chance = random.Random()
        self.known: Mapping[str, Callable[[Row], Row]] = {
            "msp360-alert": self._alert,
            "msp360-alert-over": self._alert_over,
        }

    def _alert(self, asked: Row) -> Row:
        """An alert begins on the computer of that name, or on any with an RMM agent."""
        kind, message = str(asked.get("alert") or USUAL_KIND), str(asked.get("message") or "")
        hid = self._hid_of(asked) or self._chance.choice(list(self._console.hosts))
        if kind not in KINDS:
            raise NothingFound(f"There is no alert {kind!r}; there are: {', '.join(KINDS)}.")
        if hid not in self._console.hosts:
            raise NothingFound("No RMM agent is installed on this computer.")
        return self._told(begin(self._console, hid, kind, message, self._clock.stamp()), "has the alert")

    def _alert_over(self, asked: Row) -> Row:
        """The newest live alert of the computer of that name ends, or the newest of all."""
        hid = self._hid_of(asked)
        live = [row for row in self._console.alerts.values() if row["isLiveAlert"]]
        found = [row for row in live if hid in ("", row["_hid"])]
        if not found:
            raise NothingFound("There is no such alert that is live.")
        end(found[-1], self._switches.msp360_alert_end, self._clock.stamp())
        return self._told(found[-1], "has no longer the alert")

    def _hid_of(self, asked: Row) -> str:
        name = str(asked.get("computer") or "")
        found = find_computers(self._console, name) if name else [""]
        return next((hid for hid in found if hid in self._console.hosts), found[0])

    def _told(self, alert: Row, what: str) -> Row:
        name = self._console.computers[alert["_hid"]]["ComputerName"].strip()
        did = f"RMM: {name} {what} {alert['title']!r}: {alert['message']}."
        return {"did": did, "look": LOOK, "alert": alert["alertId"], "hid": alert["_hid"], "computer": name}
