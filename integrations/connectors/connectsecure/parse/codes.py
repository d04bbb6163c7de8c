"""ConnectSecure's event names, Windows event numbers and Entra ID activities -> keys of the event catalogue.

The list of event names is not published. Those that are known are the names in the catalogue; of others words
decide, and what no word fits becomes `<category>.other`. The name itself stays beside the key.
"""

from __future__ import annotations

import re
from typing import Final

from integrations.catalogue import EVENT_TYPES
from integrations.choices import EventState, Severity
from integrations.connectors import values

Words = tuple[tuple[tuple[str, ...], str], ...]

_VENDOR_PREFIXES: Final = ("agent", "company", "asset", "port", "remediation", "vuln", "azure")
_BY_NAME: Final = {
    values.squash(info.name): key
    for key, info in EVENT_TYPES.items()
    if key.partition(".")[0] in _VENDOR_PREFIXES and not key.endswith(".other")
}
# All words of a row have to occur in the name; the first row that fits decides.
_BY_WORDS: Final[Words] = (
    (("job", "failed"), "agent.job_failed"),
    (("certificate", "expir"), "vuln.certificate_expiring"),
    (("probe", "down"), "agent.probe_down"),
    (("server", "down"), "agent.server_down"),
    (("agent", "offline"), "agent.offline"),
    (("agent", "down"), "agent.offline"),
    (("agent", "online"), "agent.online"),
    (("agent", "back"), "agent.online"),
    (("probe", "back"), "agent.online"),
    (("agent", "deprecated"), "agent.deprecated"),
    (("agent", "deleted"), "agent.deleted"),
    (("agent", "installed"), "agent.installed"),
    (("agent",), "agent.other"),
    (("port", "open", "external"), "port.opened_external"),
    (("port", "open"), "port.opened_probe"),
    (("port", "closed"), "port.closed"),
    (("port", "insecure"), "port.insecure"),
    (("port",), "port.other"),
    (("discovery", "settings"), "company.discovery_settings_changed"),
    (("credential", "expir"), "azure.credential_expiring"),
    (("secret", "expir"), "azure.credential_expiring"),
    (("credential",), "company.credentials_changed"),
    (("company", "created"), "company.created"),
    (("company", "deleted"), "company.deleted"),
    (("company",), "company.other"),
    (("asset", "deprecated"), "asset.deprecated"),
    (("asset", "deleted"), "asset.removed"),
    (("asset", "offline"), "asset.offline"),
    (("asset", "new"), "asset.discovered"),
    (("asset", "added"), "asset.discovered"),
    (("asset",), "asset.other"),
    (("end of life",), "vuln.end_of_life"),
)
# Beginnings of category names, for events whose own name says nothing.
_BY_CATEGORY: Final = (
    ("job", "agent.job_failed"),
    ("certificate", "vuln.certificate_expiring"),
    ("entra id error", "azure.error"),
    ("azure", "azure.error"),
    ("vulnerability", "vuln.other"),
    ("problem", "vuln.other"),
    ("agent", "agent.other"),
    ("company", "company.other"),
    ("asset", "asset.other"),
    ("port", "port.other"),
    ("system change", "system.other"),
)
_TOLD_BY_LISTS: Final = frozenset(
    {"vuln.cisa", "vuln.critical", "vuln.high", "vuln.medium", "vuln.low", "vuln.epss"}
)
_CATEGORIES_OF_LISTS: Final = ("solution", "remediation", "ad audit", "entra id audit")

