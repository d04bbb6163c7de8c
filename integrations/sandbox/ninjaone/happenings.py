"""What happens to NinjaOne's devices: alerts that begin and end, and activities that are no alert."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from integrations.sandbox.clock import Clock
from integrations.sandbox.life import NothingFound
from integrations.sandbox.ninjaone.world import NinjaOneWorld
from integrations.sandbox.world import Row

USUAL_SOURCE = "CONDITION_AGENT_DISK_FREE_SPACE"
# Source types of alerts: (code in the message of the activity, name of the condition, subject, message).
SOURCES = {
    USUAL_SOURCE: ("disk_free_space", "Low disk space", "Disk C:", "Disk C: free space below 10 %"),
    "AGENT_OFFLINE": ("agent_offline", "Offline", "Offline", "The device has been offline for 15 minutes"),
    "CONDITION_AGENT_CPU": ("cpu_usage", "High CPU", "CPU", "CPU above 90 % for 30 minutes"),
    "CONDITION_WINDOWS_SERVICE_STATE_CHANGED": (
        "windows_service_state_changed",
        "Print spooler",
        "Spooler",
        "The service 'Spooler' has stopped",
    ),
}


class Happenings:
    """`tell` is called with each new activity."""

    def __init__(self, ninja: NinjaOneWorld, clock: Clock, tell: Callable[[Row], None]) -> None:
        self._ninja = ninja
        self._clock = clock
        self._tell = tell

    def find_device(self, name: str) -> Row:
        """By any of its names (case ignored) or its id. Raises NothingFound."""
        wanted = name.strip().casefold()
        for row in self._ninja.devices.values():
            names = (row["displayName"], row["systemName"], row["dnsName"], str(row["id"]))
            if wanted in {str(called).strip().casefold() for called in names if called}:
                return row
        raise NothingFound(f"NinjaOne has no device {name!r}.")

    def raise_alert(self, device: Row, source: str = "", message: str = "") -> Row:
        """A condition of the device is met from now on. Raises NothingFound for an unknown source type."""
        kind = source or USUAL_SOURCE
        if kind not in SOURCES:
            raise NothingFound(f"There is no source type {kind!r}; there are: {', '.join(SOURCES)}.")
        _, name, subject, usual = SOURCES[kind]
        config = str(uuid.uuid5(uuid.NAMESPACE_OID, kind))
        now = self._clock.stamp()
        alert: Row = {
            "uid": str(uuid.uuid4()),
            "deviceId": device["id"],
            "message": message or usual,
            "createTime": now,
            "updateTime": now,
            "sourceType": kind,
            "sourceConfigUid": config,
            "sourceName": name,
            "subject": subject,
            "userId": None,
            "psaTicketId": None,
            "data": {},
        }
        self._ninja.alerts[alert["uid"]] = alert
        self._add_condition(alert, "TRIGGERED", alert["message"], now)
        return alert

    def reset_alert(self, uid: str, *, silently: bool = False) -> Row:
        """It is over; `silently` leaves nothing in the history. Raises NothingFound."""
        if uid not in self._ninja.alerts:
            raise NothingFound(f"NinjaOne has no alert {uid!r} that is on.")
        alert = self._ninja.alerts.pop(uid)
        if not silently:
            self._add_condition(alert, "RESET", f"Reset: {alert['message']}", self._clock.stamp())
        return alert

    def alert_of(self, device: Row) -> Row:
        """The oldest alert of the device that is on. Raises NothingFound."""
        found = [row for row in self._ninja.alerts.values() if row["deviceId"] == device["id"]]
        if not found:
            raise NothingFound(f"The device {device['id']} has no alert that is on.")
        return found[0]

    def add_activity(self, device: Row | None, **fields: object) -> Row:
        """One row of the history, newest last; told to the webhook."""
        self._ninja.last_activity_id += 1
        row: Row = {
            "id": self._ninja.last_activity_id,
            "activityTime": self._clock.stamp(),
            "deviceId": device["id"] if device else None,
            "severity": "NONE",
            "priority": "NONE",
            "seriesUid": str(uuid.uuid4()),
            "activityResult": "SUCCESS",
            "userId": None,
            "data": {},
            **fields,
        }
        self._ninja.activities.append(row)
        self._tell(row)
        return row

    def _add_condition(self, alert: Row, state: str, message: str, now: str) -> None:
        self.add_activity(
            self._ninja.devices[str(alert["deviceId"])],
            activityTime=now,
            severity="MAJOR",
            priority="HIGH",
            seriesUid=alert["uid"],
            activityType="CONDITION",
            statusCode=state,
            status=state.capitalize(),
            sourceConfigUid=alert["sourceConfigUid"],
            sourceName=alert["sourceName"],
            subject=alert["subject"],
            message=message,
            type="Condition",
            data={"message": {"code": SOURCES[alert["sourceType"]][0], "params": {}}},
        )
