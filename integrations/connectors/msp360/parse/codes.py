"""MSP360's codes -> what the rest of the bridge calls them: states and kinds of plans, kinds of RMM alerts.

States and kinds of plans come as number or as name. What values the type and the state of an RMM alert have
is not documented, so words decide; the type itself stays beside the key.
"""

from __future__ import annotations

import re
from typing import Any, Final

from integrations.choices import Severity
from integrations.connectors import values

# ---- plans ----------------------------------------------------------------------------------

SUCCESS, OVERDUE, ERROR, RUNNING, UNKNOWN, INTERRUPTED, CLOSED, WARNING = range(8)
_STATUS_NAMES: Final = (
    "success",
    "overdue",
    "error",
    "running",
    "unknown",
    "interrupted",
    "unexpectedlyclosed",
    "warning",
)
# status: (event type, severity, words of the title); running and unknown say nothing about the plan.
PLAN_MEANING: Final[dict[int, tuple[str, str, str]]] = {
    SUCCESS: ("backup.succeeded", Severity.INFO.value, "succeeded"),
    OVERDUE: ("backup.overdue", Severity.HIGH.value, "overdue"),
    ERROR: ("backup.failed", Severity.CRITICAL.value, "failed"),
    INTERRUPTED: ("backup.interrupted", Severity.MEDIUM.value, "interrupted"),
    CLOSED: ("backup.closed_unexpectedly", Severity.CRITICAL.value, "closed unexpectedly"),
    WARNING: ("backup.warning", Severity.MEDIUM.value, "finished with warnings"),
}
# Plan types in the order of the vendor's numbers: (the vendor's name squashed, ours).
_PLAN_TYPES: Final = (
    ("na", "Backup"),
    ("backup", "Backup"),
    ("restore", "Restore"),
    ("backupfiles", "File backup"),
    ("restorefiles", "File restore"),
    ("vmbackup", "VM backup"),
    ("vmrestore", "VM restore"),
    ("sqlbackup", "SQL backup"),
    ("sqlresore", "SQL restore"),
    ("exchangebackup", "Exchange backup"),
    ("exchangerestore", "Exchange restore"),
    ("bmssbackup", "System backup"),
    ("bmssrestore", "System restore"),
    ("consistencycheck", "Consistency check"),
    ("ec2backup", "EC2 backup"),
    ("ec2restore", "EC2 restore"),
    ("hypervbackup", "Hyper-V backup"),
    ("hypervrestore", "Hyper-V restore"),
)
_PLAN_TYPE_OF_NAME: Final = {**dict(_PLAN_TYPES), "sqlrestore": "SQL restore"}


def plan_status(value: Any) -> int | None:
    """The vendor's number of a plan's status; None for one that is not known."""
    return _enumerated(value, _STATUS_NAMES)


def status_name(status: int) -> str:
    return _STATUS_NAMES[status]


def plan_kind(value: Any) -> str:
    """What a plan does, in words."""
    position = values.number(value)
    if position is None:
        return _PLAN_TYPE_OF_NAME.get(values.squash(value), "Backup")
    return _PLAN_TYPES[position][1] if 0 <= position < len(_PLAN_TYPES) else "Backup"


def _enumerated(value: Any, names: tuple[str, ...]) -> int | None:
    position = values.number(value)
    if position is None:
        bare = values.squash(value)
        return names.index(bare) if bare in names else None
    return position if 0 <= position < len(names) else None


# ---- RMM alerts -----------------------------------------------------------------------------

OTHER: Final = "device.other"

# Parts of words and whole words, the first line that fits decides: a CPU's temperature is no load, the
# service of Windows Update is none like others.
_ALERTS: Final[tuple[tuple[tuple[str, ...], tuple[str, ...], str], ...]] = (
    (("antivirus", "virus", "malware", "defender"), ("av",), "device.antivirus"),
    (("temperature", "overheat"), (), "device.temperature"),
    (("smart",), (), "device.disk_health"),
    (("snmp",), (), "device.network"),
    (("update", "patch"), (), "device.patches"),
    (("hardware",), (), "device.hardware_change"),
    (("software",), (), "device.software_change"),
    (("memory",), ("ram",), "device.memory"),
    (("processor",), ("cpu",), "device.cpu"),
    (("diskspace", "diskusage", "harddisk"), ("disk", "disks", "hdd", "drive"), "device.disk_space"),
    (("connection", "connectivity", "offline"), (), "device.offline"),
    (("systemtime", "timesync"), ("time", "clock"), "device.time"),
    (("eventlog",), (), "device.event_log"),
    (("service",), (), "device.service"),
)
_SEVERITIES: Final = {
    "problem": Severity.CRITICAL.value,
    "offline": Severity.HIGH.value,
    "warning": Severity.MEDIUM.value,
    "healthy": Severity.INFO.value,
}
_BREAK: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9.]+")


def alert_event_type(kind: str | None, title: str | None) -> str:
    """The catalogue key of an alert: words of its type decide, where none fits those of its title."""
    return _by_words(kind) or _by_words(title) or OTHER


def alert_severity(state: Any) -> str:
    return _SEVERITIES.get(values.squash(state), Severity.MEDIUM.value)


def _by_words(text: str | None) -> str | None:
    bare = values.squash(text)
    words = {values.squash(word) for word in _BREAK.split(text or "")}
    return next(
        (
            key
            for parts, whole, key in _ALERTS
            if any(part in bare for part in parts) or words.intersection(whole)
        ),
        None,
    )
