"""Which value of a computer goes into which field, custom field or property of its asset."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.known_names import KnownNamesOnly
from integrations.api.numbers import HaloId, OurId
from integrations.api.problems import Conflict
from integrations.api.resources import WriteResource, changed_fields
from integrations.models import Console, HaloCredential
from mappings.attributes import ATTRIBUTE_CHOICES
from mappings.definitions import definitions_of, problem_of, problems_of
from mappings.models import FieldMapping, TargetKind
from mappings.starting import start_common_table, start_table

_CREDENTIALS = HaloCredential.objects.select_related("instance")


class FieldMappingSerializer(KnownNamesOnly, serializers.ModelSerializer[FieldMapping]):
    """`field_id` for the targets `field` and `custom`, `property` for the target `property`."""

    attribute = serializers.ChoiceField(choices=ATTRIBUTE_CHOICES, required=False, allow_blank=True)
    console_order = serializers.ListField(
        child=OurId(),
        required=False,
        max_length=100,
        help_text=FieldMapping._meta.get_field("console_order").help_text,
    )
    problem = serializers.SerializerMethodField(help_text="Why this row does nothing; empty: it works.")

    class Meta:
        model = FieldMapping
        fields = [
            "id",
            "halo_credential",
            "asset_type",
            "source",
            "attribute",
            "text",
            "target",
            "field_id",
            "property",
            "owner",
            "console_order",
            "day_format",
            "problem",
        ]
        validators: list[Any] = []  # judged below, in words

    def get_problem(self, row: FieldMapping) -> str:
        told: dict[int, str] = self.context.get("problems") or problems_of([row])
        return told.get(row.pk, "")

    def validate_console_order(self, chosen: list[int]) -> list[int]:
        known = set(Console.objects.filter(pk__in=chosen).values_list("pk", flat=True))
        if missing := [number for number in chosen if number not in known]:
            raise serializers.ValidationError(f"There is no console with the ID {missing[0]}.")
        if len(set(chosen)) < len(chosen):
            raise serializers.ValidationError("A console is named twice.")
        return chosen

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        row = self.instance or FieldMapping()
        stored = {field.name: getattr(row, field.name) for field in FieldMapping._meta.fields if row.pk}
        wanted = FieldMapping(**{**stored, **attrs})
        _place_or_refuse(wanted, attrs)
        credential = _CREDENTIALS.get(pk=int(wanted.halo_credential_id or 0))
        if problem := problem_of(wanted, definitions_of([credential])[credential.pk]):
            raise serializers.ValidationError({problem.column: problem.words})
        _refuse_second(wanted, row.pk)
        return attrs

    def update(self, instance: FieldMapping, validated_data: dict[str, Any]) -> FieldMapping:
        instance.save(update_fields=changed_fields(instance, validated_data))
        return instance


def _place_or_refuse(wanted: FieldMapping, attrs: dict[str, Any]) -> None:
    """A field has its id, a property its name; what belongs to the other kind is emptied."""
    if wanted.target == TargetKind.PROPERTY:
        if not wanted.property:
            raise serializers.ValidationError({"property": "Name the property."})
        wanted.field_id = attrs["field_id"] = None
    else:
        if wanted.field_id is None:
            raise serializers.ValidationError({"field_id": "Name the field by HaloPSA's ID."})
        wanted.property = attrs["property"] = ""


def _refuse_second(wanted: FieldMapping, own: int | None) -> None:
    same = FieldMapping.objects.filter(
        halo_credential=wanted.halo_credential_id,
        asset_type=wanted.asset_type,
        target=wanted.target,
        field_id=wanted.field_id,
        property=wanted.property,
    )
    if found := same.exclude(pk=own or 0).first():
        place = wanted.property or f"The Halo field {wanted.field_id}"
        raise Conflict(
            f"{place} is filled from {found.attribute or found.text} already (field mapping {found.pk})."
        )


class StartSerializer(KnownNamesOnly, serializers.Serializer[Any]):
    halo_credential = serializers.PrimaryKeyRelatedField(queryset=_CREDENTIALS)
    asset_type = HaloId(allow_null=True, help_text="Halo's id; null: the common table.")


class FieldMappingViewSet(WriteResource):
    """Where values of computers go; `asset_type` empty: the common table for all types."""

    queryset = FieldMapping.objects.select_related("halo_credential__instance")
    serializer_class = FieldMappingSerializer
    filterset_fields = {
        "halo_credential": ["exact"],
        "asset_type": ["exact", "isnull"],
        "source": ["exact"],
        "attribute": ["exact"],
        "target": ["exact"],
        "field_id": ["exact"],
        "property": ["exact"],
        "owner": ["exact"],
    }
    search_fields = ["attribute", "text"]
    ordering = ["id"]
    ordering_fields = ["id", "attribute", "field_id", "asset_type"]
    problems: dict[int, str] | None = None

    def paginate_queryset(self, queryset: QuerySet[Any]) -> Any:
        """What is wrong is told of the whole page at once."""
        page = super().paginate_queryset(queryset)
        self.problems = problems_of(page or [])
        return page

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "problems": self.problems}

    @extend_schema(request=StartSerializer, responses={201: FieldMappingSerializer(many=True)})
    @action(detail=False, methods=["post"], pagination_class=None, filter_backends=[])
    def start(self, request: Request) -> Response:
        """Begin the table of an asset type from its key fields, or the common one from the well-known fields,
        which the first row of any table takes the place of. Rows that are there stay."""
        wanted = StartSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        credential, asset_type = (wanted.validated_data[name] for name in ("halo_credential", "asset_type"))
        try:
            is_common = asset_type is None
            rows = start_common_table(credential) if is_common else start_table(credential, asset_type)
        except ValidationError as problem:
            told = problem.message_dict if hasattr(problem, "error_dict") else problem.messages
            raise serializers.ValidationError(told) from None
        return Response(self.get_serializer(rows, many=True).data, status.HTTP_201_CREATED)
