"""What has become of events: alerts and their tickets. Rules decide and delivery writes, not programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.many import DoneSerializer, ManySerializer, asked_of, told
from integrations.api.problems import Conflict
from integrations.api.resources import ReadResource
from integrations.models import Instance
from integrations.runs.request import request_delivery
from ticketing.api.days import DAYS, asked_days
from ticketing.models import Alert, Ticket
from ticketing.noise.top import Loud, loudest
from ticketing.planning.baseline import choose_baseline
from ticketing.refusals import retry_refused


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
            "not_closed",
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
    parameters = {"loudest": ("days",)}

    @extend_schema(request=None, responses=AlertSerializer)
    @action(detail=True, methods=["post"], takes_nothing=True)
    def choose(self, request: Request, pk: str) -> Response:
        """Make a ticket for an alert of the baseline: it was open before tickets were switched on."""
        alert = self.get_object()
        if not choose_baseline([alert.pk]):
            raise Conflict("Only an open alert of the baseline can be chosen.")
        request_delivery(alert.halo_credential.instance)
        alert.refresh_from_db()
        return Response(AlertSerializer(alert).data)

    @extend_schema(request=ManySerializer, responses=DoneSerializer)
    @action(
        detail=False, methods=["post"], url_path="choose", filter_backends=[], post_permissions=("change",)
    )
    def choose_many(self, request: Request) -> Response:
        """Make tickets for open alerts of the baseline."""
        ids = asked_of(request)["ids"]
        done = choose_baseline(ids)
        for instance in Instance.objects.filter(credentials__alerts__in=ids).distinct():
            request_delivery(instance)
        return Response(told(done, ids))

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

    @extend_schema(request=None, responses=TicketSerializer)
    @action(detail=True, methods=["post"], takes_nothing=True)
    def retry(self, request: Request, pk: str) -> Response:
        """Send again what HaloPSA has refused of this ticket."""
        ticket: Ticket = self.get_object()
        if not _sent_again([ticket]):
            raise Conflict("Nothing of this ticket was refused, or its alert has ended.")
        ticket.refresh_from_db()
        return Response(TicketSerializer(ticket).data)

    @extend_schema(request=ManySerializer, responses=DoneSerializer)
    @action(
        detail=False, methods=["post"], url_path="retry", filter_backends=[], post_permissions=("change",)
    )
    def retry_many(self, request: Request) -> Response:
        """Send again what HaloPSA has refused of these tickets."""
        ids = asked_of(request)["ids"]
        return Response(told(_sent_again(Ticket.objects.filter(pk__in=ids).select_related("instance")), ids))


def _sent_again(tickets: Iterable[Ticket]) -> int:
    again = [ticket for ticket in tickets if retry_refused(ticket)]
    for instance in {ticket.instance for ticket in again}:
        request_delivery(instance)
    return len(again)
