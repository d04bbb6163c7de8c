"""Runs and their entries; the answer of everything that is asked for and done later."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from integrations.api.problems import Conflict
from integrations.api.resources import NestedResource, ReadResource
from integrations.models import Entry, HeldLoss, Run
from integrations.runs.approvals import NothingToDecide, approve, dismiss, losses_of
from integrations.runs.request import cancel

MAY_DECIDE: Final = "integrations.approve_heldloss"


class LossSerializer(serializers.ModelSerializer[HeldLoss]):
    class Meta:
        model = HeldLoss
        fields = ["id", "resource", "known", "missing", "reason", "noticed_at"]
        read_only_fields = fields


class RunSerializer(serializers.ModelSerializer[Run]):
    progress = serializers.IntegerField(read_only=True, help_text="Per cent of the present phase.")
    cancel_asked = serializers.BooleanField(
        source="cancel_requested",
        read_only=True,
        help_text="It was asked to stop while it was at work. It stops before its next step; one that has no "
        "next step ends as it would have.",
    )
    waits_for = serializers.SerializerMethodField(
        help_text="Of a waiting run: what is missing and kept until it is approved or dismissed."
    )

    class Meta:
        model = Run
        fields = [
            "id",
            "kind",
            "state",
            "cancel_asked",
            "progress",
            "phase",
            "done",
            "total",
            "totals",
            "calls",
            "forecast_calls",
            "lower_bound",
            "halo_credential",
            "console",
            "instance",
            "plan",
            "requested_by",
            "request_id",
            "requested_at",
            "started_at",
            "ended_at",
            "error",
            "waits_for",
        ]
        read_only_fields = fields

    @extend_schema_field(LossSerializer(many=True))
    def get_waits_for(self, run: Run) -> Any:
        return LossSerializer(losses_of(run), many=True).data


class AskedRunsSerializer(serializers.Serializer[Any]):
    runs = serializers.ListField(child=serializers.IntegerField(), help_text="Our ids; one for each console.")


class EntrySerializer(serializers.ModelSerializer[Entry]):
    class Meta:
        model = Entry
        fields = [
            "id",
            "action",
            "outcome",
            "subject",
            "subject_kind",
            "subject_id",
            "reason",
            "before",
            "after",
            "created_at",
        ]
        read_only_fields = fields


def accepted(run: Run, request: Request) -> Response:
    """202 with the run, and where to follow it."""
    where = reverse("runs-detail", args=[run.pk], request=request)
    return Response(RunSerializer(run).data, status.HTTP_202_ACCEPTED, headers={"Location": where})


class RunViewSet(ReadResource):
    """Executions: what was asked for, how far it is, what came of it."""

    queryset = Run.objects.all()
    serializer_class = RunSerializer
    filterset_fields = {
        "kind": ["exact", "in"],
        "state": ["exact", "in"],
        "halo_credential": ["exact"],
        "console": ["exact"],
        "instance": ["exact"],
        "plan": ["exact"],
        "requested_at": ["gte", "lt"],
    }
    search_fields = ["error"]
    ordering_fields = ["id", "requested_at", "started_at", "ended_at", "calls"]

    @extend_schema(request=None, responses={202: RunSerializer})
    @action(detail=True, methods=["post"], takes_nothing=True)
    def cancel(self, request: Request, pk: str) -> Response:
        """Stop before the next step (`cancel_asked`; a queued run at once); what is done stays done."""
        run = self.get_object()
        if not cancel(run):
            raise Conflict("This run has ended.")
        run.refresh_from_db()
        return accepted(run, request)

    @extend_schema(request=None, responses={202: RunSerializer})
    @action(detail=True, methods=["post"], post_permissions=(MAY_DECIDE,), takes_nothing=True)
    def approve(self, request: Request, pk: str) -> Response:
        """Let the next complete read take away what is missing (`waits_for`); answers the run that reads."""
        run: Run = self.get_object()
        with deciding():
            return accepted(approve(losses_of(run), request.user), request)

    @extend_schema(request=None, responses={202: RunSerializer})
    @action(detail=True, methods=["post"], post_permissions=(MAY_DECIDE,), takes_nothing=True)
    def dismiss(self, request: Request, pk: str) -> Response:
        """Keep everything that is missing (`waits_for`); asked again only if more is missing."""
        run: Run = self.get_object()
        with deciding():
            dismiss(losses_of(run), request.user)
        run.refresh_from_db()
        return accepted(run, request)


@contextmanager
def deciding() -> Iterator[None]:
    try:
        yield
    except NothingToDecide as nothing:
        raise Conflict(str(nothing)) from None


class EntryViewSet(NestedResource):
    """What a run changed, or did not change and why; what was unchanged is only counted."""

    queryset = Entry.objects.all()
    parent = "run"
    serializer_class = EntrySerializer
    filterset_fields = {"action": ["exact", "in"], "outcome": ["exact", "in"], "subject_kind": ["exact"]}
    search_fields = ["subject", "reason"]
    ordering_fields = ["id", "action", "outcome", "subject"]
