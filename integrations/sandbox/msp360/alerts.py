"""Alerts of the RMM: what there is at first, and how one begins and ends.

MSP360 RMM API: the help page "RMM Alerting" tells the kinds of alerts; how their types are spelled is not
documented, and neither is whether one that is over stays in the summary. Nothing here locks.
"""

from __future__ import annotations

import random

from integrations.sandbox.moments import later
from integrations.sandbox.world import ConsoleWorld, Row

USUAL_KIND = "disk"
# What one asks for: (type, state, title, message).
KINDS = {
    USUAL_KIND: ("DiskSpace", "Problem", "Disk C: almost full", "Used space is 94 %"),
    "cpu": ("CPU", "Warning", "CPU above 90 %", "The load was above 90 % for 5 minutes"),
    "memory": ("Memory", "Warning", "Memory above 90 %", "15.1 of 16 GB were used for 5 minutes"),
    "update": ("WindowsUpdate", "Problem", "Windows Update", "The service was not found or is not running"),
    "antivirus": ("Antivirus", "Problem", "Antivirus", "Real-time protection is off"),
    "time": ("SystemTime", "Warning", "Wrong system time", "It differs by 00:07:12 <from UTC>"),
    "temperature": ("CpuTemperature", "Problem", "CPU above 90 °C", "It was 94 °C for 5 minutes"),
    "smart": ("S.M.A.R.T.", "Problem", "Disk 0 is about to fail", "Reallocated sectors: 812"),
    "connection": ("ConnectionLoss", "Offline", "Connection lost", "Nothing was heard for 15 minutes"),
    "software": ("SoftwareChanges", "Healthy", "Software was installed", "7-Zip 24.08 & 2 more"),
    "hardware": ("HardwareChanges", "Warning", "Hardware has changed", "A memory module was removed"),
    "service": ("ServiceState", "Problem", "Print Spooler", "The service 'Spooler' has stopped"),
    "snmp": ("SNMP", "Problem", "Drucker Flur 2", "Toner is low"),
    "other": ("LidState", "Unheard-of", "Lid", "The lid was closed"),
}
INITIAL = 8


def add_alerts(console: ConsoleWorld, chance: random.Random, now: str) -> None:
    """Some that are live, and one that was over before anybody looked."""
    kinds = [kind for kind in KINDS if kind != "other"]
    for hid in chance.sample(list(console.hosts), min(INITIAL, len(console.hosts))):
        begun = later(now, minutes=-chance.randrange(30, 4000))
        row = begin(console, hid, chance.choice(kinds), "", begun, number=str(chance.randrange(10**5, 10**6)))
        row["isNewAlert"] = False
    if console.alerts:
        last = next(reversed(console.alerts.values()))
        last.update(endUtcTime=later(last["beginUtcTime"], minutes=20), isLiveAlert=False)


def begin(console: ConsoleWorld, hid: str, kind: str, message: str, now: str, number: str = "") -> Row:
    name, state, title, usual = KINDS[kind]
    alert_id = f"al-{number or _next_number(console)}"
    row: Row = {
        "alertId": alert_id,
        "type": name,
        "state": state,
        "title": title,
        "message": message or usual,
        "data": None,
        "beginUtcTime": now,
        "endUtcTime": None,
        "isLiveAlert": True,
        "isNewAlert": True,
        "postAction": None,
        "_hid": hid,
    }
    console.alerts[alert_id] = row
    return row


def _next_number(console: ConsoleWorld) -> int:
    return max((int(key.removeprefix("al-")) for key in console.alerts), default=10**6) + 1


def end(row: Row, how: str, now: str) -> None:
    """`time`: its end is told; `flag`: only that it is not live; `gone`: it leaves the list."""
    row.update(isLiveAlert=False, isNewAlert=False)
    if how == "time":
        row["endUtcTime"] = now
    if how == "gone":
        row["_gone"] = True


def of_computer(console: ConsoleWorld, hid: str) -> list[Row]:
    return [row for row in console.alerts.values() if row["_hid"] == hid and not row.get("_gone")]
