"""Alerts of Tactical RMM, from its list and from the body that an alert template posts.

What identifies what:

* `external_id` is the alert's id: one alert is one occurrence, open and later resolved.
* `series_key` is the cause, of which the server holds one open alert at a time: `availability:<agent>`,
  `check:<agent>:<check>`, `task:<agent>:<task>`. A check that fails again makes a new alert of the same
  series. Anything else (custom alerts) has no known cause: `alert:<id>`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from integrations.choices import EventState, Severity
from integrations.connectors import values
from integrations.connectors.base import BadDelivery
from integrations.connectors.bodies import posted
from integrations.connectors.tactical_rmm.parse.companies import name_key
from integrations.connectors.tactical_rmm.parse.envelopes import Row, moment, text
from integrations.records import EventRecord

_SEVERITIES: Final = {
    "error": Severity.HIGH.value,
    "warning": Severity.MEDIUM.value,
    "info": Severity.INFO.value,
}
_OTHER: Final = "device.other"
_TYPES: Final = {"availability": "device.offline", "task": "device.script"}
# The kind of a check stands in the alert's message only: "… has a diskspace check: … that failed."
_CHECK_TYPES: Final = {
    "diskspace": "device.disk_space",
    "cpuload": "device.cpu",
    "memory": "device.memory",
    "winsvc": "device.service",
    "service": "device.service",
    "eventlog": "device.event_log",
    "script": "device.script",
}
_CHECK: Final = re.compile(r"\bhas an? (\w[\w ]{0,30}?) check\b", re.IGNORECASE)
_RESOLVING: Final = frozenset({"resolve", "resolved", "success", "recovery", "ok"})
_FAILING: Final = frozenset({"failure", "fail", "trigger", "triggered", "open", "alert"})


@dataclass(frozen=True, slots=True)
class Joins:
    """How alerts find their company. `zone` is that of times without one."""

    company_ids: Mapping[str, str] = field(default_factory=dict)
    zone: tzinfo = UTC


def alert_id(row: Row) -> str | None:
    return text(row.get("id"))


def is_open(row: Row) -> bool:
    return not values.flag(row.get("resolved"))


def is_hidden(row: Row) -> bool:
    """Whether the dashboard does not show it: dashboard alerts are off for its agent, check or task."""
    return bool(values.flag(row.get("hidden")))


def opened_at(row: Row, zone: tzinfo) -> datetime | None:
    return moment(row.get("alert_time"), zone)


def resolved_at(row: Row, zone: tzinfo) -> datetime | None:
    """When it ended, never before it began (old servers cut the seconds off)."""
    began, ended = opened_at(row, zone), moment(row.get("resolved_on"), zone)
    return max(began, ended) if began and ended else ended


def series_key(row: Row) -> str:
    kind, agent = _kind(row), text(row.get("agent_id")) or text(row.get("agent"))
    assigned = text(row.get(f"assigned_{kind}")) if kind in ("check", "task") else None
    if agent and kind == "availability":
        return f"availability:{agent}"
    return f"{kind}:{agent}:{assigned}" if agent and assigned else f"alert:{alert_id(row)}"


def _kind(row: Row) -> str:
    return (text(row.get("alert_type")) or "").casefold()


def event(row: Row, joins: Joins) -> EventRecord | None:
    """The present state of one alert; None for a row without id."""
    external_id = alert_id(row)
    if external_id is None:
        return None
    state, code = (EventState.OPEN if is_open(row) else EventState.RESOLVED), _vendor_code(row)
    return EventRecord(
        external_id=external_id,
        event_type=_event_type(code),
        vendor_code=code,
        state=state.value,
        title=values.line(row.get("message")) or _title(row),
        series_key=series_key(row),
        severity=_SEVERITIES.get((text(row.get("severity")) or "").casefold(), Severity.MEDIUM.value),
        message=_message(row, joins.zone),
        occurred_at=opened_at(row, joins.zone) if is_open(row) else resolved_at(row, joins.zone),
        company_external_id=text(row.get("client_id")) or joins.company_ids.get(name_key(row.get("client"))),
        computer_external_id=text(row.get("agent_id")),
        raw=dict(row),
    )


def _vendor_code(row: Row) -> str:
    """The alert's type; of a check with its kind behind a colon, where the message tells it."""
    kind = _kind(row)
    named = _CHECK.search(values.line(row.get("message")) or "") if kind == "check" else None
    return f"check:{values.squash(named[1])}" if named else kind


def _event_type(code: str) -> str:
    kind, _, check = code.partition(":")
    return _CHECK_TYPES.get(check, _OTHER) if kind == "check" else _TYPES.get(kind, _OTHER)


def _title(row: Row) -> str:
    where = text(row.get("hostname"))
    return f"Alert ({_kind(row) or 'without type'})" + (f" on {where}" if where else "")


def _message(row: Row, zone: tzinfo) -> str:
    lines = (
        ("Alert", values.plain(row.get("message"))),
        ("Type", text(row.get("alert_type"))),
        ("Severity", text(row.get("severity"))),
        ("Computer", values.plain(text(row.get("hostname")))),
        ("Client", values.plain(text(row.get("client")))),
        ("Site", values.plain(text(row.get("site")))),
        ("Since", _when(row.get("alert_time"), zone)),
        ("Snoozed until", _when(row.get("snooze_until"), zone)),
        ("Resolved", _when(row.get("resolved_on"), zone)),
    )
    return "\n".join(f"{name}: {value}" for name, value in lines if value)


def _when(value: Any, zone: tzinfo) -> str | None:
    found = moment(value, zone)
    return f"{found:%Y-%m-%d %H:%M} UTC" if found else None


# ---- webhook --------------------------------------------------------------------------------


def delivered(body: bytes, zone: tzinfo) -> EventRecord:
    """The event of a posted body (the README has the body to enter). Raises `BadDelivery`."""
    sent = posted(body)
    if not isinstance(sent, Mapping):
        raise BadDelivery("The body is not one JSON object.")
    row = _as_row(sent)
    problem = _problem_of(row, sent)
    found = None if problem else event(row, Joins(zone=zone))
    if found is None:
        raise BadDelivery(f"The body {problem or 'has no alert_id'}.")
    return found


def _as_row(sent: Row) -> dict[str, Any]:
    """The posted values under the names that the list has for them; a placeholder without value is `None`."""
    row = {key: value for key, value in sent.items() if isinstance(value, bool) or text(value) is not None}
    row["id"] = sent.get("alert_id")
    row["assigned_check"] = sent.get("check_id")
    row["assigned_task"] = sent.get("task_id")
    row["resolved"] = _word(sent) in _RESOLVING
    if not row["resolved"]:
        row.pop("resolved_on", None)
    return row


def _word(sent: Row) -> str:
    return (text(sent.get("event")) or "").casefold()


def _problem_of(row: Row, sent: Row) -> str | None:
    """Why this cannot be told apart from other alerts, or None. The list brings what is refused here."""
    if alert_id(row) is None or "{{" in str(row["id"]):
        return "has no alert_id"
    if _word(sent) not in _RESOLVING | _FAILING:
        return "has no event; failure and resolve are possible"
    kind = _kind(row)
    if kind == "":
        return "has no alert_type"
    if kind != "custom" and text(row.get("agent_id")) is None:
        return "has no agent_id"
    if kind in ("check", "task") and text(row.get(f"assigned_{kind}")) is None:
        return f"has no {kind}_id, without which it would be another alert than the same one in the list"
    return None
