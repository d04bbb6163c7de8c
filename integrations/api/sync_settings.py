"""Sync settings of a credential, how far its reading is, and what the next sync will cost."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.known_names import KnownNamesOnly
from integrations.api.numbers import HaloId
from integrations.choices import Resource
from integrations.models import MirrorState, SyncSettings
from integrations.runs.mirror_forecast import Forecast, MirrorForecaster
from integrations.runs.sync_settings import problems_of, settings_of


class SyncSettingsSerializer(KnownNamesOnly, serializers.ModelSerializer[SyncSettings]):
    resources = serializers.ListField(
        child=serializers.ChoiceField(choices=Resource.choices),
        help_text="What is read; the rest stays as it was last read.",
    )
    asset_groups = serializers.ListField(
        child=HaloId(), max_length=500, help_text="Halo's ids; none: all groups."
    )
    asset_types = serializers.ListField(
        child=HaloId(), max_length=500, help_text="Halo's ids; none: all types."
    )
    software_groups = serializers.ListField(
        child=HaloId(),
        max_length=500,
        help_text="Halo's ids of groups whose installed software is read slowly, one call for each asset.",
    )

    class Meta:
        model = SyncSettings
        fields = [
            "resources",
            "asset_groups",
            "asset_types",
            "include_inactive",
            "software_groups",
            "mode",
            "interval_minutes",
            "full_hours",
        ]

    def validate_resources(self, chosen: list[str]) -> list[str]:
        if problems := problems_of(chosen):
            raise serializers.ValidationError(problems)
        return list(dict.fromkeys(chosen))


class ForecastSerializer(serializers.Serializer[Forecast]):
    calls = serializers.IntegerField()
    seconds = serializers.IntegerField(help_text="With the rests that the API limit takes.")
    at_least = serializers.BooleanField(help_text="Some lists have never been seen: it may be more.")


class MirrorStateSerializer(serializers.ModelSerializer[MirrorState]):
    class Meta:
        model = MirrorState
        fields = [
            "resource",
            "state",
            "reason",
            "done",
            "total",
            "listed",
            "read_at",
            "full_at",
            "calls",
        ]
        read_only_fields = fields


class MirrorSerializer(serializers.Serializer[dict[str, Any]]):
    """How far the reading of each resource is, and what a sync costs with the present settings."""

    resources = serializers.SerializerMethodField()
    full = ForecastSerializer(source="forecasts.full", help_text="A sync of everything.")
    incremental = ForecastSerializer(
        source="forecasts.incremental", help_text="A sync if nothing has changed."
    )

    @extend_schema_field(MirrorStateSerializer(many=True))
    def get_resources(self, told: dict[str, Any]) -> Any:
        return MirrorStateSerializer(told["states"], many=True).data


class SyncSettingsAction:
    """For the credentials: their sync settings (a permission of its own) and the state of their mirror."""

    @extend_schema(methods=["GET"], responses=SyncSettingsSerializer)
    @extend_schema(methods=["PUT", "PATCH"], request=SyncSettingsSerializer, responses=SyncSettingsSerializer)
    @action(
        detail=True,
        methods=["get", "put", "patch"],
        url_path="sync-settings",
        put_permissions=("integrations.manage_sync_settings",),
    )
    def sync_settings(self, request: Request, pk: str) -> Response:
        """What is read with this credential, and how often; the defaults where nobody has chosen."""
        settings = settings_of(self.get_object())  # type: ignore[attr-defined]
        if request.method == "GET":
            return Response(SyncSettingsSerializer(settings).data)
        serializer = SyncSettingsSerializer(settings, data=request.data, partial=request.method == "PATCH")
        serializer.is_valid(raise_exception=True)
        serializer.save()
        return Response(serializer.data)

    @extend_schema(responses=MirrorSerializer)
    @action(detail=True, methods=["get"])
    def mirror(self, request: Request, pk: str) -> Response:
        """How far the reading of each resource is, and what the next sync will cost."""
        credential = self.get_object()  # type: ignore[attr-defined]
        order = list(Resource.values)
        rows = MirrorState.objects.filter(halo_credential=credential)
        states = sorted(rows, key=lambda row: order.index(row.resource))
        told = {"states": states, "forecasts": MirrorForecaster(credential).both}
        return Response(MirrorSerializer(told).data)
