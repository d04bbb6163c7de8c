"""Alerts of Datto RMM.

What identifies what:

* `external_id` and `series_key` are the alert's uid. One alert is one occurrence, on and later resolved; a
  monitor that is met again raises an alert of another uid. The cause is no series: two monitors with two
  thresholds look at the same disk, and the end of one must not end the other.

There is no ready title: it is made from the context, whose `@class` tells which fields there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo
from typing import Any, Final

from integrations.choices import EventState, Severity
from integrations.connectors import values
from integrations.connectors.base import BadDelivery
from integrations.connectors.bodies import posted_items
from integrations.connectors.datto_rmm.parse import codes
from integrations.connectors.datto_rmm.parse.envelopes import Row
from integrations.records import EventRecord

_SEVERITIES: Final = {
    "critical": Severity.CRITICAL.value,
    "high": Severity.HIGH.value,
    "moderate": Severity.MEDIUM.value,
    "low": Severity.LOW.value,
    "information": Severity.INFO.value,
    "unknown": Severity.INFO.value,
}
# The fields of a context that make a sentence, in this order; those that are missing are left out.
_TITLES: Final[Mapping[str, str]] = {
    "perf_disk_usage_ctx": "Free space on {diskName} is low",
    "disk_usage_ctx": "Free space on {diskName} is low",
    "perf_resource_usage_ctx": "{type} usage is high",
    "resource_usage_ctx": "{type} usage is high",
    "process_resource_usage_ctx": "{processName}: {type} usage is high",
    "srvc_resource_usage_ctx": "{serviceName}: {type} usage is high",
    "eventlog_ctx": "Event log {logName}: {source} {code} {description}",
    "antivirus_ctx": "Antivirus {productName}: {status}",
    "seccenter_ctx": "Security Center {productName}: {alertType}",
    "patch_ctx": "Patch: {result} {info}",
    "status_ctx": "{processName}: {status}",
    "process_status_ctx": "{processName}: {status}",
    "srvc_status_ctx": "{serviceName}: {status}",
    "action_ctx": "Software {packageName}: {actionType} {version}",
    "fs_object_ctx": "{objectType} {path}: {condition} {threshold}",
    "ping_ctx": "Ping {instanceName}: {reasons}",
    "backup_management_ctx": "Backup: {errorMessage}",
    "ransomware_ctx": "Ransomware suspected: {state}",
    "security_management_ctx": "{productName}: {status} {virusName}",
    "temperature_ctx": "Temperature {type}: {degree}",
    "snmp_probe_ctx": "SNMP {monitorName} {deviceName}: {ruleName} {responseValue}",
    "printer_ctx": "Printer {ipAddress}: supply {markerSupplyIndex} at {currentLevel}",
    "network_monitor_ctx": "Network monitor: {description}",
    "windows_performance_ctx": "Performance counter: {value}",
    "wmi_ctx": "WMI: {value}",
}
# The fields of contexts that a ticket shows; whatever else there is stays in the raw data.
_FIELDS: Final[Mapping[str, str]] = {
    "status": "Status",
    "state": "State",
    "type": "Type",
    "alertType": "Alert type",
    "actionType": "Action",
    "diskName": "Disk",
    "totalVolume": "Total volume",
    "freeSpace": "Free space",
    "unitOfMeasure": "Measured in",
    "processName": "Process",
    "serviceName": "Service",
    "percentage": "Percentage",
    "sample": "Sample",
    "threshold": "Threshold",
    "path": "Path",
    "objectType": "Kind of object",
    "condition": "Condition",
    "logName": "Log",
    "source": "Source",
    "code": "Code",
    "description": "Description",
    "triggerCount": "Times triggered",
    "lastTriggered": "Last triggered",
    "productName": "Product",
    "packageName": "Package",
    "prevVersion": "Version before",
    "version": "Version",
    "result": "Result",
    "info": "Information",
    "errorMessage": "Error",
    "virusName": "Virus",
    "infectedFiles": "Infected files",
    "confidenceFactor": "Confidence",
    "affectedDirectories": "Affected directories",
    "rwextension": "Extension of encrypted files",
    "alertTime": "Alert time",
    "instanceName": "Instance",
    "roundtripTime": "Round-trip time",
    "reasons": "Reasons",
    "reason": "Reason",
    "degree": "Degrees",
    "ipAddress": "IP address",
    "oid": "OID",
    "ruleName": "Rule",
    "responseValue": "Answer",
    "monitorName": "Monitor",
    "monitorInstance": "Monitor",
    "displayName": "Name",
    "currentValue": "Value",
    "value": "Value",
    "currentLevel": "Level",
}
_OFFLINE: Final = "The device is offline"
_ONLINE: Final = "The device is online"
_LONGEST_VALUE: Final = 500
_EPOCHS_FROM: Final = 10**12  # 2001 in milliseconds
_UID_NAMES: Final = ("alert_uid", "alertUid", "alertUID")


def alert_uid(row: Row) -> str | None:
    return values.guid(row.get("alertUid"))


def is_resolved(row: Row) -> bool:
    return values.flag(row.get("resolved")) is True


def touched_since(row: Row, start: datetime, zone: tzinfo) -> bool:
    """Whether the alert began or ended at `start` or later; one without times may have."""
    told = [found for key in ("timestamp", "resolvedOn") if (found := values.moment(row.get(key), zone))]
    return max(told) >= start if told else True


def began_since(row: Row, start: datetime, zone: tzinfo) -> bool:
    began = values.moment(row.get("timestamp"), zone)
    return began is not None and began >= start


def course(row: Row, start: datetime, zone: tzinfo) -> Iterator[EventRecord]:
    """A resolved alert: how it began, where that is as new as its end, and how it ended."""
    began = event(row, zone, as_begun=True) if began_since(row, start, zone) else None
    yield from (record for record in (began, event(row, zone)) if record is not None)


def event(row: Row, zone: tzinfo, *, as_begun: bool = False) -> EventRecord | None:
    """The state of one alert; None for a row without uid. `as_begun`: as it was while it was on."""
    uid = alert_uid(row)
    if uid is None:
        return None
    context, source = _block(row, "alertContext"), _block(row, "alertSourceInfo")
    class_name, is_over = values.text(context.get("@class")), is_resolved(row) and not as_begun
    lines = _lines(row, context, source, zone, is_over)
    return EventRecord(
        external_id=uid,
        event_type=codes.event_type(class_name, context),
        vendor_code=class_name or "",
        state=(EventState.RESOLVED if is_over else EventState.OPEN).value,
        title=_title(class_name, context, source, row),
        series_key=uid,
        severity=_SEVERITIES.get((values.text(row.get("priority")) or "").casefold(), Severity.MEDIUM.value),
        message="\n".join(f"{name}: {told}" for name, told in lines if told),
        occurred_at=_ended(row, zone) if is_over else values.moment(row.get("timestamp"), zone),
        company_external_id=values.guid(source.get("siteUid")),
        computer_external_id=values.guid(source.get("deviceUid")),
        raw=dict(row),
    )


def _ended(row: Row, zone: tzinfo) -> datetime | None:
    """When it ended, never before it began."""
    began, ended = (values.moment(row.get(key), zone) for key in ("timestamp", "resolvedOn"))
    return max(began, ended) if began and ended else ended


def _title(class_name: str | None, context: Row, source: Row, row: Row) -> str:
    told = _sentence((class_name or "").casefold(), context) or values.line(row.get("diagnostics"))
    title = (told or f"Alert ({class_name or 'without class'})")[:_LONGEST_VALUE]
    name = values.line(source.get("deviceName"))
    return f"{title} on {name}" if name and name.casefold() not in title.casefold() else title


def _sentence(name: str, context: Row) -> str | None:
    if name == codes.ONLINE_OR_OFFLINE:
        return _ONLINE if (_shown(context.get("status")) or "").upper() == "ONLINE" else _OFFLINE
    if name == "comp_script_ctx":
        samples = ", ".join(f"{key}: {told}" for key, told in _samples(context))
        return f"Component monitor: {samples}" if samples else None
    pattern = _TITLES.get(name)
    return _filled(pattern, context) if pattern else _described(context)


def _described(context: Row) -> str | None:
    """What a context of a class without a sentence of ours says by itself."""
    return _shown(context.get("description")) or _shown(context.get("reason"))


def _filled(pattern: str, context: Row) -> str | None:
    """The sentence with the values that there are; None where there is none of them."""
    words, used = [], 0
    for word in pattern.split():
        name = word.strip("{}:") if "{" in word else ""
        told = _shown(context.get(name)) if name else None
        used += told is not None
        if not name or told is not None:
            words.append(word.replace(f"{{{name}}}", told or ""))
    return " ".join(words).rstrip(" :") if used else None


def _lines(
    row: Row, context: Row, source: Row, zone: tzinfo, is_over: bool
) -> Iterator[tuple[str, str | None]]:
    yield "Priority", values.line(row.get("priority"))
    yield "Device", values.line(source.get("deviceName"))
    yield "Site", values.line(source.get("siteName"))
    for name, label in _FIELDS.items():
        told = context.get(name)
        yield label, _when(told, zone) if _is_epoch(told) else _shown(told)
    yield from _samples(context)
    yield "Diagnostics", values.plain(row.get("diagnostics"))
    yield "Class", values.text(context.get("@class"))
    yield "Since", _when(row.get("timestamp"), zone)
    if is_over:
        yield "Resolved", _when(row.get("resolvedOn"), zone)
        yield "Resolved by", values.line(row.get("resolvedBy"))


def _samples(context: Row) -> Iterator[tuple[str, str]]:
    """The values that a component (a script) reports, by name."""
    for name, value in _block(context, "samples").items():
        told = _shown(value)
        if told:
            yield values.line(name) or "Sample", told


def _shown(value: Any) -> str | None:
    """A value of a context in words; lists are joined, objects say nothing."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(told for item in value if (told := _shown(item)))[:_LONGEST_VALUE] or None
    found = values.line(value)
    return found[:_LONGEST_VALUE] if found else None


def _is_epoch(value: Any) -> bool:
    """Whether a number is a time in milliseconds; nothing else in a context is as large."""
    return isinstance(value, int) and not isinstance(value, bool) and value > _EPOCHS_FROM


def _when(value: Any, zone: tzinfo) -> str | None:
    found = values.moment(value, zone)
    return f"{found:%Y-%m-%d %H:%M} UTC" if found else None


def _block(row: Row, name: str) -> Row:
    found = row.get(name)
    return found if isinstance(found, Mapping) else {}


# ---- webhook --------------------------------------------------------------------------------


def check_delivery(body: bytes) -> None:
    """Raises `BadDelivery` where something in the body names no alert (the README has the body to enter)."""
    for item in posted_items(body):
        named = [item.get(name) for name in _UID_NAMES] if isinstance(item, Mapping) else []
        uid = next((found for value in named if (found := values.guid(value))), None)
        if uid is None:
            raise BadDelivery("The delivery names no alert: its body holds no alert_uid.")
        if uid.startswith("["):
            raise BadDelivery(f"Datto RMM has put nothing in the place of {uid} in the body.")