_WINDOWS: Final = {
    1102: "ad.audit_log_cleared",
    4625: "ad.logon_failed",
    4672: "ad.special_logon",
    4720: "ad.user_created",
    4722: "ad.user_enabled",
    4723: "ad.user_password_change_attempt",
    4724: "ad.user_password_reset",
    4725: "ad.user_disabled",
    4726: "ad.user_deleted",
    4727: "ad.group_created",
    4728: "ad.group_member_added",
    4729: "ad.group_member_removed",
    4730: "ad.group_deleted",
    4731: "ad.group_created",
    4732: "ad.group_member_added",
    4733: "ad.group_member_removed",
    4734: "ad.group_deleted",
    4735: "ad.group_changed",
    4737: "ad.group_changed",
    4738: "ad.user_changed",
    4740: "ad.user_locked",
    4741: "ad.computer_created",
    4742: "ad.computer_changed",
    4743: "ad.computer_deleted",
    4754: "ad.group_created",
    4755: "ad.group_changed",
    4756: "ad.group_member_added",
    4757: "ad.group_member_removed",
    4758: "ad.group_deleted",
    4767: "ad.user_unlocked",
    4781: "ad.user_renamed",
    5136: "ad.object_modified",
    5137: "ad.ou_created",
    5139: "ad.ou_moved",
    5141: "ad.ou_deleted",
}
_OF_UNITS_ONLY: Final = frozenset({"ad.ou_created", "ad.ou_deleted"})
"""Windows tells of other objects under the same numbers."""
_UNIT: Final = "organizationalunit"
_ENTRA: Final[Words] = (
    (("member", "role"), "entra.role_assigned"),
    (("assign", "role"), "entra.role_assigned"),
    (("member", "group"), "entra.group_member_added"),
    (("policy",), "entra.policy_changed"),
    (("password",), "entra.password_reset"),
    (("add", "application"), "entra.application_added"),
    (("add", "service principal"), "entra.application_added"),
    (("add", "user"), "entra.user_added"),
    (("invite", "user"), "entra.user_added"),
    (("delete", "user"), "entra.user_deleted"),
    (("update", "user"), "entra.user_updated"),
)
_ENTRA_ADDING: Final = frozenset({"entra.role_assigned", "entra.group_member_added"})

_SEVERITIES: Final = {
    "critical": Severity.CRITICAL.value,
    "cisakev": Severity.CRITICAL.value,
    "cisa": Severity.CRITICAL.value,
    "high": Severity.HIGH.value,
    "important": Severity.HIGH.value,
    "error": Severity.HIGH.value,
    "medium": Severity.MEDIUM.value,
    "moderate": Severity.MEDIUM.value,
    "warning": Severity.MEDIUM.value,
    "low": Severity.LOW.value,
    "info": Severity.INFO.value,
    "information": Severity.INFO.value,
    "informational": Severity.INFO.value,
    "none": Severity.INFO.value,
}
_OVER: Final = frozenset(
    {"closed", "close", "resolved", "resolve", "cleared", "fixed", "completed", "inactive", "false", "up"}
)

AGENT_DOWN: Final = frozenset({"agent.probe_down", "agent.server_down", "agent.offline", "agent.online"})
PORT: Final = frozenset({"port.opened_probe", "port.opened_external", "port.closed"})
RECOVERIES: Final = frozenset({"agent.online", "port.closed"})
"""Events that end another one."""


def event_type(name: str | None, category: str | None) -> str | None:
    """The catalogue key of a system event; None for what the lists of solutions, problems and audits tell."""
    told, kind = (name or "").casefold(), (category or "").casefold().strip()
    if kind.startswith(_CATEGORIES_OF_LISTS):
        return None
    found = _BY_NAME.get(values.squash(name)) or _first(told, _BY_WORDS)
    if found is None:
        found = next((key for begin, key in _BY_CATEGORY if kind.startswith(begin)), "other.event")
    return None if found in _TOLD_BY_LISTS or found.startswith("remediation.") else found


def windows_type(number: int | None, object_class: str | None) -> str:
    """The catalogue key of an entry of a domain controller's security log."""
    found = _WINDOWS.get(number or 0, "ad.other")
    is_other = object_class is not None and values.squash(object_class) != _UNIT
    return "ad.other" if found in _OF_UNITS_ONLY and is_other else found


def entra_type(activity: str | None) -> str:
    """The catalogue key of an Entra ID activity, by the words of its name (`Add member to role`)."""
    told = (activity or "").casefold()
    found = _first(told, _ENTRA) or "entra.other"
    return "entra.other" if found in _ENTRA_ADDING and "remove" in told else found


def severity(word: str | None) -> str | None:
    """The vendor's word for a severity or a log's level; None for one that nobody knows."""
    return _SEVERITIES.get(values.squash(word))


def state(word: str | None, key: str) -> str:
    """Whether an event goes on. The values of `status` are not published: what sounds not ended is open."""
    is_over = values.squash(word) in _OVER or key in RECOVERIES
    return (EventState.RESOLVED if is_over else EventState.OPEN).value


def _first(told: str, table: Words) -> str | None:
    return next((key for words, key in table if all(_has(told, word) for word in words)), None)


def _has(told: str, word: str) -> bool:
    """Words count from their beginning: `expir` is in `expires`, but `port` is not in `report`."""
    return re.search(rf"\b{re.escape(word)}", told) is not None
