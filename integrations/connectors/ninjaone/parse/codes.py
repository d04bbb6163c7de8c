"""NinjaOne's codes -> keys of the event catalogue.

The vendor has hundreds of codes and adds more, built of the same words: so words decide, and the code itself
stays beside the key. A code that no word fits is kept under its category's `.other`.
"""

from __future__ import annotations

import re
from typing import Final

Words = tuple[tuple[tuple[str, ...], str], ...]

_THREATS: Final[Words] = (
    (("RANSOMWARE",), "security.ransomware"),
    (("THREAT", "THREATS", "MALWARE", "VIRUS", "INFECTED", "INFECTION", "QUARANTINED"), "security.threat"),
)
_BACKUPS: Final[Words] = (
    (("FAIL", "FAILED", "FAILURE", "ERROR"), "backup.failed"),
    (("WARNING", "WARNINGS"), "backup.warning"),
    (("MISSED", "OVERDUE"), "backup.overdue"),
    (("INTERRUPTED",), "backup.interrupted"),
)
_BACKUP_WORDS: Final = ("BACKUP", "CLOUDBERRY", "SHADOWPROTECT", "IMAGEMANAGER")

# Source types and message codes of conditions, the first that fits decides.
_CONDITIONS: Final[Words] = (
    (("OFFLINE", "DEVICE_DOWN", "NODE_DOWN"), "device.offline"),
    (("FREE_SPACE", "DISK_SPACE", "DISK_USAGE"), "device.disk_space"),
    (("SMART", "SMART_STATUS", "RAID"), "device.disk_health"),
    (("PATCH", "PATCHES", "PATCHING"), "device.patches"),
    (("EVENT_LOG", "CRITICAL_EVENT"), "device.event_log"),
    (("SERVICE", "DAEMON"), "device.service"),
    (("SCRIPT",), "device.script"),
    (("REBOOT",), "device.reboot_pending"),
    (("SOFTWARE",), "device.software_change"),
    (("CPU",), "device.cpu"),
    (("MEMORY",), "device.memory"),
    (("TEMPERATURE",), "device.temperature"),
    *_THREATS,
    (("ANTIVIRUS", "DEFENDER", "BITDEFENDER", "WEBROOT", "SENTINELONE"), "device.antivirus"),
    (("BITLOCKER", "FILEVAULT"), "security.other"),
    (
        (
            "NMS",
            "PING",
            "HTTP",
            "PORT",
            "SYSLOG",
            "SNMPTRAP",
            "DNS",
            "EMAIL",
            "NETWORK",
            "CONFIGURATION_FILE",
        ),
        "device.network",
    ),
)
# Status codes of activities that are news by themselves.
_NEWS: Final[Words] = (
    (("CLIENT_CREATED", "ORGANIZATION_CREATED"), "company.created"),
    (("CLIENT_UPDATED", "ORGANIZATION_UPDATED"), "company.modified"),
    (("CLIENT_DELETED", "ORGANIZATION_DELETED"), "company.deleted"),
    (("CLIENT", "ORGANIZATION", "LOCATION"), "company.other"),
    (("NODE_CREATED",), "asset.discovered"),
    (("NODE_UPDATED",), "asset.modified"),
    (("NODE_DELETED",), "asset.removed"),
    (("NODE",), "asset.other"),
    (("POLICY", "APP_USER", "END_USER", "CONTACT"), "system.console_changed"),
    (("PSA",), "system.other"),
    (("CPU", "MEMORY", "DISK_DRIVE", "ADAPTER"), "device.hardware_change"),
    (("PORT_CLOSED",), "port.closed"),
    (("PORT",), "port.other"),
    (("SOFTWARE_ADDED", "SOFTWARE_REMOVED", "SOFTWARE_UPDATED"), "device.software_change"),
    (("BITLOCKER", "FILEVAULT"), "security.other"),
)
_TYPES: Final = {
    "ANTIVIRUS": "device.antivirus",
    "PATCH_MANAGEMENT": "device.patches",
    "SOFTWARE_PATCH_MANAGEMENT": "device.patches",
    "ACTION": "device.script",
    "ACTIONSET": "device.script",
    "CONDITION_ACTION": "device.script",
    "CONDITION_ACTIONSET": "device.script",
    "SCHEDULED_TASK": "device.script",
    "SCRIPTING": "device.script",
    "SECURITY": "security.other",
    "PSA": "system.other",
}
_DEVICE_TYPES: Final = frozenset(
    {"CONDITION", "MONITOR", "HELP_REQUEST", "VIRTUALIZATION", "MDM", "SYSTEM", *_TYPES}
)
_OF_PEOPLE: Final = frozenset({"TEAMVIEWER", "SPLASHTOP", "RDP", "REMOTE_TOOLS", "NINJA_REMOTE", "COMMENT"})
"""What technicians do in the console: never an alert."""
_FAILED_RESULTS: Final = frozenset({"FAILURE", "UNCOMPLETED", "UNSUPPORTED"})
_FAILED: Final = ("FAIL", "FAILED", "FAILURE", "ERROR", "BLOCKED", "MISSED", "OVERDUE")
_PROGRESS: Final = (
    "REQUESTED",
    "STARTED",
    "IN_PROCESS",
    "IN_PROGRESS",
    "COMPLETED",
    "SUCCEEDED",
    "SUCCESS",
    "CANCELLED",
    "CANCELED",
    "SCHEDULED",
    "APPROVED",
    "INSTALLED",
    "USER_LOGGED_IN",
    "USER_LOGGED_OUT",
)
"""How codes end that tell of work going on or done."""
_QUIET: Final = frozenset({"ACKNOWLEDGED", "DISABLED"})
"""What people do to conditions; whether the alert goes on, the list of alerts tells."""

