"""`POST /api/v1/events/`: what programs report. Stored before the answer; each item has its own outcome."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from rest_framework import serializers

from integrations.api.known_names import KnownNamesOnly
from integrations.api.posted import ConsoleIndex, ConsoleReference
from integrations.ingest.events import store_events
from integrations.ingest.sent.events import SentEventSerializer, event_record
from integrations.ingest.sent.items import Item, validate_each
from integrations.models import Console
from integrations.records import EventRecord

ACCEPTED: Final = "accepted"
DUPLICATE: Final = "duplicate"
INVALID: Final = "invalid"


class PostedEventSerializer(KnownNamesOnly, SentEventSerializer):
    """One event. Only `console` and `external_id` are needed; the same event may be sent again."""

    console = ConsoleReference(help_text="Our id of the console, or its name.")


class EventOutcomeSerializer(serializers.Serializer[Any]):
    external_id = serializers.CharField(allow_null=True)
    outcome = serializers.ChoiceField(choices=[ACCEPTED, DUPLICATE, INVALID])
    errors = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()), required=False
    )


class EventOutcomesSerializer(serializers.Serializer[Any]):
    results = EventOutcomeSerializer(many=True)


def take_in(items: Sequence[Item]) -> list[dict[str, Any]]:
    """Validate and store; one outcome per item in order. What is *accepted* is committed."""
    context = {"consoles": ConsoleIndex(items)}
    validate_each(PostedEventSerializer(context=context), items)
    outcomes: list[str] = [INVALID] * len(items)
    by_console: dict[Console, list[int]] = defaultdict(list)
    for position, item in enumerate(items):
        if not item.errors:
            by_console[item.values["console"]].append(position)
    for console, positions in by_console.items():
        stored = store_events(console, [_record(items[position]) for position in positions])
        for position, outcome in zip(positions, stored, strict=True):
            outcomes[position] = DUPLICATE if outcome == DUPLICATE else ACCEPTED
    return [_told(item, outcome) for item, outcome in zip(items, outcomes, strict=True)]


def _record(item: Item) -> EventRecord:
    return event_record(item.values, item.values["console"], item.sent)


def _told(item: Item, outcome: str) -> dict[str, Any]:
    told: dict[str, Any] = {"external_id": item.sent_id, "outcome": outcome}
    return told | ({"errors": item.errors} if item.errors else {})
