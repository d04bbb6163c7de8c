"""What a person can make happen in the simulated Datto RMM."""

from __future__ import annotations

import random
from collections.abc import Callable

from integrations.sandbox.datto_rmm.happenings import Happenings
from integrations.sandbox.datto_rmm.world import DattoWorld
from integrations.sandbox.life import NothingFound
from integrations.sandbox.world import Row

LOOK = "A console of the kind Datto RMM sees it at its next poll."
LOOK_SYNC = "A console of the kind Datto RMM sees it at its next sync."


class DattoEvents:
    """`known` are the events by name; each takes `{"computer", "alert", "message"}` and tells what it did."""

    def __init__(self, datto: DattoWorld, happenings: Happenings) -> None:
        self._datto = datto
        self._happenings = happenings
        self._chance = random.Random()
        self.known: dict[str, Callable[[Row], Row]] = {
            "datto-alert": self._alert,
            "datto-resolve": self._resolve,
            "datto-remove-device": self._remove,
        }

    def _alert(self, asked: Row) -> Row:
        """An alert begins on the device of that name, or on any."""
        device, kind = self._device(asked), str(asked.get("alert") or "")
        alert = self._happenings.raise_alert(device, kind, str(asked.get("message") or ""))
        return self._told(alert, "has an alert")

    def _resolve(self, asked: Row) -> Row:
        """The oldest alert of the device of that name ends, or the oldest of all."""
        if asked.get("computer"):
            found = self._datto.alerts_of(self._device(asked))
        else:
            found = [row for row in self._datto.alerts.values() if not row["resolved"]]
        if not found:
            raise NothingFound("There is no such open alert in Datto RMM.")
        alert = self._happenings.resolve_alert(found[0]["alertUid"])
        return self._told(alert, "has no longer the alert")

    def _remove(self, asked: Row) -> Row:
        device = self._device(asked)
        self._happenings.remove_device(device)
        did = f"Datto RMM: removed {device['hostname'] or device['uid']}."
        return {"did": did, "look": LOOK_SYNC, "device": device["uid"]}

    def _device(self, asked: Row) -> Row:
        """The one of that name, or any that is managed."""
        if asked.get("computer"):
            return self._happenings.find_device(str(asked["computer"]))
        return self._chance.choice([row for row in self._datto.devices.values() if self._is_managed(row)])

    def _is_managed(self, device: Row) -> bool:
        site = self._datto.site_of(device)
        return bool(device["hostname"] and not device["deleted"] and not site["onDemand"]) and (
            site["name"] != "Deleted Devices"
        )

    def _told(self, alert: Row, what: str) -> Row:
        name = str(alert["alertSourceInfo"]["deviceName"])
        did = f"Datto RMM: {name} {what}: {alert['alertContext']['@class']}."
        return {"did": did, "look": LOOK, "alert": alert["alertUid"], "computer": name}
