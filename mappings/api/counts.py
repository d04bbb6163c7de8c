"""Counts by client, product and asset type: those of months' ends as they were kept, and those of now."""

from __future__ import annotations

import re
from typing import Any, Final

from django_filters import CharFilter, ModelChoiceFilter
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.pagination import ListPagination
from integrations.api.queries import Filters
from integrations.api.resources import ReadResource
from integrations.models import HaloCredential
from mappings.counts import Month, months_of, present_counts
from mappings.models import MonthCount

MONTH: Final = re.compile(r"(?!0000)[0-9]{4}-(0[1-9]|1[0-2])")
CREDENTIAL = OpenApiParameter("halo_credential", int, required=True, description="Our id.")


@extend_schema_field({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$"})
class MonthField(serializers.DateField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m", **kwargs)


class MonthCountSerializer(serializers.ModelSerializer[MonthCount]):
    halo_credential = serializers.IntegerField(source="month_end.halo_credential_id", read_only=True)
    month = MonthField(source="month_end.ends_on", read_only=True)
    counted_at = serializers.DateTimeField(source="month_end.counted_at", read_only=True)

    class Meta:
        model = MonthCount
        fields = [
            *["id", "halo_credential", "month", "counted_at", "client", "client_halo_id", "client_name"],
            *["console", "console_name", "product", "asset_type", "asset_type_name", "number"],
        ]
        read_only_fields = fields


class PresentCountSerializer(serializers.Serializer[Any]):
    client = serializers.IntegerField()
    client_halo_id = serializers.IntegerField()
    client_name = serializers.CharField()
    console = serializers.IntegerField()
    console_name = serializers.CharField()
    product = serializers.CharField(source="product_name")
    asset_type = serializers.IntegerField(allow_null=True, help_text="Halo's id; null: not in HaloPSA.")
    asset_type_name = serializers.CharField()
    number = serializers.IntegerField()


class MonthSerializer(serializers.Serializer[Any]):
    month = serializers.CharField(source="key")
    counted = serializers.SerializerMethodField(help_text="False: nobody counted it; there are no figures.")
    counted_at = serializers.DateTimeField(source="counted.counted_at", default=None, allow_null=True)
    left_out = serializers.IntegerField(
        source="counted.left_out",
        default=None,
        allow_null=True,
        help_text="Computers of companies that were not mapped.",
    )
    stale_consoles = serializers.ListField(
        child=serializers.CharField(),
        source="counted.stale_consoles",
        default=None,
        allow_null=True,
        help_text="Consoles that had not been read in the day before.",
    )

    def get_counted(self, month: Month) -> bool:
        return month.counted is not None


class MonthCountFilters(Filters):
    halo_credential = ModelChoiceFilter(
        field_name="month_end__halo_credential", queryset=HaloCredential.objects.all()
    )
    month = CharFilter(method="of_month", label="A month as 2026-10.")

    class Meta:
        model = MonthCount
        fields = ["client", "client_halo_id", "console", "product", "asset_type"]

    def of_month(self, rows: Any, name: str, text: str) -> Any:
        if not MONTH.fullmatch(text):
            raise ValidationError({"month": "Write a month as 2026-10."})
        return rows.filter(month_end__ends_on__year=int(text[:4]), month_end__ends_on__month=int(text[5:]))


class CountViewSet(ReadResource):
    """Computers by client, console, product and asset type at the ends of months."""

    queryset = MonthCount.objects.select_related("month_end")
    serializer_class = MonthCountSerializer
    filterset_class = MonthCountFilters
    search_fields = ["client_name", "product"]
    ordering = ["id"]
    ordering_fields = ["id", "client_name", "product", "number"]
    parameters = {"now": ("halo_credential",), "months": ("halo_credential",)}

    @extend_schema(responses=PresentCountSerializer(many=True), parameters=[CREDENTIAL], filters=False)
    @action(detail=False, pagination_class=ListPagination, filter_backends=[])
    def now(self, request: Request) -> Response:
        """The counts of this moment, in the order of clients."""
        rows = present_counts(self._credential(request))
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(PresentCountSerializer(page, many=True).data)

    @extend_schema(responses=MonthSerializer(many=True), parameters=[CREDENTIAL], filters=False)
    @action(detail=False, pagination_class=None, filter_backends=[])
    def months(self, request: Request) -> Response:
        """The months since the first counted one, newest first; those that nobody counted among them."""
        return Response(MonthSerializer(months_of(self._credential(request)), many=True).data)

    @staticmethod
    def _credential(request: Request) -> HaloCredential:
        text = request.query_params.get("halo_credential", "")
        known = text.isascii() and text.isdigit() and len(text) < 19
        credential = HaloCredential.objects.filter(pk=int(text)).first() if known else None
        if credential is None:
            raise ValidationError({"halo_credential": "Name a HaloPSA credential by its id."})
        return credential
