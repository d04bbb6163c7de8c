"""Events that were sent: what is allowed, and the records that come of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rest_framework import serializers

from integrations.catalogue import EVENT_TYPES, known_event_type, vendor_code_of
from integrations.choices import EventState, Severity
from integrations.ingest.events import MOST_FINDINGS
from integrations.ingest.sent.items import Moment, in_zone
from integrations.models import Console
from integrations.records import EventRecord, FindingRecord
from integrations.sync.storable import storable_text

SEVERITY_WORDS: Final = {
    "fatal": Severity.CRITICAL,
    "emergency": Severity.CRITICAL,
    "alert": Severity.CRITICAL,
    "error": Severity.HIGH,
    "major": Severity.HIGH,
    "warning": Severity.MEDIUM,
    "warn": Severity.MEDIUM,
    "moderate": Severity.MEDIUM,
    "minor": Severity.LOW,
    "notice": Severity.LOW,
    "information": Severity.INFO,
    "informational": Severity.INFO,
    "debug": Severity.INFO,
    "none": Severity.INFO,
}
"""What other tools call our severities."""
TITLE_LENGTH: Final = 500
RAW_TEXT_LENGTH: Final = 1000
LINK_LENGTH: Final = 1000


class CleanText(serializers.CharField):
    """Text out of logs: null characters and halves of characters are dropped instead of refused."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        return super().run_validation(storable_text(data) if isinstance(data, str) else data)


class KnownSeverityField(serializers.CharField):
    default_error_messages = {"unknown": "There is no severity {sent!r}; use one of: {known}."}

    def to_internal_value(self, data: Any) -> str:
        sent = super().to_internal_value(data).strip().lower()
        found = SEVERITY_WORDS.get(sent, sent or Severity.MEDIUM)
        return str(found) if found in Severity.values else self.of_unknown(sent)

    def of_unknown(self, sent: str) -> str:
        self.fail("unknown", sent=sent[:40], known=", ".join(Severity.values))


class SeverityField(KnownSeverityField):
    """Whatever is not known is medium: an alert must not be lost for want of a word. `raw` has it as sent."""

    def of_unknown(self, sent: str) -> str:
        return Severity.MEDIUM.value


class StateField(serializers.CharField):
    default_error_messages = {"unknown": "The state is open or resolved, not {sent!r}."}

    def to_internal_value(self, data: Any) -> str:
        sent = super().to_internal_value(data).strip().lower() or EventState.OPEN
        if sent not in EventState.values:
            self.fail("unknown", sent=sent[:40])
        return str(sent)


def _text(length: int, **more: Any) -> serializers.CharField:
    return serializers.CharField(max_length=length, required=False, allow_blank=True, allow_null=True, **more)


def _clean(length: int, **more: Any) -> serializers.CharField:
    return CleanText(max_length=length, required=False, allow_blank=True, allow_null=True, **more)


class LinkField(CleanText):
    """An address that a browser opens."""

    default_error_messages = {"scheme": "A link begins with https:// or http://, not with {sent!r}."}

    def to_internal_value(self, data: Any) -> str:
        sent = super().to_internal_value(data)
        if sent and not sent.lower().startswith(("https://", "http://")):
            self.fail("scheme", sent=sent[:20])
        return sent


class FindingSerializer(serializers.Serializer[Any]):
    """One line of a vulnerability or remediation; it becomes a row of the table on the ticket."""

    product = _clean(200, help_text="The program concerned.")
    installed_version = _clean(200)
    fixed_version = _clean(200, help_text="The version to bring it to.")
    severity = KnownSeverityField(required=False, allow_blank=True, allow_null=True)
    asset = _clean(200, help_text="Name of the computer that has it.")
    cve = _clean(200, help_text="Number of the vulnerability, e.g. CVE-2026-1234; several with commas.")

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            raise serializers.ValidationError("A finding is an object with product, asset or cve.")
        return super().to_internal_value(data)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not any(attrs.values()):
            raise serializers.ValidationError("A finding says at least a product, an asset or a CVE.")
        return attrs


