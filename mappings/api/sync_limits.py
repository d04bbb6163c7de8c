"""How far scheduled asset updates may go without an approval, and asking for one now."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.known_names import KnownNamesOnly
from integrations.api.resources import WriteResource
from integrations.api.runs import RunSerializer, accepted
from mappings.models import SyncLimits
from mappings.schedules import request_keeping


class SyncLimitsSerializer(KnownNamesOnly, serializers.ModelSerializer[SyncLimits]):
    class Meta:
        model = SyncLimits
        fields = [
            "id",
            "halo_credential",
            "interval_minutes",
            "create_assets",
            "most_share",
            "always_allowed",
            "most_deactivations",
        ]

    def validate(self, attrs: dict[str, object]) -> dict[str, object]:
        row, wanted = self.instance, attrs.get("halo_credential")
        if row is not None and wanted is not None and wanted != row.halo_credential:
            raise serializers.ValidationError({"halo_credential": "It cannot be changed; make another row."})
        return attrs


class SyncLimitsViewSet(WriteResource):
    """One row for each HaloPSA credential; without one every scheduled update waits for an approval."""

    queryset = SyncLimits.objects.select_related("halo_credential__instance")
    serializer_class = SyncLimitsSerializer
    filterset_fields = {"halo_credential": ["exact"]}
    search_fields = ["halo_credential__name"]
    ordering = ["id"]
    ordering_fields = ["id", "halo_credential"]

    @extend_schema(request=None, responses={202: RunSerializer})
    @action(detail=True, methods=["post"], takes_nothing=True)
    def run(self, request: Request, pk: str) -> Response:
        """Compare now instead of when it is due. 202 with the run."""
        return accepted(request_keeping(self.get_object().halo_credential, request.user), request)