OTHER_CONDITION: Final = "device.other"


def tidy(code: str | None) -> str:
    """A code in capitals with single underscores between its words."""
    return re.sub(r"[^A-Z0-9]+", "_", (code or "").upper()).strip("_")


def condition_type(*codes: str | None) -> str:
    """The catalogue key of a condition, from whichever of its codes says something."""
    for code in map(tidy, codes):
        if _has(code, _BACKUP_WORDS):
            return _first(code, _BACKUPS) or "backup.other"
        found = _first(code, _CONDITIONS)
        if found is not None:
            return found
    return OTHER_CONDITION


def activity_type(kind: str | None, code: str | None, result: str | None) -> str | None:
    """The catalogue key of an activity that is no condition; None where it tells no problem and no news."""
    kind, code = tidy(kind), tidy(code)
    failed = tidy(result) in _FAILED_RESULTS or _has(code, _FAILED)
    if kind in _OF_PEOPLE or code in _QUIET:
        return None
    news = _first(code, (*_THREATS, *_NEWS)) if kind not in _TYPES or kind == "ANTIVIRUS" else None
    if news is not None:
        return news
    if not failed and any(code == word or code.endswith(f"_{word}") for word in _PROGRESS):
        return None
    if _has(f"{kind}_{code}", _BACKUP_WORDS):
        return _first(code, _BACKUPS) or ("backup.failed" if failed else "backup.other")
    return _kept(kind, failed)


def _kept(kind: str, failed: bool) -> str:
    """Of a job only its failure is one; its other codes are not known, like those of a type without key."""
    if kind in _TYPES and (failed or _TYPES[kind] != "device.script"):
        return _TYPES[kind]
    return "device.other" if kind in _DEVICE_TYPES else "other.event"


def _first(code: str, table: Words) -> str | None:
    return next((key for words, key in table if _has(code, words)), None)


def _has(code: str, words: tuple[str, ...]) -> bool:
    return any(f"_{word}_" in f"_{code}_" for word in words)
