"""What happens to Datto RMM's devices: alerts that begin and end, devices that are removed."""

from __future__ import annotations

import copy
import json
import threading
import uuid
from typing import Any

from integrations.sandbox.clock import Clock
from integrations.sandbox.datto_rmm.constants import PLATFORM
from integrations.sandbox.datto_rmm.world import DattoWorld
from integrations.sandbox.life import NothingFound
from integrations.sandbox.posting import post
from integrations.sandbox.switches import Switches
from integrations.sandbox.world import Row

USUAL = "disk"
SECONDS = 10
SECRET_HEADER = "X-HaloBridge-Secret"
# Contexts by a short name, and the priority that their monitors have.
CONTEXTS: dict[str, tuple[str, Row]] = {
    USUAL: (
        "High",
        {
            "@class": "perf_disk_usage_ctx",
            "diskName": "C:",
            "totalVolume": 256000.0,
            "freeSpace": 15360.0,
            "unitOfMeasure": "PERCENT",
            "diskNameDesignation": "SINGLE_VOLUME",
        },
    ),
    "offline": ("Critical", {"@class": "online_offline_status_ctx", "status": "OFFLINE"}),
    "cpu": ("Moderate", {"@class": "perf_resource_usage_ctx", "percentage": 97.2, "type": "CPU"}),
    "service": ("High", {"@class": "status_ctx", "processName": "Spooler", "status": "STOPPED"}),
    "eventlog": (
        "Low",
        {
            "@class": "eventlog_ctx",
            "logName": "System",
            "code": "7031",
            "type": "ERROR",
            "source": "Service Control Manager",
            "description": "The service ended unexpectedly.",
            "triggerCount": 1,
            "causedSuspension": False,
        },
    ),
    "antivirus": ("High", {"@class": "antivirus_ctx", "status": "NOTRUNNING", "productName": "Example AV"}),
    "component": ("Moderate", {"@class": "comp_script_ctx", "samples": {"Result": "Certificate expires"}}),
    "unheard-of": ("Unknown", {"@class": "quantum_entanglement_ctx", "description": "Nobody knows."}),
}


def make_alert(
    datto: DattoWorld, device: Row, kind: str, now: str, uid: str, diagnostics: str | None = None
) -> Row:
    """An alert of the device that is on from `now`. Raises NothingFound for an unknown kind."""
    if kind not in CONTEXTS:
        raise NothingFound(f"There is no alert {kind!r}; there are: {', '.join(CONTEXTS)}.")
    priority, context = CONTEXTS[kind]
    site = datto.site_of(device)
    alert: Row = {
        "alertUid": uid,
        "priority": priority,
        "diagnostics": diagnostics,
        "resolved": False,
        "resolvedBy": None,
        "resolvedOn": None,
        "muted": False,
        "ticketNumber": None,
        "timestamp": now,
        "alertMonitorInfo": {"sendsEmails": False, "createsTicket": False},
        "alertContext": copy.deepcopy(context),
        "alertSourceInfo": {
            "deviceUid": device["uid"],
            "deviceName": device["hostname"] or device["description"],
            "siteUid": site["uid"],
            "siteName": site["name"],
        },
        "responseActions": [],
        "autoresolveMins": 60,
    }
    datto.alerts[uid] = alert
    return alert


def resolve(alert: Row, now: str, by: str) -> None:
    alert.update(resolved=True, resolvedOn=now, resolvedBy=by)


class Happenings:
    """Tells the Global Webhook of what begins and ends."""

    def __init__(self, datto: DattoWorld, switches: Switches, clock: Clock) -> None:
        self._datto = datto
        self._switches = switches
        self._clock = clock

    def find_device(self, name: str) -> Row:
        """By host name (case ignored), uid or number. Raises NothingFound."""
        wanted = name.strip().casefold()
        for row in self._datto.devices.values():
            if wanted in {(row["hostname"] or "").strip().casefold(), row["uid"], str(row["id"])}:
                return row
        raise NothingFound(f"Datto RMM has no device {name!r}.")

    def raise_alert(self, device: Row, kind: str = "", diagnostics: str = "") -> Row:
        now, uid = self._clock.stamp(), str(uuid.uuid4())
        alert = make_alert(self._datto, device, kind or USUAL, now, uid, diagnostics or None)
        self._tell(alert)
        return alert

    def resolve_alert(self, uid: str, by: str = "auto-resolved") -> Row:
        """Raises NothingFound for an alert that is not on."""
        alert = self._datto.alerts.get(uid)
        if alert is None or alert["resolved"]:
            raise NothingFound(f"Datto RMM has no alert {uid!r} that is on.")
        resolve(alert, self._clock.stamp(), by)
        self._tell(alert)
        return alert

    def forget_alert(self, uid: str) -> None:
        """It is in no list any more, as if it had never been."""
        del self._datto.alerts[uid]

    def remove_device(self, device: Row) -> None:
        """Its alerts go with it, without a word."""
        for alert in self._datto.alerts_of(device):
            self.forget_alert(alert["alertUid"])
        self._datto.audits.pop(device["uid"], None)
        del self._datto.devices[device["uid"]]

    def _tell(self, alert: Row) -> None:
        """Post the body that an administrator wrote, variables filled in; once, without a signature."""
        url, secret = self._switches.datto_webhook_url, self._switches.datto_webhook_secret
        if not url:
            return
        body = self._switches.datto_webhook_body
        for name, value in self._variables(alert).items():
            body = body.replace(f"[{name}]", json.dumps(str(value))[1:-1])
        headers = {"Content-Type": "application/json", **({SECRET_HEADER: secret} if secret else {})}
        sent = (url, body.encode(), headers, SECONDS)
        threading.Thread(target=post, args=sent, daemon=True, name="sandbox-datto").start()

    def _variables(self, alert: Row) -> dict[str, Any]:
        return {
            "platform": PLATFORM,
            "alert_uid": alert["alertUid"],
            "alert_message": f"{alert['alertContext']['@class']} on {alert['alertSourceInfo']['deviceName']}",
        }
