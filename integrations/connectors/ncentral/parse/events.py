"""Active issues of N-central.

What identifies what:

* `series_key` is the monitored thing, `<deviceId>/<taskId>/<serviceItemId>`: N-central holds one issue for
  each, as long as its state is not normal.
* `external_id` is the series and the time at which it went into its present state: one transition is one
  occurrence. An issue that gets worse is another occurrence of the same series.

The console tells no end: what is missing from a complete read has ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Final

from integrations.choices import EventState
from integrations.connectors import values
from integrations.connectors.ncentral.parse import codes
from integrations.connectors.ncentral.parse.envelopes import Row, block
from integrations.records import EventRecord

_SEPARATOR: Final = " > "


@dataclass(frozen=True, slots=True)
class Joins:
    """How issues find their company: `owners` are customers by the id of their site.

    `severities` are those that staff have chosen for codes of a state.
    """

    owners: Mapping[str, str] = field(default_factory=dict)
    severities: dict[str, str] = field(default_factory=dict)
    zone: tzinfo = UTC


def series_key(row: Row) -> str | None:
    """None for a row that does not say which device and task it is about."""
    device, task = values.text(row.get("deviceId")), values.text(row.get("taskId"))
    if device is None or task is None:
        return None
    item = values.text(row.get("serviceItemId"))
    return "/".join(part for part in (device, task, item) if part)


def is_silenced(row: Row) -> bool:
    """Whether the monitoring of the device has been switched off: its last state stays in the list."""
    return bool(values.flag(block(row, "_extra").get("monitoringDisabled")))


def event(row: Row, joins: Joins) -> EventRecord | None:
    """An issue that is on; None for a row without device or task."""
    series = series_key(row)
    if series is None:
        return None
    code, service = values.text(row.get("notificationState")), values.line(row.get("serviceName"))
    since = _since(row, joins.zone)
    unit = values.text(row.get("orgUnitId"))
    return EventRecord(
        external_id=f"{series}@{since:%Y-%m-%dT%H:%M:%SZ}" if since else series,
        event_type=codes.event_type(service, values.text(row.get("serviceType")), codes.state(code)),
        vendor_code=service or values.text(row.get("serviceId")) or "",
        state=EventState.OPEN.value,
        title=_title(row, service),
        series_key=series,
        severity=codes.severity(code, joins.severities),
        message=_message(row, service, since),
        occurred_at=since,
        company_external_id=joins.owners.get(unit, unit) if unit else None,
        computer_external_id=values.text(row.get("deviceId")),
        raw=dict(row),
    )


def _since(row: Row, zone: tzinfo) -> datetime | None:
    """To the second, so that the id does not depend on how the fraction is written."""
    found = values.moment(block(row, "_extra").get("transitionTime"), zone)
    return found.replace(microsecond=0) if found else None


def _title(row: Row, service: str | None) -> str:
    extra = block(row, "_extra")
    item, device = values.line(extra.get("taskIdent")), values.line(extra.get("deviceName"))
    told = " ".join(part for part in (service or "Active issue", item) if part)
    return f"{told} on {device}" if device else told


def _message(row: Row, service: str | None, since: datetime | None) -> str:
    extra = block(row, "_extra")
    tree = extra.get("customerTree")
    path = [name for part in tree if (name := values.line(part))] if isinstance(tree, list) else []
    lines = (
        ("Service", service),
        ("Item", values.line(extra.get("taskIdent"))),
        ("State", _state(values.text(row.get("notificationState")))),
        ("Device", values.line(extra.get("deviceName"))),
        ("Device class", values.line(extra.get("deviceClassLabel"))),
        ("Customer", _SEPARATOR.join(path)),
        ("Since", f"{since:%Y-%m-%d %H:%M} UTC" if since else None),
        ("Acknowledged by", values.line(extra.get("acknowledgedBy"))),
        ("Ticket in the console", values.line(extra.get("psaTicketDetails"))),
    )
    return "\n".join(f"{name}: {value}" for name, value in lines if value)


def _state(code: str | None) -> str | None:
    """`failed (6)`: the number stays, its meaning is not documented."""
    word = codes.state(code)
    return f"{word} ({code})" if word and word != (code or "").casefold() else code
