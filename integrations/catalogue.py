"""The event catalogue: one table of everything that an event set can tick.

Keys are stable: they are stored in event sets and events, and programs send them. A connector translates
its vendor's codes to keys in its own `parse`; nothing else knows a vendor's code. The first seven categories
carry the names of the vulnerability scanner's event sets, the rest is what the other consoles tell.
Each category has `<prefix>.other`: a vendor's code that no entry fits is kept as that, with the code beside
it (`EventRecord.vendor_code`), and is never dropped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

EVIDENCED: Final = "evidenced"
LIKELY: Final = "likely"
COMPLETED: Final = "completed"

CERTAINTIES: Final = {
    EVIDENCED: "Named in the vendor's own documentation.",
    LIKELY: "The vendor has the feature; its name as an event was not seen.",
    COMPLETED: "Added here so that the category is complete.",
}


@dataclass(frozen=True, slots=True)
class EventTypeInfo:
    """One entry. `category` is what event sets group by, `certainty` one of `CERTAINTIES`."""

    key: str
    category: str
    name: str
    certainty: str = COMPLETED


_TABLE: Final[dict[str, tuple[tuple[str, str, str], ...]]] = {
    "Agent": (
        ("agent.probe_down", "Probe Went Down", EVIDENCED),
        ("agent.server_down", "Server Agent Went Down", EVIDENCED),
        ("agent.offline", "Agent offline", COMPLETED),
        ("agent.online", "Agent back online", COMPLETED),
        ("agent.installed", "Agent Installed", LIKELY),
        ("agent.modified", "Agent Modified", LIKELY),
        ("agent.deleted", "Agent Deleted", LIKELY),
        ("agent.deprecated", "Agent deprecated", COMPLETED),
        ("agent.job_failed", "Job Failed", EVIDENCED),
        ("agent.other", "Other agent event", COMPLETED),
    ),
    "Company": (
        ("company.created", "New Company Created", EVIDENCED),
        ("company.modified", "Company Modified", LIKELY),
        ("company.deleted", "Company Deleted", LIKELY),
        ("company.discovery_settings_changed", "Discovery settings changed", LIKELY),
        ("company.credentials_changed", "Credentials created or deleted", LIKELY),
        ("company.other", "Other company event", COMPLETED),
    ),
    "Asset": (
        ("asset.discovered", "New Asset Added", EVIDENCED),
        ("asset.modified", "Asset Modified", LIKELY),
        ("asset.removed", "Asset Deleted", LIKELY),
        ("asset.deprecated", "Asset deprecated", COMPLETED),
        ("asset.os_changed", "Operating system changed", COMPLETED),
        ("asset.ip_changed", "IP address changed", COMPLETED),
        ("asset.offline", "Asset offline", COMPLETED),
        ("asset.tag_changed", "Tag added or removed", LIKELY),
        ("asset.other", "Other asset event", COMPLETED),
    ),
    "Ports": (
        ("port.opened_probe", "New Open Port Discovered (Probe Scan)", EVIDENCED),
        ("port.opened_external", "New Open Port Discovered (External Scan)", EVIDENCED),
        ("port.closed", "Port closed", COMPLETED),
        ("port.insecure", "Insecure port found", COMPLETED),
        ("port.other", "Other event about a port", COMPLETED),
    ),
    "Remediation": (
        ("remediation.by_company", "Remediation by Company", EVIDENCED),
        ("remediation.by_asset", "Remediation by Asset", EVIDENCED),
        ("remediation.by_product", "Remediation by Product", EVIDENCED),
        ("remediation.by_asset_and_product", "Remediation By Asset And Product", EVIDENCED),
        ("remediation.other", "Any other remediation", COMPLETED),
    ),
    "Vulnerability & Azure error": (
        ("vuln.cisa", "CISA Vulnerabilities Found", EVIDENCED),
        ("vuln.critical", "Critical Severity Vulnerabilities Found", EVIDENCED),
        ("vuln.high", "High Severity Vulnerabilities Found", COMPLETED),
        ("vuln.medium", "Medium Severity Vulnerabilities Found", COMPLETED),
        ("vuln.low", "Low Severity Vulnerabilities Found", COMPLETED),
        ("vuln.epss", "Vulnerabilities with high EPSS score", COMPLETED),
        ("vuln.end_of_life", "End-of-life OS or software found", COMPLETED),
        ("vuln.certificate_expiring", "Certificate Expire in 30 Days", EVIDENCED),
        ("azure.error", "Azure (Entra ID) synchronisation error", COMPLETED),
        ("azure.credential_expiring", "Entra ID application secret expiring", COMPLETED),
        ("vuln.other", "Other vulnerability event", COMPLETED),
        ("azure.other", "Other Azure (Entra ID) error", COMPLETED),
    ),
    "AD Audit": (
        ("ad.user_created", "AD user added", COMPLETED),
        ("ad.user_enabled", "AD user enabled", COMPLETED),
        ("ad.user_password_change_attempt", "AD user password change attempt", COMPLETED),
        ("ad.user_password_reset", "AD user password reset", COMPLETED),
        ("ad.user_disabled", "AD user disabled", COMPLETED),
        ("ad.user_deleted", "AD user removed", COMPLETED),
        ("ad.user_changed", "AD user modified", COMPLETED),
        ("ad.user_locked", "AD user locked out", COMPLETED),
        ("ad.user_unlocked", "AD user unlocked", COMPLETED),
        ("ad.user_renamed", "AD account renamed", COMPLETED),
        ("ad.computer_created", "AD computer added", COMPLETED),
        ("ad.computer_changed", "AD computer modified", COMPLETED),
        ("ad.computer_deleted", "AD computer removed", COMPLETED),
        ("ad.group_created", "AD group added", COMPLETED),
        ("ad.group_changed", "AD group modified", COMPLETED),
        ("ad.group_deleted", "AD group removed", COMPLETED),
        ("ad.group_member_added", "Member added to AD group", COMPLETED),
        ("ad.group_member_removed", "Member removed from AD group", COMPLETED),
        ("ad.object_modified", "AD object modified (OU, GPO)", COMPLETED),
        ("ad.ou_created", "OU added", COMPLETED),
        ("ad.ou_moved", "OU or object moved", COMPLETED),
        ("ad.ou_deleted", "OU removed", COMPLETED),
        ("ad.logon_failed", "Failed logon", COMPLETED),
        ("ad.special_logon", "Special privileges assigned to logon", COMPLETED),
        ("ad.audit_log_cleared", "Security log cleared", COMPLETED),
        ("ad.other", "Other AD audit event", COMPLETED),
    ),
    "Entra ID Audit": (
        ("entra.user_added", "Entra ID user added", COMPLETED),
        ("entra.user_deleted", "Entra ID user deleted", COMPLETED),
        ("entra.user_updated", "Entra ID user updated", COMPLETED),
        ("entra.password_reset", "Entra ID password reset", COMPLETED),
        ("entra.role_assigned", "Entra ID role assigned", COMPLETED),
        ("entra.group_member_added", "Member added to Entra ID group", COMPLETED),
        ("entra.application_added", "Entra ID application added", COMPLETED),
        ("entra.policy_changed", "Entra ID policy changed", COMPLETED),
        ("entra.other", "Other Entra ID audit event", COMPLETED),
    ),
    "Backup": (
        ("backup.failed", "Backup failed", EVIDENCED),
        ("backup.warning", "Backup finished with warnings", EVIDENCED),
        ("backup.overdue", "Backup overdue", EVIDENCED),
        ("backup.interrupted", "Backup interrupted", EVIDENCED),
        ("backup.closed_unexpectedly", "Backup closed unexpectedly", EVIDENCED),
        ("backup.succeeded", "Backup succeeded", EVIDENCED),
        ("backup.other", "Other backup event", COMPLETED),
    ),
    "Monitoring": (
        ("device.offline", "Device offline", LIKELY),
        ("device.disk_space", "Disk space low", LIKELY),
        ("device.cpu", "Processor load high", LIKELY),
        ("device.memory", "Memory use high", LIKELY),
        ("device.disk_health", "Disk health (S.M.A.R.T., RAID)", LIKELY),
        ("device.antivirus", "Antivirus problem", LIKELY),
        ("device.patches", "Patches or Windows Update", LIKELY),
        ("device.service", "Service stopped or changed", LIKELY),
        ("device.event_log", "Entry in the event log", LIKELY),
        ("device.script", "Script or task failed", LIKELY),
        ("device.software_change", "Software installed or removed", LIKELY),
        ("device.hardware_change", "Hardware changed", LIKELY),
        ("device.reboot_pending", "Reboot pending", LIKELY),
        ("device.time", "System time wrong", LIKELY),
        ("device.temperature", "Temperature high", LIKELY),
        ("device.network", "Network device (SNMP)", LIKELY),
        ("device.other", "Other monitoring event", COMPLETED),
    ),
    "Security": (
        ("security.threat", "Threat or malware found", LIKELY),
        ("security.ransomware", "Ransomware suspected", LIKELY),
        ("security.other", "Other security event", COMPLETED),
    ),
    "System": (
        ("system.console_changed", "Settings of the console changed", LIKELY),
        ("system.other", "Other message of the console itself", COMPLETED),
    ),
    "Other": (("other.event", "Any other event", COMPLETED),),
}

CATEGORIES: Final[tuple[str, ...]] = tuple(_TABLE)

EVENT_TYPES: Final[dict[str, EventTypeInfo]] = {
    key: EventTypeInfo(key, category, name, certainty)
    for category, rows in _TABLE.items()
    for key, name, certainty in rows
}

OTHER_EVENT: Final = "other.event"
"""What an unknown event type of no category is stored as: it is kept and can be selected, never dropped."""

REMEDIATION_CHOICES: Final[tuple[str, ...]] = tuple(
    key for key, _, _ in _TABLE["Remediation"] if key.startswith("remediation.by_")
)
"""Four ways of cutting the same findings into tickets; a set that had two would make each ticket twice."""


NO_CATEGORY: Final = "Not in the catalogue"


def category_of(key: str) -> str:
    """The category of an event type; `NO_CATEGORY` of one that the catalogue does not have (any more)."""
    return EVENT_TYPES[key].category if key in EVENT_TYPES else NO_CATEGORY


def known_event_type(key: str | None) -> str:
    """The catalogue key that `key` is stored under: itself, its category's `.other` or `OTHER_EVENT`."""
    tidy = (key or "").strip().lower()
    other = f"{tidy.partition('.')[0]}.other"
    return next((found for found in (tidy, other) if found in EVENT_TYPES), OTHER_EVENT)


def vendor_code_of(key: str | None) -> str:
    """What a program sent in place of a catalogue key; '' where it sent one."""
    sent = (key or "").strip()
    return "" if sent.lower() in EVENT_TYPES else sent


def validate_event_types(keys: Iterable[str]) -> list[str]:
    """Say in sentences what is wrong with `keys` as the content of an event set; an empty list is fine."""
    chosen = Counter(keys)
    problems = [f"There is no event type {key!r}." for key in chosen if key not in EVENT_TYPES]
    remediation = [key for key in REMEDIATION_CHOICES if key in chosen]
    if len(remediation) > 1:
        names = ", ".join(EVENT_TYPES[key].name for key in remediation)
        problems.append(f"Only one kind of remediation fits into an event set; this one has: {names}.")
    return problems
