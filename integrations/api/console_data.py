"""What the consoles hold, as last read [console data]; what `push` consoles hold is written here."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api import pushed
from integrations.api.posted import posted_items
from integrations.api.resources import ReadResource
from integrations.api.schema import one_or_many
from integrations.ingest.sent.items import Item
from integrations.models import Company, Computer, Location

COMMON = ["id", "console", "external_id", "name", "active", "gone_since", "changed_at"]


class CompanySerializer(serializers.ModelSerializer[Company]):
    class Meta:
        model = Company
        fields = [*COMMON, "domain", "account_number", "tags"]
        read_only_fields = fields


class LocationSerializer(serializers.ModelSerializer[Location]):
    class Meta:
        model = Location
        fields = ["id", "company", "external_id", "name", "active", "gone_since", "changed_at"]
        read_only_fields = fields


class ComputerSerializer(serializers.ModelSerializer[Computer]):
    class Meta:
        model = Computer
        fields = [
            *COMMON,
            *[
                "company",
                "location",
                "host_name",
                "serial_number",
                "mac_addresses",
                "ip_addresses",
                "manufacturer",
            ],
            *[
                "model",
                "os_name",
                "os_version",
                "device_class",
                "last_user",
                "last_seen",
                "online",
                "in_maintenance",
                "tags",
                "agent_version",
            ],
            *["purchased_on", "warranty_ends_on", "console_url", "remote_url"],
            *["products", "eligible", "ineligible_reason"],
        ]
        read_only_fields = fields


class PushOutcomeSerializer(serializers.Serializer[Any]):
    """How one item fared; a stored one also has the fields of its resource."""

    outcome = serializers.ChoiceField(choices=[pushed.CREATED, pushed.UPDATED, pushed.INVALID])
    external_id = serializers.CharField(allow_null=True)
    errors = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()), required=False
    )
    notes = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="What was left out of it, and why."
    )


PUSH_RESPONSES = {
    code: one_or_many("PushOutcomes", PushOutcomeSerializer)
    for code in (status.HTTP_200_OK, status.HTTP_201_CREATED)
}


class PushResource(ReadResource):
    """A resource that is read, and for `push` consoles also written, one object or many at a time."""

    post_permissions = ("add", "change")
    kind: pushed.Kind

    def take_in(self, request: Request) -> Response:
        items = posted_items(request.data)
        outcomes = pushed.take_in(self.kind, items)
        many = isinstance(request.data, list)
        if items and all(item.errors for item in items):
            raise ValidationError(
                {str(n): item.errors for n, item in enumerate(items)} if many else items[0].errors
            )
        told = self._told(items, outcomes)
        code = status.HTTP_201_CREATED if pushed.CREATED in outcomes else status.HTTP_200_OK
        return Response(told if many else told[0], code)

    def _told(self, items: list[Item], outcomes: list[str]) -> list[dict[str, Any]]:
        rows = {(row.console_id, row.external_id): row for row in pushed.stored_rows(self.kind, items)}
        serializer = self.get_serializer()
        return [
            {"outcome": outcome, "external_id": item.sent_id, "errors": item.errors}
            if item.errors
            else {
                "outcome": outcome,
                **({"notes": item.notes} if item.notes else {}),
                **serializer.to_representation(rows[pushed.place_of(item)]),
            }
            for item, outcome in zip(items, outcomes, strict=True)
        ]


class CompanyViewSet(PushResource):
    """Companies of consoles."""

    queryset: QuerySet[Company] = Company.objects.all()
    serializer_class = CompanySerializer
    kind = pushed.COMPANIES
    filterset_fields = ["console", "external_id", "name", "active", "domain"]
    search_fields = ["name", "domain", "external_id"]
    ordering_fields = ["id", "name", "changed_at"]

    @extend_schema(
        request=one_or_many("PushedCompanies", pushed.PushedCompanySerializer), responses=PUSH_RESPONSES
    )
    def create(self, request: Request) -> Response:
        """For `push` consoles: one company or an array of up to 1,000, by console and external id."""
        return self.take_in(request)


class LocationViewSet(ReadResource):
    """Locations of companies."""

    queryset = Location.objects.all()
    serializer_class = LocationSerializer
    filterset_fields = {
        "company": ["exact"],
        "company__console": ["exact"],
        "external_id": ["exact"],
        "name": ["exact"],
        "active": ["exact"],
    }
    search_fields = ["name"]
    ordering_fields = ["id", "name", "company", "changed_at"]


class ComputerViewSet(PushResource):
    """Computers of consoles."""

    queryset: QuerySet[Computer] = Computer.objects.all()
    serializer_class = ComputerSerializer
    kind = pushed.COMPUTERS
    filterset_fields = {
        "console": ["exact"],
        "company": ["exact", "isnull"],
        "location": ["exact"],
        "external_id": ["exact"],
        "name": ["exact"],
        "serial_number": ["exact"],
        "active": ["exact"],
        "eligible": ["exact"],
        "last_seen": ["gte", "lt"],
    }
    search_fields = ["name", "host_name", "serial_number"]
    ordering_fields = ["id", "name", "last_seen", "changed_at"]

    @extend_schema(
        request=one_or_many("PushedComputers", pushed.PushedComputerSerializer), responses=PUSH_RESPONSES
    )
    def create(self, request: Request) -> Response:
        """For `push` consoles: one computer or an array of up to 1,000, by console and external id."""
        return self.take_in(request)