class FindingsField(serializers.ListSerializer[Any]):
    default_error_messages = {"too_many": "There are {count} findings; at most {most} fit into one event."}

    def to_internal_value(self, data: Any) -> list[Any]:
        if not isinstance(data, list):
            raise serializers.ValidationError("Findings are a list of objects.")
        if len(data) > MOST_FINDINGS:
            self.fail("too_many", count=len(data), most=MOST_FINDINGS)
        return super().to_internal_value(data)


class SentEventSerializer(serializers.Serializer[Any]):
    """One event. Only `external_id` is needed; the same event may be sent again."""

    external_id = serializers.CharField(max_length=300, help_text="The sender's own id of this event.")
    event_type = _text(
        80,
        help_text="A key of /event-types/. Anything else is kept as its category's `.other` or as "
        "`other.event`, and shown in `vendor_code`.",
    )
    company = _text(200, help_text="The company's external id.")
    computer = _text(200, help_text="The computer's external id.")
    severity = SeverityField(
        required=False,
        allow_blank=True,
        allow_null=True,
        help_text=f"{', '.join(Severity.values)}; usual other words (error, warning) are understood.",
    )
    title = CleanText(required=False, allow_blank=True, allow_null=True)
    message = CleanText(required=False, allow_blank=True, allow_null=True)
    occurred_at = Moment(
        required=False,
        allow_null=True,
        help_text="Without an offset: in the console's time zone. A future time counts as now.",
    )
    state = StateField(
        required=False, allow_blank=True, allow_null=True, help_text="open (also if absent) or resolved."
    )
    series_key = _text(300, help_text="What makes events one alert; empty: the event type.")
    url = LinkField(
        max_length=LINK_LENGTH,
        required=False,
        allow_blank=True,
        allow_null=True,
        help_text="Where the console shows it; the ticket links there.",
    )
    product = _clean(200, help_text="The program that a vulnerability or remediation is about.")
    findings = FindingsField(
        child=FindingSerializer(),
        required=False,
        allow_null=True,
        help_text=f"Of a vulnerability or remediation: up to {MOST_FINDINGS} lines of the ticket's table.",
    )


def event_record(values: Mapping[str, Any], console: Console, sent: Any) -> EventRecord:
    """`sent` is what came, for diagnosis."""
    event_type = known_event_type(values.get("event_type"))
    return EventRecord(
        external_id=values["external_id"],
        event_type=event_type,
        vendor_code=vendor_code_of(values.get("event_type")),
        state=values.get("state") or EventState.OPEN,
        title=(values.get("title") or EVENT_TYPES[event_type].name)[:TITLE_LENGTH],
        series_key=values.get("series_key") or "",
        severity=values.get("severity") or Severity.MEDIUM,
        message=values.get("message") or "",
        occurred_at=in_zone(values.get("occurred_at"), console),
        company_external_id=values.get("company") or None,
        computer_external_id=values.get("computer") or None,
        product=values.get("product") or "",
        findings=tuple(_finding(sent) for sent in values.get("findings") or ()),
        raw=bounded(sent),
    )


def _finding(values: dict[str, Any]) -> FindingRecord:
    return FindingRecord(**{name: value or "" for name, value in values.items()})


def bounded(sent: Any, depth: int = 4) -> Any:
    """What was sent, for diagnosis: storable in every database, long texts cut, deep nesting left out."""
    if isinstance(sent, str):
        return storable_text(sent, RAW_TEXT_LENGTH)
    if not isinstance(sent, dict | list):
        return sent
    if depth == 0:
        return "…"
    if isinstance(sent, list):
        return [bounded(value, depth - 1) for value in sent[:50]]
    return {storable_text(key, 100): bounded(value, depth - 1) for key, value in list(sent.items())[:100]}
