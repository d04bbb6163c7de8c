"""Alerts and activities of NinjaOne.

What identifies what:

* `series_key` is the alert's `uid`, which the activities of the same condition carry as `seriesUid`: trigger
  and reset meet in it. Where neither is sent it is `device:<deviceId>/<sourceConfigUid>`.
* `external_id` of an alert, of its trigger and of its reset is the series, too: a uid is one occurrence, and
  its two states differ in state and time. A trigger whose kind the activity does not tell is
  `activity:<id>`, so that the list of alerts, which tells it, is not taken for a repeat.
* Every other activity is a message without an end: `activity:<id>`, without a series.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime, tzinfo
from typing import Any, Final

from integrations.choices import EventState, Severity
from integrations.connectors import values
from integrations.connectors.ninjaone.parse import codes
from integrations.records import EventRecord

Row = Mapping[str, Any]

TRIGGERED: Final = "TRIGGERED"
RESET: Final = "RESET"
_SEVERITIES: Final = {
    "CRITICAL": Severity.CRITICAL.value,
    "MAJOR": Severity.HIGH.value,
    "MODERATE": Severity.MEDIUM.value,
    "MINOR": Severity.LOW.value,
    "NONE": Severity.INFO.value,
}
_PRIORITIES: Final = {
    "HIGH": Severity.HIGH.value,
    "MEDIUM": Severity.MEDIUM.value,
    "LOW": Severity.LOW.value,
}
_LONGEST_KEY: Final = 200


# ---- alerts ---------------------------------------------------------------------------------


def alert_series(row: Row) -> str | None:
    """The series of an alert; None for a row that says neither which alert nor whose it is."""
    return _series(values.guid(row.get("uid")), row)


def alert(row: Row, trigger: Row | None, zone: tzinfo) -> EventRecord | None:
    """An alert that is on. `trigger` is its activity where that has been read: alerts have no severity."""
    series = alert_series(row)
    if series is None:
        return None
    source = values.text(row.get("sourceType"))
    return EventRecord(
        external_id=series,
        event_type=codes.condition_type(source, _message_code(row)),
        vendor_code=source or _message_code(row) or "",
        state=EventState.OPEN.value,
        title=_title(row, source),
        series_key=series,
        severity=_severity(row) or _severity(trigger or {}) or Severity.MEDIUM.value,
        message=_message(row, source),
        occurred_at=_moment(row.get("createTime"), zone),
        company_external_id=_company(row),
        computer_external_id=values.text(row.get("deviceId")),
        raw=dict(row),
    )


# ---- activities -----------------------------------------------------------------------------


def activity_series(row: Row) -> str | None:
    return _series(values.guid(row.get("seriesUid")), row)


def condition_state(row: Row) -> str:
    """`TRIGGERED` or `RESET`, else "". Vendors' papers differ in which of two fields holds it."""
    for key in ("statusCode", "status"):
        code = codes.tidy(values.text(row.get(key)))
        if code == TRIGGERED:
            return TRIGGERED
        if code == RESET or code.startswith("RESET_BY_"):
            return RESET
    return ""


def recent(activities: Iterable[Row], listed: AbstractSet[str], zone: tzinfo) -> Iterator[EventRecord]:
    """What activities (in any order) tell that the list of alerts, read after them, does not.

    Messages, resets, and triggers that are over already. What is on now is told by the list (`listed` are its
    series), and a trigger that is neither listed nor reset has been taken away with its condition.
    """
    rows = sorted(activities, key=_order)
    resets = {activity_series(row) for row in rows if condition_state(row) == RESET}
    for row in rows:
        series = activity_series(row)
        is_on = series in listed or series not in resets
        if condition_state(row) != TRIGGERED or not is_on:
            record = activity(row, zone)
            if record is not None:
                yield record


def activity(row: Row, zone: tzinfo) -> EventRecord | None:
    """One activity, from the history or from a delivery; None where it tells of no problem and no news."""
    state = condition_state(row)
    series = activity_series(row) if state else None
    if series is not None:
        return _of_condition(row, series, state, zone)
    key = codes.activity_type(
        values.text(row.get("activityType")),
        values.text(row.get("statusCode")) or values.text(row.get("status")),
        values.text(row.get("activityResult")),
    )
    external_id = activity_id(row)
    if key is None or external_id is None:
        return None
    return _activity_record(row, key, _activity_code(row), zone, external_id=external_id)


def activity_id(row: Row) -> str | None:
    number = values.text(row.get("id"))
    return f"activity:{number}" if number else None


