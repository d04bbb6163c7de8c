"""What a person can make happen in the simulated N-central."""

from __future__ import annotations

import random
from collections.abc import Callable

from integrations.sandbox.clock import Clock
from integrations.sandbox.life import NothingFound
from integrations.sandbox.ncentral import issues
from integrations.sandbox.ncentral.world import NCentralWorld
from integrations.sandbox.world import Row

LOOK = "A console of the kind N-central sees it at its next poll."


class NCentralEvents:
    """`known` are the events by name; each takes `{"computer", "alert", "state"}` and tells what it did."""

    def __init__(self, central: NCentralWorld, clock: Clock) -> None:
        self._central = central
        self._clock = clock
        self._chance = random.Random()
        self.known: dict[str, Callable[[Row], Row]] = {
            "ncentral-issue": self._begin,
            "ncentral-normal": self._end,
            "ncentral-remove-device": self._remove,
        }

    def _begin(self, asked: Row) -> Row:
        """A service of the device of that name, or of any, leaves its normal state, or goes into another."""
        kind = str(asked.get("alert") or "disk")
        if kind not in issues.SERVICES:
            raise NothingFound(f"There is no service {kind!r}; there are: {', '.join(issues.SERVICES)}.")
        state = int(asked.get("state") or 0)
        found = issues.begin(self._central, self._device(asked), kind, self._clock.stamp(), state)
        return self._told(found, "has an issue with")

    def _end(self, asked: Row) -> Row:
        """The issue of that device and service that came last, or the last of all, is over."""
        device = self._device(asked) if asked.get("computer") else None
        kind = str(asked.get("alert") or "")
        found = [
            row
            for row in (issues.of_device(self._central, device) if device else self._central.issues.values())
            if kind in ("", row["kind"])
        ]
        if not found:
            raise NothingFound("N-central has no such active issue.")
        told = self._told(found[-1], "has no longer an issue with")
        issues.end(self._central, found[-1])
        return told

    def _remove(self, asked: Row) -> Row:
        device = self._device(asked)
        issues.remove_device(self._central, device)
        return {"did": f"Removed the device {device['longName']} from N-central.", "look": LOOK}

    def _device(self, asked: Row) -> Row:
        """The one of that name or id, or any that has an agent."""
        devices = self._central.devices
        wanted = str(asked.get("computer") or "").strip().casefold()
        if not wanted:
            return devices[self._chance.choice(list(self._central.assets))]
        for key, row in devices.items():
            if wanted in (key, row["longName"].strip().casefold()):
                return row
        raise NothingFound(f"N-central has no device {asked['computer']!r}.")

    def _told(self, issue: Row, what: str) -> Row:
        device = self._central.devices[str(issue["device"])]
        did = f"N-central: {device['longName']} {what} {issues.SERVICES[issue['kind']][1]}."
        return {"did": did, "look": LOOK, "issue": issue["key"], "device": str(issue["device"])}
