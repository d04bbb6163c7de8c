"""Services that the simulated N-central watches, and how one of them gets an issue and loses it.

Nothing here locks: whoever calls does.
"""

from __future__ import annotations

from integrations.sandbox.ncentral.world import NCentralWorld
from integrations.sandbox.world import Row

# kind: (service id, name, type, what it watches, notificationState, its name in the status of services)
SERVICES: dict[str, tuple[int, str, str, str, int, str]] = {
    "agent": (1001, "Agent Status", "Agent", "", 7, "Disconnected"),
    "connectivity": (1002, "Connectivity", "Network", "", 6, "Failed"),
    "disk": (1003, "Disk", "Windows", "C:", 5, "Failed"),
    "cpu": (1004, "CPU", "Windows", "", 4, "Warning"),
    "memory": (1005, "Memory", "Windows", "", 3, "Warning"),
    "drive": (1006, "Physical Drive (Dell)", "Windows", "0:1:3", 6, "Failed"),
    "av": (1007, "AV Status", "Windows", "", 6, "Failed"),
    "patch": (1008, "Patch Status v2", "Windows", "", 4, "Warning"),
    "service": (1009, "Windows Service", "Windows", "Spooler", 6, "Failed"),
    "eventlog": (1010, "Windows Event Log", "Windows", "System", 6, "Failed"),
    "backup": (1011, "Backup Manager", "Backup", "Files", 6, "Failed"),
    "custom": (1012, "Licence check", "Custom", "", 9, "Misconfigured"),
}
FIRST_TASK = 551_000
_PLACES = list(SERVICES)


def task_of(device: Row, kind: str) -> tuple[int, int]:
    """(task, item of the task) that watches this service on this device; always the same."""
    return FIRST_TASK + int(device["_place"]) * 100 + _PLACES.index(kind), 1


def begin(world: NCentralWorld, device: Row, kind: str, now: str, state: int = 0) -> Row:
    """An issue, or a new state of the one that there is: that makes it begin anew."""
    task, item = task_of(device, kind)
    wanted = state or SERVICES[kind][4]
    key = f"{device['deviceId']}/{task}/{item}"
    known = world.issues.get(key)
    if known is None or known["state"] != wanted:
        world.issues[key] = {
            "key": key,
            "device": device["deviceId"],
            "kind": kind,
            "task": task,
            "item": item,
            "state": wanted,
            "since": now,
            "monitored": True,
        }
    return world.issues[key]


def end(world: NCentralWorld, issue: Row) -> None:
    """The service is normal again: there is no issue any more, and no trace of it."""
    del world.issues[issue["key"]]


def of_device(world: NCentralWorld, device: Row) -> list[Row]:
    return [row for row in world.issues.values() if row["device"] == device["deviceId"]]


def remove_device(world: NCentralWorld, device: Row) -> None:
    """Its asset data and issues go with it."""
    key = str(device["deviceId"])
    for issue in of_device(world, device):
        end(world, issue)
    world.assets.pop(key, None)
    del world.devices[key]