def trigger_of(activities: Iterable[Row]) -> dict[str, Row]:
    """The newest trigger of each series."""
    rows = sorted(activities, key=_order)
    found = ((activity_series(row), row) for row in rows if condition_state(row) == TRIGGERED)
    return {series: row for series, row in found if series is not None}


def _of_condition(row: Row, series: str, state: str, zone: tzinfo) -> EventRecord:
    detail = _detail_code(row)
    key = codes.condition_type(values.text(row.get("sourceType")), detail)
    is_vague = key == codes.OTHER_CONDITION and state == TRIGGERED
    return _activity_record(
        row,
        key,
        detail or _activity_code(row),
        zone,
        external_id=(activity_id(row) if is_vague else None) or series,
        series=series,
        is_over=state == RESET,
    )


def _activity_record(
    row: Row,
    key: str,
    code: str,
    zone: tzinfo,
    *,
    external_id: str,
    series: str = "",
    is_over: bool = False,
) -> EventRecord:
    return EventRecord(
        external_id=external_id,
        event_type=key,
        vendor_code=code,
        state=(EventState.RESOLVED if is_over else EventState.OPEN).value,
        title=_title(row, code),
        series_key=series,
        severity=_severity(row) or Severity.MEDIUM.value,
        message=_message(row, code),
        occurred_at=_moment(row.get("activityTime"), zone),
        company_external_id=_company(row),
        computer_external_id=values.text(row.get("deviceId")),
        raw=dict(row),
    )


def _activity_code(row: Row) -> str:
    """`SCRIPTING/COMPLETED`: a status code says little without its type."""
    kind = values.text(row.get("activityType"))
    code = values.text(row.get("statusCode")) or values.text(row.get("status"))
    return "/".join(part for part in (kind, code) if part)


def _detail_code(row: Row) -> str | None:
    """What a condition is about: the code in its message, or a status code that is not the state itself."""
    code = values.text(row.get("statusCode"))
    own = (
        None if codes.tidy(code) in {"", TRIGGERED, RESET} or codes.tidy(code).startswith("RESET_") else code
    )
    return _message_code(row) or own


# ---- both -----------------------------------------------------------------------------------


def _series(uid: str | None, row: Row) -> str | None:
    device = values.text(row.get("deviceId"))
    if uid is not None or device is None:
        return uid
    keys = ("sourceConfigUid", "sourceName", "sourceType", "subject")
    source = next((found for key in keys if (found := values.text(row.get(key)))), "")
    return _fit(f"device:{device}/{source}")


def _fit(key: str) -> str:
    """Names may be longer than a stored key; the digest of a long one is just as stable."""
    return key if len(key) <= _LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()


def _order(row: Row) -> tuple[int, str]:
    return values.number(row.get("id")) or 0, str(row.get("id"))


def _moment(value: Any, zone: tzinfo) -> datetime | None:
    """To the second: an alert and the activity of its trigger may differ in the fraction."""
    found = values.moment(value, zone)
    return found.replace(microsecond=0) if found else None


def _severity(row: Row) -> str | None:
    severity, priority = (codes.tidy(values.text(row.get(key))) for key in ("severity", "priority"))
    return _SEVERITIES.get(severity) or _PRIORITIES.get(priority)


def _company(row: Row) -> str | None:
    return values.text(row.get("organizationId")) or values.text(_inside(row, "device").get("organizationId"))


def _message_code(row: Row) -> str | None:
    return values.text(_inside(_inside(row, "data"), "message").get("code"))


def _inside(row: Row, name: str) -> Row:
    found = row.get(name)
    return found if isinstance(found, Mapping) else {}


def _is_of_condition(row: Row) -> bool:
    return row.get("activityType") is None or condition_state(row) != ""


def _device_name(row: Row) -> str | None:
    device = _inside(row, "device")
    return values.line(device.get("displayName")) or values.line(device.get("systemName"))


def _title(row: Row, code: str | None) -> str:
    message, source = values.line(row.get("message")), values.line(row.get("sourceName"))
    told = message or source or code or "Alert"
    if message and source and not _is_of_condition(row):
        told = f"{source}: {message}"  # what a script says is nothing without its name
    name = _device_name(row)
    return f"{told} on {name}" if name and name.casefold() not in told.casefold() else told


def _message(row: Row, code: str | None) -> str:
    lines = (
        ("Message", values.plain(row.get("message"))),
        ("Condition", values.plain(row.get("sourceName"))),
        ("Subject", values.plain(row.get("subject"))),
        ("Device", _device_name(row)),
        ("Status", values.plain(row.get("status"))),
        ("Result", values.plain(row.get("activityResult"))),
        ("Code", code),
    )
    return "\n".join(f"{name}: {value}" for name, value in lines if value)
