"""What a person can make happen in the simulated NinjaOne."""

from __future__ import annotations

import random
from collections.abc import Callable

from integrations.sandbox.life import NothingFound
from integrations.sandbox.ninjaone.happenings import Happenings
from integrations.sandbox.ninjaone.world import NinjaOneWorld
from integrations.sandbox.world import Row

LOOK = "A console of the kind NinjaOne sees it at its next poll."


class NinjaOneEvents:
    """`known` are the events by name; each takes `{"computer", "source", "message"}`, tells what it did."""

    def __init__(self, ninja: NinjaOneWorld, happenings: Happenings) -> None:
        self._ninja = ninja
        self._happenings = happenings
        self._chance = random.Random()
        self.known: dict[str, Callable[[Row], Row]] = {
            "ninjaone-alert": self._alert,
            "ninjaone-reset": self._reset,
        }

    def _alert(self, asked: Row) -> Row:
        """An alert begins on the device of that name, or on any."""
        name = str(asked.get("computer") or "")
        device = self._happenings.find_device(name) if name else self._any_device()
        source, message = str(asked.get("source") or ""), str(asked.get("message") or "")
        return self._told(self._happenings.raise_alert(device, source, message), "has an alert")

    def _reset(self, asked: Row) -> Row:
        """The oldest alert of the device of that name ends, or the oldest of all."""
        name = str(asked.get("computer") or "")
        if name:
            alert = self._happenings.alert_of(self._happenings.find_device(name))
        elif self._ninja.alerts:
            alert = next(iter(self._ninja.alerts.values()))
        else:
            raise NothingFound("NinjaOne has no alert that is on.")
        return self._told(self._happenings.reset_alert(alert["uid"]), "has no longer the alert")

    def _any_device(self) -> Row:
        return self._chance.choice(
            [row for row in self._ninja.devices.values() if row["approvalStatus"] == "APPROVED"]
        )

    def _told(self, alert: Row, what: str) -> Row:
        device = self._ninja.devices[str(alert["deviceId"])]
        name = str(device["displayName"] or device["systemName"] or device["id"])
        did = f"NinjaOne: {name} {what}: {alert['message']}."
        return {"did": did, "look": LOOK, "alert": alert["uid"], "computer": name}
