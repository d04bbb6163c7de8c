"""Webhook deliveries as they came in."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.problems import Conflict
from integrations.api.resources import ReadResource
from integrations.api.runs import RunSerializer, accepted
from integrations.ingest.deliveries import NOT_READ_AGAIN, read_again
from integrations.models import RawDelivery
from integrations.runs.request import request_deliveries


class RawDeliverySerializer(serializers.ModelSerializer[RawDelivery]):
    class Meta:
        model = RawDelivery
        fields = [
            "id",
            "console",
            "door",
            "received_at",
            "processed_at",
            "error",
            "new_events",
            "known_events",
            "body",
        ]
        read_only_fields = fields


class RawDeliveryViewSet(ReadResource):
    """What webhooks delivered, as it came in."""

    queryset = RawDelivery.objects.all()
    serializer_class = RawDeliverySerializer
    filterset_fields = {
        "console": ["exact"],
        "door": ["exact"],
        "received_at": ["gte", "lt"],
        "processed_at": ["isnull"],
        "error": ["exact"],
    }
    search_fields = ["error"]
    ordering_fields = ["id", "received_at"]

    @extend_schema(request=None, responses={202: RunSerializer})
    @action(detail=True, methods=["post"])
    def replay(self, request: Request, pk: str) -> Response:
        """Read this delivery of a console again; events that it brought before are recognised."""
        delivery: RawDelivery = self.get_object()
        consoles = read_again(RawDelivery.objects.filter(pk=delivery.pk))
        if not consoles:
            raise Conflict(NOT_READ_AGAIN)
        return accepted(request_deliveries(consoles[0], requested_by=request.user), request)
