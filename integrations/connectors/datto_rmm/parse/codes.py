"""The classes of Datto RMM's alerts (`@class` of their context) -> keys of the event catalogue.

The vendor has more classes than it documents, built of the same words: known ones are in the table, else
words decide. The class stays beside the key; one that no word fits is `device.other`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from integrations.connectors import values

OTHER: Final = "device.other"
RESOURCE: Final = "resource_usage_ctx"
ONLINE_OR_OFFLINE: Final = "online_offline_status_ctx"

_CLASSES: Final = {
    "perf_disk_usage_ctx": "device.disk_space",
    "disk_usage_ctx": "device.disk_space",
    "eventlog_ctx": "device.event_log",
    "antivirus_ctx": "device.antivirus",
    "seccenter_ctx": "device.antivirus",
    "patch_ctx": "device.patches",
    "comp_script_ctx": "device.script",
    "status_ctx": "device.service",
    "process_status_ctx": "device.service",
    "srvc_status_ctx": "device.service",
    "action_ctx": "device.software_change",
    "ping_ctx": "device.network",
    "snmp_probe_ctx": "device.network",
    "custom_snmp_ctx": "device.network",
    "network_monitor_ctx": "device.network",
    "printer_ctx": "device.network",
    "backup_management_ctx": "backup.failed",
    "ransomware_ctx": "security.ransomware",
    "temperature_ctx": "device.temperature",
}
# Words of classes that are not in the table, the first that fits decides.
_WORDS: Final = (
    (("ransomware",), "security.ransomware"),
    (("threat", "malware", "virus"), "security.threat"),
    (("endpoint", "security"), "security.other"),
    (("antivirus", "seccenter"), "device.antivirus"),
    (("health", "smart", "raid"), "device.disk_health"),
    (("disk",), "device.disk_space"),
    (("temperature",), "device.temperature"),
    (("eventlog",), "device.event_log"),
    (("patch",), "device.patches"),
    (("script",), "device.script"),
    (("snmp", "ping", "network", "printer"), "device.network"),
    (("srvc", "service"), "device.service"),
    (("backup",), "backup.other"),
)


def event_type(class_name: str | None, context: Mapping[str, Any]) -> str:
    """The catalogue key of an alert; a class that stands for several things is told by its fields."""
    name = (class_name or "").casefold()
    if name == ONLINE_OR_OFFLINE:
        return "agent.online" if _word(context.get("status")) == "ONLINE" else "device.offline"
    if name.endswith(RESOURCE):
        return _resource(_word(context.get("type")))
    if name == "security_management_ctx":
        found = values.text(context.get("virusName")) or context.get("infectedFiles")
        return "security.threat" if found else "security.other"
    return _CLASSES.get(name) or _by_words(name)


def _resource(kind: str) -> str:
    if "CPU" in kind or "PROCESSOR" in kind:
        return "device.cpu"
    return "device.memory" if "MEM" in kind else OTHER


def _by_words(name: str) -> str:
    parts = set(re.split(r"[^a-z0-9]+", name))
    return next((key for words, key in _WORDS if parts.intersection(words)), OTHER)


def _word(value: Any) -> str:
    return (values.text(value) or "").upper()
