"""What holds alerts back: maintenance windows, snoozes and exclusions, noise settings, storms."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.known_names import KnownNamesOnly
from integrations.api.problems import Conflict
from integrations.api.resources import ReadResource, WriteResource
from integrations.models import HaloCredential
from ticketing.models import MaintenanceWindow, NoiseSettings, Snooze, Storm
from ticketing.noise import deciding


class _Judged(KnownNamesOnly, serializers.ModelSerializer[Any]):
    """What the model itself refuses is told at its field."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        model: Any = self.Meta.model  # type: ignore[attr-defined]
        single = {f.name for f in model._meta.concrete_fields}
        row = self.instance or model()
        for name, value in attrs.items():
            if name in single:
                setattr(row, name, value)
        try:
            row.full_clean(validate_unique=False, validate_constraints=False)
        except ValidationError as problem:
            raise serializers.ValidationError(problem.message_dict) from None
        return attrs


class MaintenanceWindowSerializer(_Judged):
    weekdays = serializers.ListField(
        child=serializers.IntegerField(),
        required=False,
        max_length=7,
        help_text="0 (Monday) to 6 (Sunday).",
    )
    tags = serializers.ListField(child=serializers.CharField(max_length=100), required=False, max_length=100)
    event_types = serializers.ListField(
        child=serializers.CharField(max_length=80), required=False, max_length=200
    )

    class Meta:
        model = MaintenanceWindow
        fields = [
            "id",
            "name",
            "enabled",
            "time_zone",
            "begins_on",
            "begins_at",
            "minutes",
            "repeats",
            "weekdays",
            "ends_on",
            "companies",
            "computers",
            "tags",
            "event_types",
        ]
        extra_kwargs = {
            "companies": {"required": False, "help_text": "None: all of them."},
            "computers": {"required": False, "help_text": "None: all of them."},
        }


class SnoozeSerializer(_Judged):
    class Meta:
        model = Snooze
        fields = [
            "id",
            "alert",
            "company",
            "computer",
            "event_type",
            "until",
            "reason",
            "made_by",
            "created_at",
        ]
        read_only_fields = ["made_by", "created_at"]


class NoiseSettingsSerializer(KnownNamesOnly, serializers.ModelSerializer[NoiseSettings]):
    halo_credential = serializers.PrimaryKeyRelatedField(queryset=HaloCredential.objects.all())

    class Meta:
        model = NoiseSettings
        fields = ["id", "halo_credential", "offline_mutes", "storm_minutes", "storm_company", "storm_all"]

    def validate_halo_credential(self, credential: HaloCredential) -> HaloCredential:
        taken = NoiseSettings.objects.filter(halo_credential=credential)
        if (found := taken.first()) and found != self.instance:
            raise Conflict(f"This credential has noise settings already ({found.pk}); change them.")
        return credential


class StormSerializer(serializers.ModelSerializer[Storm]):
    class Meta:
        model = Storm
        fields = [
            "id",
            "halo_credential",
            "company",
            "ticket",
            "state",
            "reason",
            "began_at",
            "newest_at",
            "ended_at",
            "decided_by",
        ]
        read_only_fields = fields


class _Noisy(WriteResource):
    """A change lets alerts go that were held back, or holds others: they are judged again at once."""

    def perform_create(self, serializer: Any) -> None:
        serializer.save()
        deciding.noise_changed()

    def perform_update(self, serializer: Any) -> None:
        serializer.save()
        deciding.noise_changed()

    def perform_destroy(self, instance: Any) -> None:
        instance.delete()
        deciding.noise_changed()


class MaintenanceWindowViewSet(_Noisy):
    """Times in which alerts make no tickets, in their own time zone."""

    queryset = MaintenanceWindow.objects.prefetch_related("companies", "computers")
    serializer_class = MaintenanceWindowSerializer
    filterset_fields = ["name", "enabled", "repeats"]
    search_fields = ["name"]
    ordering_fields = ["id", "name"]


class SnoozeViewSet(_Noisy):
    """Alerts that make no tickets until a time, or (without one) at all."""

    queryset = Snooze.objects.select_related("alert", "company", "computer")
    serializer_class = SnoozeSerializer
    filterset_fields = ["alert", "company", "computer", "event_type"]
    search_fields = ["reason"]
    ordering_fields = ["id", "until"]

    def perform_create(self, serializer: Any) -> None:
        serializer.save(made_by=self.request.user)
        deciding.noise_changed()


class NoiseSettingsViewSet(_Noisy):
    """How much is too much, by HaloPSA credential."""

    queryset = NoiseSettings.objects.all()
    serializer_class = NoiseSettingsSerializer
    filterset_fields = ["halo_credential"]
    search_fields = ["halo_credential__name"]
    ordering_fields = ["id", "halo_credential"]


class StormViewSet(ReadResource):
    """More new tickets at once than anybody could read; one ticket lists them until staff decide."""

    queryset = Storm.objects.all()
    serializer_class = StormSerializer
    filterset_fields = ["halo_credential", "company", "state"]
    search_fields = ["company__name", "reason"]
    ordering_fields = ["id", "began_at", "newest_at", "ended_at"]

    @extend_schema(request=None, responses={200: StormSerializer})
    @action(detail=True, methods=["post"], takes_nothing=True)
    def release(self, request: Request, pk: str) -> Response:
        """Give each alert of it that is still open a ticket of its own."""
        return self._decide(request, deciding.release)

    @extend_schema(request=None, responses={200: StormSerializer})
    @action(detail=True, methods=["post"], takes_nothing=True)
    def dissolve(self, request: Request, pk: str) -> Response:
        """Close its ticket; its open alerts get none until they come back."""
        return self._decide(request, deciding.dissolve)

    def _decide(self, request: Request, act: Any) -> Response:
        storm = self.get_object()
        try:
            act(storm, request.user)
        except deciding.NothingToDecide as changed:
            raise Conflict(str(changed)) from None
        storm.refresh_from_db()
        return Response(StormSerializer(storm).data)
