"""Gaps between consoles and HaloPSA: listed, counted, dismissed, looked for again."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet
from django_filters import ModelChoiceFilter, NumberFilter
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.filter_fields import YesNoFilter
from integrations.api.known_names import KnownNamesOnly
from integrations.api.many import DoneSerializer, ManySerializer, asked_of, told
from integrations.api.problems import Conflict
from integrations.api.queries import Filters
from integrations.api.resources import ReadResource
from integrations.api.runs import RunSerializer, accepted
from integrations.models import Computer, Console, HaloCredential
from integrations.runs.request import request_gaps
from mappings.gaps import SHORTEST_UNSEEN, dismiss, restore
from mappings.gaps.dismissing import LONGEST_REASON
from mappings.models import Gap, GapKind

LONGEST_UNSEEN = 36_500
"""Days: further back no calendar goes."""


class GapSerializer(serializers.ModelSerializer[Gap]):
    class Meta:
        model = Gap
        fields = [
            *["id", "halo_credential", "kind", "computer", "halo_asset"],
            *["console", "also_in", "company", "client", "name", "reason", "last_seen", "noticed_at"],
            *["dismissed_at", "dismissed_because"],
        ]
        read_only_fields = fields


class DismissalSerializer(KnownNamesOnly, serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=LONGEST_REASON, help_text="Why it is no gap.")


class ManyDismissalsSerializer(ManySerializer):
    reason = serializers.CharField(max_length=LONGEST_REASON, help_text="Why they are no gaps.")


class LookSerializer(KnownNamesOnly, serializers.Serializer[Any]):
    halo_credential = serializers.PrimaryKeyRelatedField(
        queryset=HaloCredential.objects.select_related("instance")
    )


class KindCountSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=GapKind.choices)
    name = serializers.CharField()
    number = serializers.IntegerField()


class GapFilters(Filters):
    dismissed = YesNoFilter(
        field_name="dismissed_at", lookup_expr="isnull", exclude=True, label="Dismissed by staff, or not."
    )
    not_seen_days = NumberFilter(
        method="unseen",
        min_value=SHORTEST_UNSEEN,
        max_value=LONGEST_UNSEEN,
        label=f"Of kind not_seen only those of so many days; {SHORTEST_UNSEEN} or more are known.",
    )
    computer = ModelChoiceFilter(
        queryset=Computer.objects.all(), method="of_computer", label="Also the gap that it is told with."
    )
    console = ModelChoiceFilter(
        queryset=Console.objects.all(),
        method="of_console",
        label="Also what is told with a computer of another console.",
    )

    class Meta:
        model = Gap
        fields = {
            "kind": ["exact", "in"],
            **{name: ["exact"] for name in ("halo_credential", "halo_asset")},
            **{name: ["exact", "isnull"] for name in ("company", "client")},
            "noticed_at": ["gte", "lt"],
        }

    def unseen(self, rows: Any, name: str, days: Any) -> Any:
        return rows.unseen_for(int(days))

    def of_computer(self, rows: Any, name: str, computer: Computer) -> Any:
        return rows.of_computer(computer)

    def of_console(self, rows: Any, name: str, console: Console) -> Any:
        return rows.of_console(console)


class GapViewSet(ReadResource):
    """What does not fit together between consoles and HaloPSA, as of the last look."""

    queryset = Gap.objects.all()
    serializer_class = GapSerializer
    filterset_class = GapFilters
    search_fields = ["name", "reason"]
    ordering = ["id"]
    ordering_fields = ["id", "name", "kind", "noticed_at", "last_seen"]
    post_permissions = ("change",)
    filtered = ("list", "counts")

    def get_queryset(self) -> QuerySet[Gap]:
        rows: Any = super().get_queryset()
        standing: QuerySet[Gap] = rows.standing()
        return standing

    @extend_schema(
        responses=KindCountSerializer(many=True),
        parameters=[OpenApiParameter("halo_credential", int), OpenApiParameter("not_seen_days", int)],
        filters=True,
    )
    @action(detail=False, pagination_class=None)
    def counts(self, request: Request) -> Response:
        """How many there are of each kind, under the same filters as the list."""
        rows = self.filter_queryset(self.get_queryset()).order_by()
        counts = dict(rows.values_list("kind").annotate(number=Count("pk")))
        told = [
            {"kind": value, "name": label, "number": counts.get(value, 0)} for value, label in GapKind.choices
        ]
        return Response(KindCountSerializer(told, many=True).data)

    @extend_schema(request=LookSerializer, responses={202: RunSerializer})
    @action(detail=False, methods=["post"])
    def look(self, request: Request) -> Response:
        """Look for gaps now; they are looked for every hour anyway. Nothing is read from outside."""
        wanted = LookSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        run = request_gaps(wanted.validated_data["halo_credential"], requested_by=request.user)
        return accepted(run, request)

    @extend_schema(request=ManyDismissalsSerializer, responses=DoneSerializer)
    @action(detail=False, methods=["post"], url_path="dismiss")
    def dismiss_many(self, request: Request) -> Response:
        """They are none: each stays away until it changes."""
        wanted = asked_of(request, ManyDismissalsSerializer)
        done = dismiss(Gap.objects.filter(pk__in=wanted["ids"]), wanted["reason"], request.user)
        return Response(told(done, wanted["ids"]))

    @extend_schema(request=ManySerializer, responses=DoneSerializer)
    @action(detail=False, methods=["post"], url_path="restore")
    def restore_many(self, request: Request) -> Response:
        """Take dismissals back."""
        ids = asked_of(request)["ids"]
        return Response(told(restore(Gap.objects.filter(pk__in=ids)), ids))

    @extend_schema(request=DismissalSerializer, responses=GapSerializer)
    @action(detail=True, methods=["post"])
    def dismiss(self, request: Request, pk: str) -> Response:
        """It is none: it stays away until it changes."""
        gap = self.get_object()
        wanted = DismissalSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        if not dismiss(Gap.objects.filter(pk=gap.pk), wanted.validated_data["reason"], request.user):
            raise Conflict("This gap is dismissed already; take that back first.")
        gap.refresh_from_db()
        return Response(GapSerializer(gap).data)

    @extend_schema(request=None, responses=GapSerializer)
    @action(detail=True, methods=["post"], takes_nothing=True)
    def restore(self, request: Request, pk: str) -> Response:
        """Take a dismissal back."""
        gap = self.get_object()
        if not restore(Gap.objects.filter(pk=gap.pk)):
            raise Conflict("This gap is not dismissed.")
        gap.refresh_from_db()
        return Response(GapSerializer(gap).data)
