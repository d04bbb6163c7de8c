"""Which events matter: named selections of event types."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from rest_framework import serializers

from integrations.api.resources import WriteResource
from integrations.catalogue import validate_event_types
from ticketing.models import EventSet


class EventSetSerializer(serializers.ModelSerializer[EventSet]):
    event_types = serializers.ListField(
        child=serializers.CharField(max_length=80), max_length=500, help_text="Keys of /event-types/."
    )
    is_default = serializers.BooleanField(
        required=False, default=False, help_text="The new default takes over from the one before."
    )

    class Meta:
        model = EventSet
        fields = ["id", "name", "event_types", "is_default"]

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


class EventSetViewSet(WriteResource):
    """Named selections of event types; a new default takes over from the one before."""

    queryset = EventSet.objects.all()
    serializer_class = EventSetSerializer
    filterset_fields = ["name", "is_default"]
    search_fields = ["name"]
    ordering_fields = ["id", "name"]
