"""Plans [previews]: asked for, looked at, ticked, applied by checksum."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from integrations.api.known_names import KnownNamesOnly
from integrations.api.numbers import HaloId, OurId
from integrations.api.problems import Conflict
from integrations.api.resources import ReadResource
from integrations.api.runs import RunSerializer, accepted
from integrations.api.waiting import wait_while
from integrations.choices import PlanState
from integrations.models import Computer, HaloSite, Plan
from integrations.runs.request import request_planning
from mappings.api.wanted_plans import MOST_COMPUTERS, WantedPlanSerializer, make_plan
from mappings.keeping import release
from mappings.models import ComputerMapping
from mappings.planning import apply_as_seen, can_be_made_again, choose, make_again


class PlanSerializer(serializers.ModelSerializer[Plan]):
    class Meta:
        model = Plan
        fields = [
            "id",
            "kind",
            "state",
            "halo_credential",
            "console",
            "company",
            "parameters",
            "checksum",
            "counts",
            "forecast_calls",
            "forecast_seconds",
            "lower_bound",
            "created_at",
            "error",
        ]
        read_only_fields = fields


class RowChoicesSerializer(KnownNamesOnly, serializers.Serializer[Any]):
    """For the new assets of these computers. What is absent stays; null or "" takes a choice back."""

    computers = serializers.ListField(
        child=OurId(),
        min_length=1,
        max_length=MOST_COMPUTERS,
        help_text="Our ids; those that the preview is not about are not looked at.",
    )
    asset_type = HaloId(required=False, allow_null=True, help_text="Halo's id.")
    halo_site = serializers.PrimaryKeyRelatedField(
        queryset=HaloSite.objects.all(), required=False, allow_null=True
    )
    inventory_number = serializers.CharField(
        required=False, allow_blank=True, max_length=255, help_text="The asset tag; for one computer only."
    )

    def validate_computers(self, wanted: list[int]) -> list[int]:
        known = set(Computer.objects.filter(pk__in=wanted).values_list("pk", flat=True))
        if missing := sorted(set(wanted) - known):
            raise serializers.ValidationError(f"There is no computer with the id {missing[0]}.")
        return sorted(known)


class ReleasedSerializer(serializers.Serializer[Any]):
    released = serializers.IntegerField(help_text="Computer mappings that were held.")


class ChecksumSerializer(KnownNamesOnly, serializers.Serializer[Any]):
    checksum = serializers.CharField(max_length=64, help_text="Of the plan as it was looked at.")


class PlanViewSet(ReadResource):
    """Previews of what an export would change in HaloPSA."""

    queryset = Plan.objects.all()
    serializer_class = PlanSerializer
    filterset_fields = ["kind", "state", "halo_credential", "console", "company"]
    search_fields = ["error"]
    ordering = ["-id"]
    ordering_fields = ["id", "created_at"]

    @extend_schema(request=WantedPlanSerializer, responses={201: PlanSerializer, 202: PlanSerializer})
    def create(self, request: Request) -> Response:
        """201 with counts and checksum if it is ready within 10 s, else 202: look again later."""
        wanted = WantedPlanSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        plan = make_plan(wanted.validated_data, request.user)
        request_planning(plan, requested_by=request.user)
        wait_while(plan, PlanState.PLANNING)
        return _made(plan, request)

    @extend_schema(request=RowChoicesSerializer, responses={200: PlanSerializer, 202: PlanSerializer})
    @action(detail=True, methods=["post"])
    def choices(self, request: Request, pk: str) -> Response:
        """Another asset type, site or tag for some computers; the preview is planned anew, ticks stay."""
        wanted = RowChoicesSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        plan = self.get_object()
        values = {**wanted.validated_data}
        choose(plan, values.pop("computers"), values, request.user)
        wait_while(plan, PlanState.PLANNING)
        code = status.HTTP_202_ACCEPTED if plan.state == PlanState.PLANNING else status.HTTP_200_OK
        return Response(PlanSerializer(plan).data, code)

    @extend_schema(request=None, responses={201: PlanSerializer, 202: PlanSerializer})
    @action(detail=True, methods=["post"], post_permissions=("add",), takes_nothing=True)
    def again(self, request: Request, pk: str) -> Response:
        """A new preview instead of one that is out of date, of any kind but *assets*; that of a sheet is
        computed in its place. 201 if it is ready within 10 s, else 202."""
        plan = self.get_object()
        if not can_be_made_again(plan):
            raise Conflict("This preview is not made again: ask for a new one.")
        plan = make_again(plan, request.user)
        wait_while(plan, PlanState.PLANNING)
        return _made(plan, request)

    @extend_schema(request=None, responses={200: ReleasedSerializer})
    @action(
        detail=True,
        methods=["post"],
        post_permissions=("mappings.change_computermapping",),
        takes_nothing=True,
    )
    def release(self, request: Request, pk: str) -> Response:
        """Let go of the computer mappings that are held since this undo."""
        held = ComputerMapping.objects.filter(held=True, held_by__plan=self.get_object())
        return Response({"released": release(held)})

    @extend_schema(request=ChecksumSerializer, responses={202: RunSerializer})
    @action(detail=True, methods=["post"], post_permissions=("apply",))
    def apply(self, request: Request, pk: str) -> Response:
        """Do what was looked at. 409 if the plan is not that one (any more), or if the world has changed."""
        wanted = ChecksumSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        plan = self.get_object()
        try:
            return accepted(apply_as_seen(plan, wanted.validated_data["checksum"], request.user), request)
        except DjangoValidationError as problem:
            raise Conflict(" ".join(problem.messages)) from None


def _made(plan: Plan, request: Request) -> Response:
    code = status.HTTP_201_CREATED if plan.state == PlanState.READY else status.HTTP_202_ACCEPTED
    where = reverse("plans-detail", args=[plan.pk], request=request)
    return Response(PlanSerializer(plan).data, code, headers={"Location": where})
