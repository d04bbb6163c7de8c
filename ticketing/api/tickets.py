"""What has become of events: alerts and their tickets. Rules decide and delivery writes, not programs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.problems import Conflict
from integrations.api.resources import ReadResource
from integrations.runs.request import request_delivery
from ticketing.api.days import DAYS, asked_days
from ticketing.models import Alert, Ticket
from ticketing.noise.top import Loud, loudest
from ticketing.planning.baseline import choose_baseline


class AlertSerializer(serializers.ModelSerializer[Alert]):
    class Meta:
        model = Alert
        fields = [
            "id",
            "halo_credential",
            "console",
            "company",
            "computer",
            "series_key",
            "event_type",
            "severity",
            "title",
            "state",
            "occurrence",
            "event_count",
            "opened_at",
            "newest_at",
            "resolved_at",
            "last_event",
            "decision",
            "reason",
            "baseline",
            "profile",
            "ticket",
            "pending",
        ]
        read_only_fields = fields


class TicketSerializer(serializers.ModelSerializer[Ticket]):
    alerts: Any = serializers.PrimaryKeyRelatedField(many=True, read_only=True)

    class Meta:
        model = Ticket
        fields = [
            "id",
            "halo_credential",
            "instance",
            "halo_id",
            "marker",
            "state",
            "current",
            "summary",
            "profile",
            "company",
            "computer",
            "previous",
            "notes",
            "reason",
            "created_at",
            "closed_at",
            "closed_by_person",
            "wont_fix",
            "left_open",
            "is_test",
            "halo_status",
            "alerts",
        ]
        read_only_fields = fields


class LoudSerializer(serializers.Serializer[Any]):
    """What one event type of one computer (or company) has told in the time that was asked for."""

    company = serializers.SerializerMethodField(help_text="Our id.")
    computer = serializers.SerializerMethodField(help_text="Our id.")
    event_type = serializers.CharField()
    events = serializers.IntegerField()
    alerts = serializers.IntegerField()
    tickets = serializers.IntegerField()
    quieted = serializers.SerializerMethodField(help_text="The snooze or exclusion that it is under.")

    def get_company(self, row: Loud) -> int | None:
        return row.company.pk if row.company else None

    def get_computer(self, row: Loud) -> int | None:
        return row.computer.pk if row.computer else None

    def get_quieted(self, row: Loud) -> int | None:
        return row.quieted.pk if row.quieted else None


class AlertViewSet(ReadResource):
    """Conditions that events tell of, each with what the rules say about it and why."""

    queryset = Alert.objects.all()
    serializer_class = AlertSerializer
    filterset_fields = {
        "halo_credential": ["exact"],
        "console": ["exact"],
        "company": ["exact"],
        "computer": ["exact"],
        "event_type": ["exact", "in"],
        "series_key": ["exact"],
        "state": ["exact"],
        "severity": ["exact", "in"],
        "decision": ["exact", "in"],
        "baseline": ["exact"],
        "ticket": ["exact", "isnull"],
        "opened_at": ["gte", "lt"],
    }
    search_fields = ["title", "reason"]
    ordering = ["-id"]
    ordering_fields = ["id", "newest_at", "opened_at", "severity"]

    @extend_schema(request=None, responses=AlertSerializer)
    @action(detail=True, methods=["post"])
    def choose(self, request: Request, pk: str) -> Response:
        """Make a ticket for an alert of the baseline: it was open before tickets were switched on."""
        alert = self.get_object()
        if not choose_baseline([alert.pk]):
            raise Conflict("Only an open alert of the baseline can be chosen.")
        request_delivery(alert.halo_credential.instance)
        alert.refresh_from_db()
        return Response(AlertSerializer(alert).data)

    @extend_schema(
        parameters=[DAYS],
        responses={200: LoudSerializer(many=True)},
        filters=False,
    )
    @action(detail=False, pagination_class=None)
    def loudest(self, request: Request) -> Response:
        """The fifty company, computer and event type that have told most, the loudest first."""
        return Response(LoudSerializer(loudest(asked_days(request)), many=True).data)


class TicketViewSet(ReadResource):
    """Tickets that the bridge made or wants to make in HaloPSA."""

    queryset = Ticket.objects.prefetch_related("alerts")
    serializer_class = TicketSerializer
    filterset_fields = {
        "halo_credential": ["exact"],
        "halo_id": ["exact"],
        "marker": ["exact"],
        "state": ["exact", "in"],
        "current": ["exact"],
        "closed_by_person": ["exact"],
        "company": ["exact"],
        "computer": ["exact"],
        "profile": ["exact"],
        "is_test": ["exact"],
        "created_at": ["gte", "lt"],
    }
    search_fields = ["summary", "marker"]
    ordering = ["-id"]
    ordering_fields = ["id", "created_at", "closed_at", "halo_id"]
