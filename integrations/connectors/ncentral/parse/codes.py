"""N-central's codes: states, services and device classes -> what the rest of the bridge calls them.

Services are named by staff and by templates, so words decide; the name itself stays beside the key.
"""

from __future__ import annotations

import re
from typing import Final

from integrations.choices import Severity

Words = tuple[tuple[tuple[str, ...], str], ...]

OTHER: Final = "device.other"

# ---- states ---------------------------------------------------------------------------------

FAILED: Final = "failed"
WARNING: Final = "warning"

_STATES: Final = {
    "1": "normal",
    "2": "normal",
    "3": WARNING,
    "4": WARNING,
    "5": "critical",
    "6": FAILED,
    "7": "disconnected",
    "8": "disabled",
}
"""What the numbers mean is told by users of the API, not by the vendor."""
_NAMES: Final = {
    "ok": "normal",
    "no data": "misconfigured",
    "stale": "misconfigured",
    **{
        name: name
        for name in ("normal", WARNING, "critical", FAILED, "disconnected", "misconfigured", "disabled")
    },
}
_SEVERITIES: Final = {
    "normal": Severity.INFO.value,
    WARNING: Severity.MEDIUM.value,
    "critical": Severity.CRITICAL.value,
    FAILED: Severity.CRITICAL.value,
    "disconnected": Severity.HIGH.value,
    "misconfigured": Severity.LOW.value,
    "disabled": Severity.LOW.value,
}
_ENTRY: Final = re.compile(r"\s*(?P<code>[\w ]+?)\s*[=:]\s*(?P<severity>\w+)\s*")


def state(code: str | None) -> str:
    """A word for the state, from its number or its name; "" for one that is not known."""
    tidy = " ".join((code or "").casefold().replace("_", " ").split())
    return _STATES.get(tidy) or _NAMES.get(tidy, "")


def severity(code: str | None, chosen: dict[str, str]) -> str:
    """What staff have chosen for this code, else what its state stands for; medium where nobody knows."""
    return chosen.get((code or "").casefold()) or _SEVERITIES.get(state(code), Severity.MEDIUM.value)


def chosen_severities(entered: str) -> tuple[dict[str, str], list[str]]:
    """`5=high, 8=info` as a table, and the entries that make no sense."""
    table: dict[str, str] = {}
    wrong: list[str] = []
    for entry in filter(None, (part.strip() for part in re.split(r"[,;\n]", entered))):
        parts = _ENTRY.fullmatch(entry)
        if parts is None or parts["severity"].casefold() not in Severity.values:
            wrong.append(entry)
        else:
            table[parts["code"].casefold()] = parts["severity"].casefold()
    return table, wrong


# ---- services -------------------------------------------------------------------------------

# The first that fits decides.
_SERVICES: Final[Words] = (
    (("CONNECTIVITY", "AGENT_STATUS", "PROBE_STATUS"), "device.offline"),
    (("RANSOMWARE",), "security.ransomware"),
    (("THREAT", "THREATS", "MALWARE", "VIRUS"), "security.threat"),
    (("AV", "ANTIVIRUS", "ANTI_VIRUS", "DEFENDER", "SECURITY_MANAGER", "EDR"), "device.antivirus"),
    (("PATCH", "PATCHES", "WINDOWS_UPDATE", "WSUS"), "device.patches"),
    (("EVENT_LOG", "EVENTLOG"), "device.event_log"),
    (("DISK_I_O", "DISK_IO", "DISK_QUEUE"), OTHER),
    (("DRIVE", "DRIVES", "SMART", "S_M_A_R_T", "RAID", "ARRAY", "DISK_HEALTH"), "device.disk_health"),
    (("DISK", "DISKS", "FREE_SPACE", "FILE_SYSTEM", "DATASTORE"), "device.disk_space"),
    (("CPU", "PROCESSOR"), "device.cpu"),
    (("MEMORY",), "device.memory"),
    (("TEMPERATURE",), "device.temperature"),
    (("REBOOT",), "device.reboot_pending"),
    (("NTP", "SYSTEM_TIME", "TIME_SYNC", "CLOCK"), "device.time"),
    (("SOFTWARE", "SOFTWARE_CHANGE"), "device.software_change"),
    (("CUSTOM", "SCRIPT", "AUTOMATION", "AMP"), "device.script"),
    (("SERVICE", "SERVICES", "PROCESS"), "device.service"),
    (("SNMP", "INTERFACE", "TRAFFIC", "BANDWIDTH", "NETPATH", "PORT", "SYSLOG"), "device.network"),
    (("DNS", "HTTP", "HTTPS", "SMTP", "SWITCH", "ROUTER", "FIREWALL", "WIRELESS"), "device.network"),
)
_BACKUP: Final = ("BACKUP", "BACKUPS")


def event_type(service: str | None, kind: str | None, state_word: str) -> str:
    """The catalogue key of an issue, from the name of its service, else from the type of that."""
    for code in map(_tidy, (service, kind)):
        if _has(code, _BACKUP):
            return _of_backup(state_word)
        found = next((key for words, key in _SERVICES if _has(code, words)), None)
        if found is not None:
            return found
    return OTHER


def _of_backup(state_word: str) -> str:
    if state_word == WARNING:
        return "backup.warning"
    return "backup.failed" if state_word in (FAILED, "critical") else "backup.other"


def _tidy(code: str | None) -> str:
    return re.sub(r"[^A-Z0-9]+", "_", (code or "").upper()).strip("_")


def _has(code: str, words: tuple[str, ...]) -> bool:
    return any(f"_{word}_" in f"_{code}_" for word in words)


# ---- device classes -------------------------------------------------------------------------

# Beginnings of words in a label; it usually goes on with the system: `Servers - Windows`.
_LABELS: Final = (
    ("VIRTUAL", "vm"),
    ("SERVER", "server"),
    ("HYPERVISOR", "server"),
    ("ESX", "server"),
    ("LAPTOP", "laptop"),
    ("NOTEBOOK", "laptop"),
    ("WORKSTATION", "workstation"),
    ("DESKTOP", "workstation"),
    ("PRINT", "printer"),
    ("SCANNER", "printer"),
    ("MOBILE", "mobile"),
    ("NETWORK", "network"),
    ("SWITCH", "network"),
    ("ROUTER", "network"),
    ("FIREWALL", "network"),
    ("WIRELESS", "network"),
    ("ACCESS_POINT", "network"),
)
_CODES: Final = {
    "101": "server",
    "102": "workstation",
    "103": "laptop",
    "104": "network",
    "105": "printer",
    "106": "mobile",
    "107": "vm",
    "108": "other",
    "109": "other",
}
"""Only where there is no label: that the numbers stand for the classes in this order is likely, no more."""


def device_class(label: str | None, code: str | None) -> str | None:
    """None where the console says nothing; a class that nobody knows is `other`."""
    if label is None and code in _CODES:
        return _CODES[code]
    name = f"_{_tidy(label or code)}"
    if name == "_":
        return None
    return next((found for word, found in _LABELS if f"_{word}" in name), "other")
