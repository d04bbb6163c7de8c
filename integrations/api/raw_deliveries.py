"""Webhook deliveries as they came in."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.many import ManySerializer, asked_of
from integrations.api.problems import Conflict
from integrations.api.resources import ReadResource
from integrations.api.runs import AskedRunsSerializer, RunSerializer, accepted
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

    @extend_schema(request=ManySerializer, responses={202: AskedRunsSerializer})
    @action(
        detail=False, methods=["post"], url_path="replay", filter_backends=[], post_permissions=("change",)
    )
    def replay_many(self, request: Request) -> Response:
        """Read deliveries of consoles again; events that they brought before are recognised."""
        consoles = read_again(RawDelivery.objects.filter(pk__in=asked_of(request)["ids"]))
        if not consoles:
            raise Conflict(NOT_READ_AGAIN)
        runs = [request_deliveries(console, requested_by=request.user).pk for console in consoles]
        return Response({"runs": runs}, status.HTTP_202_ACCEPTED)

    @extend_schema(request=None, responses={202: RunSerializer})
    @action(detail=True, methods=["post"], takes_nothing=True)
    def replay(self, request: Request, pk: str) -> Response:
        """Read this delivery of a console again; events that it brought before are recognised."""
        delivery: RawDelivery = self.get_object()
        consoles = read_again(RawDelivery.objects.filter(pk=delivery.pk))
        if not consoles:
            raise Conflict(NOT_READ_AGAIN)
        return accepted(request_deliveries(consoles[0], requested_by=request.user), request)
