"""Which events matter: named selections of event types."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.known_names import KnownNamesOnly
from integrations.api.resources import WriteResource
from integrations.catalogue import validate_event_types
from ticketing.api.days import DAYS, asked_days
from ticketing.api.replacing import REPLACEMENT, delete_or_replace
from ticketing.caught import Caught, caught_by
from ticketing.conditions import pattern_problem
from ticketing.models import EventSet
from ticketing.replacing import replace_set, use_of_set
from ticketing.unselected import unselected


class EventSetSerializer(KnownNamesOnly, serializers.ModelSerializer[EventSet]):
    event_types = serializers.ListField(
        child=serializers.CharField(max_length=80), max_length=500, help_text="Keys of /event-types/."
    )
    tags = serializers.ListField(
        child=serializers.CharField(max_length=100),
        required=False,
        max_length=100,
        help_text="Of the computer or its company, as the console spells them.",
    )
    is_default = serializers.BooleanField(
        required=False, default=False, help_text="The new default takes over from the one before."
    )

    class Meta:
        model = EventSet
        fields = [
            "id",
            "name",
            "event_types",
            "severity_from",
            "companies",
            "companies_excluded",
            "computers",
            "computers_excluded",
            "tags",
            "tags_excluded",
            "pattern",
            "is_default",
        ]
        extra_kwargs = {
            "companies": {"required": False, "help_text": "None: all of them."},
            "computers": {"required": False, "help_text": "None: all of them."},
        }

    def validate_pattern(self, pattern: str) -> str:
        if problem := pattern_problem(pattern):
            raise serializers.ValidationError(problem)
        return pattern

    def validate_event_types(self, keys: list[str]) -> list[str]:
        chosen = list(dict.fromkeys(keys))
        if problems := validate_event_types(chosen):
            raise serializers.ValidationError(problems)
        return chosen

    def create(self, validated_data: dict[str, Any]) -> EventSet:
        with transaction.atomic():
            self._make_room(validated_data)
            return super().create(validated_data)

    def update(self, instance: EventSet, validated_data: dict[str, Any]) -> EventSet:
        with transaction.atomic():
            self._make_room(validated_data)
            return super().update(instance, validated_data)

    @staticmethod
    def _make_room(values: dict[str, Any]) -> None:
        """Only one is the default: the new one takes over from the one before."""
        if values.get("is_default"):
            EventSet.objects.filter(is_default=True).update(is_default=False)


class CaughtTypeSerializer(serializers.Serializer[Any]):
    event_type = serializers.CharField()
    name = serializers.CharField()
    events = serializers.IntegerField()


class CaughtCompanySerializer(serializers.Serializer[Any]):
    company = serializers.IntegerField(allow_null=True, help_text="Our id.")
    name = serializers.CharField()
    events = serializers.IntegerField()


class CaughtSerializer(serializers.Serializer[Any]):
    days = serializers.IntegerField()
    events = serializers.IntegerField()
    by_type = serializers.SerializerMethodField()
    by_company = serializers.SerializerMethodField()

    @extend_schema_field(CaughtTypeSerializer(many=True))
    def get_by_type(self, row: Caught) -> list[dict[str, Any]]:
        return [{"event_type": key, "name": name, "events": number} for key, name, number in row.by_type]

    @extend_schema_field(CaughtCompanySerializer(many=True))
    def get_by_company(self, row: Caught) -> list[dict[str, Any]]:
        return [{"company": pk, "name": name, "events": number} for pk, name, number in row.by_company]


class UnselectedSerializer(serializers.Serializer[Any]):
    console = serializers.IntegerField(source="console.pk", help_text="Our id.")
    event_type = serializers.CharField()
    vendor_code = serializers.CharField(help_text="What the console itself calls it; may be empty.")
    events = serializers.IntegerField()
    last_received = serializers.DateTimeField()
    newest_event = serializers.IntegerField(source="newest.pk", help_text="Our id of an event of it.")


class EventSetViewSet(WriteResource):
    """Named selections of event types; a new default takes over from the one before."""

    queryset = EventSet.objects.prefetch_related("companies", "computers")
    serializer_class = EventSetSerializer
    filterset_fields = ["name", "is_default"]
    search_fields = ["name"]
    ordering_fields = ["id", "name"]
    parameters = {"destroy": ("replacement",), "unselected": ("days",), "caught": ("days",)}

    @extend_schema(parameters=[REPLACEMENT])
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One that is in use needs another that takes its place."""
        row = self.get_object()
        others = EventSet.objects.exclude(pk=row.pk)
        delete_or_replace(request, row, use_of_set(row), others, replace_set)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        parameters=[DAYS],
        responses={200: UnselectedSerializer(many=True)},
        filters=False,
    )
    @action(detail=False, pagination_class=None)
    def unselected(self, request: Request) -> Response:
        """What consoles told of and no event set selects: at most 200, the most frequent first."""
        return Response(UnselectedSerializer(unselected(asked_days(request)), many=True).data)

    @extend_schema(
        parameters=[DAYS],
        responses={200: CaughtSerializer},
        filters=False,
    )
    @action(detail=True, pagination_class=None)
    def caught(self, request: Request, pk: str) -> Response:
        """What the set would have caught in the last days: events, by type and by company (ten each)."""
        return Response(CaughtSerializer(caught_by(self.get_object(), asked_days(request))).data)
