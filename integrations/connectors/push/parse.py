"""Posted JSON -> event records, in the words of our own REST API (`POST /api/v1/events/`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import UTC, tzinfo
from typing import Any, Final

from integrations.catalogue import EVENT_TYPES, known_event_type, vendor_code_of
from integrations.choices import EventState, Severity
from integrations.connectors import values
from integrations.records import EventRecord, FindingRecord

Item = Mapping[str, Any]

MOST_FINDINGS: Final = 200
_OF_FINDING: Final = tuple(field.name for field in fields(FindingRecord))
_STATES: Final = frozenset(state.value for state in EventState)
_SEVERITIES: Final = frozenset(severity.value for severity in Severity)


def problem_of(item: Any) -> str | None:
    """Why this item cannot be an event, or None."""
    if not isinstance(item, Mapping):
        return "is not an object"
    if values.text(item.get("external_id")) is None:
        return "has no external_id"
    state = values.text(item.get("state")) or EventState.OPEN.value
    if state.lower() not in _STATES:
        return f"has the state {state[:40]!r}; open and resolved are possible"
    sent = item.get("occurred_at")
    if sent not in (None, "") and values.moment(sent, UTC) is None:
        return "has an occurred_at that is not a time"
    return None


def event(item: Item, zone: tzinfo) -> EventRecord:
    """One event of an item without `problem_of`. Unknown event types and severities get the neutral value."""
    event_type = known_event_type(values.text(item.get("event_type")))
    severity = (values.text(item.get("severity")) or "").lower()
    return EventRecord(
        external_id=values.text(item.get("external_id")) or "",
        event_type=event_type,
        vendor_code=vendor_code_of(values.text(item.get("event_type"))),
        state=(values.text(item.get("state")) or EventState.OPEN.value).lower(),
        title=values.line(item.get("title")) or EVENT_TYPES[event_type].name,
        series_key=values.text(item.get("series_key")) or "",
        severity=severity if severity in _SEVERITIES else Severity.MEDIUM.value,
        message=values.plain(item.get("message")) or "",
        occurred_at=values.moment(item.get("occurred_at"), zone),
        company_external_id=values.text(item.get("company")),
        computer_external_id=values.text(item.get("computer")),
        product=values.line(item.get("product")) or "",
        findings=tuple(_findings(item.get("findings"))),
        raw=dict(item),
    )


def _findings(sent: Any) -> Iterator[FindingRecord]:
    """What can be read of a list of findings; a finding that says nothing is left out."""
    for row in sent[:MOST_FINDINGS] if isinstance(sent, list) else ():
        found = (
            {name: values.line(row.get(name)) or "" for name in _OF_FINDING}
            if isinstance(row, Mapping)
            else {}
        )
        if any(found.values()):
            yield FindingRecord(**{**found, "severity": found["severity"].lower()})
