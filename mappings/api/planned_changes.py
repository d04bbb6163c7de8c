"""The changes of a preview: looked at, and ticked one by one or as many as a filter finds."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import QuerySet
from django_filters import ModelChoiceFilter
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.known_names import KnownNamesOnly
from integrations.api.problems import Conflict
from integrations.api.queries import Filters
from integrations.api.resources import NestedResource
from integrations.models import Company, PlannedChange
from mappings.api.plans import PlanSerializer
from mappings.planning import NOT_THAT_ONE, of_company, tick

EMPTY: Final = "Say what to look for, or leave it out: without a filter all changes are meant."


class PlannedChangeSerializer(KnownNamesOnly, serializers.ModelSerializer[PlannedChange]):
    class Meta:
        model = PlannedChange
        fields = [
            "position",
            "action",
            "subject",
            "subject_kind",
            "subject_id",
            "before",
            "after",
            "reason",
            "selected",
        ]
        read_only_fields = [name for name in fields if name != "selected"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "selected" not in attrs:
            raise serializers.ValidationError({"selected": "Say true or false; nothing else can be changed."})
        return attrs


class TicksSerializer(KnownNamesOnly, serializers.Serializer[Any]):
    """For all changes that the filter finds; without one for all."""

    selected = serializers.BooleanField()
    checksum = serializers.CharField(
        required=False,
        max_length=64,
        help_text="Of the plan as it was looked at: 409 if it has another one by now. Absent: as it is.",
    )


class PlannedChangeFilters(Filters):
    company = ModelChoiceFilter(
        queryset=Company.objects.all(),
        method="about",
        label="Our id of the company whose computers the changes are about.",
    )

    class Meta:
        model = PlannedChange
        fields = {"action": ["exact", "in"], "subject_kind": ["exact"], "selected": ["exact"]}

    @extend_schema_field({"type": "integer"})
    def about(self, rows: QuerySet[PlannedChange], name: str, company: Company) -> QuerySet[PlannedChange]:
        return of_company(rows, company.pk)


class PlannedChangeViewSet(mixins.UpdateModelMixin, NestedResource):
    """All changes of a plan, in order. A tick changes the plan's checksum."""

    queryset: QuerySet[PlannedChange] = PlannedChange.objects.all()
    parent = "plan"
    lookup_field = "position"
    serializer_class = PlannedChangeSerializer
    http_method_names = ["get", "patch", "head", "options"]
    filterset_class = PlannedChangeFilters
    filtered = ("list", "tick_many")
    search_fields = ["subject", "reason"]
    ordering = ["position"]
    ordering_fields = ["position", "action", "subject"]

    @extend_schema(request=TicksSerializer, responses=PlanSerializer, filters=True)
    def tick_many(self, request: Request, **_: Any) -> Response:
        """Tick or untick all changes that the filter finds, without one all of the plan; answers with the
        plan. Changes that write nothing to HaloPSA (skip, link) stay as they are."""
        if empty := [name for name, value in request.query_params.items() if not str(value).strip()]:
            raise serializers.ValidationError({name: [EMPTY] for name in empty})
        wanted = TicksSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        rows, selected = self.filter_queryset(self.get_queryset()), wanted.validated_data["selected"]
        try:
            plan = tick(self.parent_object, rows, selected, wanted.validated_data.get("checksum"))
        except DjangoValidationError as problem:
            if problem.messages == [NOT_THAT_ONE]:
                raise Conflict(NOT_THAT_ONE) from None
            raise
        return Response(PlanSerializer(plan).data)

    def perform_update(self, serializer: serializers.BaseSerializer[PlannedChange]) -> None:
        change = serializer.instance
        assert change is not None  # noqa: S101  PATCH has found it
        tick(self.parent_object, [change.position], serializer.validated_data["selected"])
        change.refresh_from_db()
