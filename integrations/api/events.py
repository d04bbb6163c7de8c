"""Events as they came in."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Substr
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.posted import posted_items
from integrations.api.posted_events import (
    ACCEPTED,
    EventOutcomesSerializer,
    PostedEventSerializer,
    take_in,
)
from integrations.api.resources import ReadResource
from integrations.api.schema import one_or_many
from integrations.models import Event
from integrations.runs.request import request_routing

LISTED_MESSAGE = 2000
"""Characters of a message in a list; the single event has all of it."""


class StoredFindingSerializer(serializers.Serializer[Any]):
    """A line of a vulnerability or remediation, as stored: '' where nothing was sent."""

    product = serializers.CharField()
    installed_version = serializers.CharField()
    fixed_version = serializers.CharField()
    severity = serializers.CharField()
    asset = serializers.CharField()
    cve = serializers.CharField()


class EventSerializer(serializers.ModelSerializer[Event]):
    findings = StoredFindingSerializer(many=True, read_only=True)

    class Meta:
        model = Event
        fields = [
            "id",
            "console",
            "external_id",
            "event_type",
            "vendor_code",
            "series_key",
            "state",
            "severity",
            "title",
            "message",
            "company",
            "computer",
            "company_external_id",
            "computer_external_id",
            "product",
            "findings",
            "occurred_at",
            "received_at",
            "status",
            "reason",
            "raw",
        ]
        read_only_fields = fields


class ListedEventSerializer(EventSerializer):
    findings = None  # type: ignore[assignment]
    message = serializers.CharField(
        source="message_start", read_only=True, help_text=f"The first {LISTED_MESSAGE} characters."
    )

    class Meta(EventSerializer.Meta):
        fields = [name for name in EventSerializer.Meta.fields if name not in ("raw", "findings")]
        read_only_fields = fields


class EventViewSet(ReadResource):
    """Messages from consoles, polled, posted or pushed; the newest first."""

    queryset = Event.objects.all()
    filterset_fields = {
        "console": ["exact"],
        "company": ["exact"],
        "computer": ["exact"],
        "external_id": ["exact"],
        "event_type": ["exact", "in"],
        "vendor_code": ["exact"],
        "series_key": ["exact"],
        "state": ["exact"],
        "severity": ["exact", "in"],
        "status": ["exact", "in"],
        "occurred_at": ["gte", "lt"],
        "received_at": ["gte", "lt"],
    }
    search_fields = ["title", "external_id"]
    ordering = ["-id"]
    ordering_fields = ["id", "received_at", "occurred_at"]

    def get_queryset(self) -> QuerySet[Event]:
        rows: QuerySet[Event] = super().get_queryset()
        if self.action != "list":
            return rows
        return rows.defer("message", "raw", "findings").annotate(
            message_start=Substr("message", 1, LISTED_MESSAGE)
        )

    def get_serializer_class(self) -> type[serializers.Serializer[Any]]:
        return ListedEventSerializer if self.action == "list" else EventSerializer

    @extend_schema(
        request=one_or_many("PostedEvents", PostedEventSerializer),
        responses={202: EventOutcomesSerializer},
    )
    def create(self, request: Request) -> Response:
        """One event or an array of up to 1,000. Stored before the answer; each item has its outcome."""
        results = take_in(posted_items(request.data))
        if any(result["outcome"] == ACCEPTED for result in results):
            request_routing()
        return Response({"results": results}, status.HTTP_202_ACCEPTED)
