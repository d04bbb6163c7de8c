"""`POST /integration-profiles/{id}/preview/`: what templates would make of a real event."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from integrations.api.known_names import KnownNamesOnly
from integrations.api.numbers import OurId
from integrations.models import Event
from ticketing.models import IntegrationProfile
from ticketing.preview import Preview, events_of, latest_events, preview
from ticketing.wording.checks import LONGEST_SUMMARY_TEMPLATE, LONGEST_TEMPLATE


class PreviewRequestSerializer(KnownNamesOnly, serializers.Serializer[Any]):
    """What is left out is taken from the profile, and the newest event."""

    summary_template = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=LONGEST_SUMMARY_TEMPLATE,
        help_text="Blank: the default text.",
    )
    body_template = serializers.CharField(
        required=False, allow_blank=True, max_length=LONGEST_TEMPLATE, help_text="Blank: the default text."
    )
    event = OurId(
        required=False,
        allow_null=True,
        help_text="Our id of an event that concerns the profile's HaloPSA credential; null: a made example.",
    )


class PreviewSerializer(serializers.Serializer[Any]):
    summary = serializers.CharField()
    body_html = serializers.CharField(source="body", help_text="Without the reference line.")
    problems = serializers.ListField(
        child=serializers.CharField(), help_text="A sentence for each thing that is wrong with the templates."
    )


def preview_of(profile: IntegrationProfile, sent: Any) -> Preview:
    """Raises `ValidationError` for an event that is not there; bad templates are told in the answer."""
    request = PreviewRequestSerializer(data=sent)
    request.is_valid(raise_exception=True)
    values = request.validated_data
    return preview(
        profile.halo_credential,
        _event(profile, values),
        values.get("summary_template", profile.summary_template),
        values.get("body_template", profile.body_template),
    )


def _event(profile: IntegrationProfile, values: dict[str, Any]) -> Event | None:
    events = events_of(profile.halo_credential)
    if "event" not in values:
        newest = latest_events(profile.halo_credential)[:1]
        return events.filter(pk=newest[0].pk).first() if newest else None
    if values["event"] is None:
        return None
    found = events.filter(pk=values["event"]).first()
    if found is None:
        words = f"No event with the ID {values['event']} concerns {profile.halo_credential}."
        raise serializers.ValidationError({"event": words})
    return found
