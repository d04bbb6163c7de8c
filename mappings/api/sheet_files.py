"""Mappings and assets as files: what is there, and empty samples to be filled in."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from integrations.api.scopes import scope_allows
from integrations.models import Company, Computer, Console, HaloAsset, HaloClient, HaloCredential, Product
from integrations.models.audit import AuditAction, note
from integrations.sync import sheets
from integrations.sync.cells import headers
from integrations.sync.tables.fields import Table
from mappings.linking import CompanyState, ComputerState, companies_of, with_company_state, with_states
from mappings.models import SheetKind
from mappings.spreadsheets.assets import CUSTOM_PREFIXES, asset_table
from mappings.spreadsheets.exported import (
    COMPANY_COLUMNS,
    COMPUTER_COLUMNS,
    PRODUCT_COLUMNS,
    company_sheet,
    computer_sheet,
    product_sheet,
)
from mappings.spreadsheets.exported_assets import asset_cells
from mappings.spreadsheets.kinds import table_of

CSV, XLSX = "csv", "xlsx"
BATCH: Final = 2000
_COLUMNS: Final = {
    SheetKind.COMPANIES: COMPANY_COLUMNS,
    SheetKind.PRODUCTS: PRODUCT_COLUMNS,
    SheetKind.COMPUTERS: COMPUTER_COLUMNS,
}
_LOOKS_AT: Final = {
    SheetKind.COMPANIES: "mappings.view_companymapping",
    SheetKind.PRODUCTS: "mappings.view_productmapping",
    SheetKind.COMPUTERS: "integrations.view_computer",
    SheetKind.ASSETS: "integrations.view_haloasset",
}
_STATES: Final = {SheetKind.COMPANIES: CompanyState.values, SheetKind.COMPUTERS: ComputerState.values}
_FILE: Final = {
    (200, kind): OpenApiResponse(OpenApiTypes.BINARY, "The file.") for kind in ("text/csv", sheets.XLSX_TYPE)
}


class SampleSerializer(serializers.Serializer[Any]):
    halo_credential = serializers.PrimaryKeyRelatedField(
        queryset=HaloCredential.objects.select_related("instance")
    )
    what = serializers.ChoiceField(choices=SheetKind.choices)
    file_format = serializers.ChoiceField(choices=[CSV, XLSX], default=CSV)


class ExportSerializer(SampleSerializer):
    console = serializers.PrimaryKeyRelatedField(queryset=Console.objects.all(), default=None)
    company = serializers.PrimaryKeyRelatedField(
        queryset=Company.objects.all(), default=None, help_text="Of computers."
    )
    client = serializers.PrimaryKeyRelatedField(
        queryset=HaloClient.objects.all(), default=None, help_text="Of assets."
    )
    custom_prefix = serializers.ChoiceField(
        choices=CUSTOM_PREFIXES, default="$CF", help_text="Of custom fields of assets."
    )
    state = serializers.CharField(
        default="", max_length=20, help_text="Of companies or computers, as their lists name it."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        what, state = attrs["what"], attrs["state"]
        if state and state not in _STATES.get(what, ()):
            raise serializers.ValidationError({"state": f"There is no state {state!r} of these."})
        return attrs


def may(request: Request, right: str) -> bool:
    """Whether the account has the right, and the scope of the token that calls allows it."""
    return bool(request.user.has_perm(right)) and scope_allows(request.auth, [right])


class SheetFiles:
    """For the resource of sheets."""

    parameters = {
        "export": tuple(ExportSerializer().fields),
        "sample": tuple(SampleSerializer().fields),
    }

    @extend_schema(parameters=[ExportSerializer], responses=_FILE)
    @action(detail=False, methods=["get"], filter_backends=[], pagination_class=None)
    def export(self, request: Request) -> HttpResponseBase:
        """All mappings of one kind towards a credential, or its assets in use as HaloPSA's own import takes
        them; streamed, and they can be imported again."""
        wanted = ExportSerializer(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        asked = wanted.validated_data
        what = SheetKind(asked["what"])
        if not may(request, _LOOKS_AT[what]):
            raise PermissionDenied(f"You need the permission {_LOOKS_AT[what]}.")
        rows = _rows(what, asked)
        if asked["file_format"] == XLSX and rows.count() > sheets.MOST_ROWS:
            raise serializers.ValidationError({"file_format": "These are too many rows for XLSX; take csv."})
        note(AuditAction.EXPORT, asked["halo_credential"], name=f"{what}.{asked['file_format']}")
        if what == SheetKind.ASSETS:
            table = asset_table(asked["halo_credential"], asked["custom_prefix"])
            return _file(asked["file_format"], what, _headers(table), asset_cells(rows, table))
        columns = _COLUMNS[what]
        values = rows.values_list(*(column.path for column in columns)).iterator(chunk_size=BATCH)
        names = [column.name for column in columns]
        return _file(asked["file_format"], what, names, sheets.cells_of(columns, values))

    @extend_schema(parameters=[SampleSerializer], responses=_FILE)
    @action(detail=False, methods=["get"], filter_backends=[], pagination_class=None)
    def sample(self, request: Request) -> HttpResponseBase:
        """An empty sheet with the headers that are understood; of assets with the fields of that HaloPSA."""
        wanted = SampleSerializer(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        asked = wanted.validated_data
        table = table_of(asked["what"], asked["halo_credential"])
        return _file(asked["file_format"], asked["what"], _headers(table), ())


def _headers(table: Table) -> list[str]:
    return headers([field.label for field in table.fields])


def _rows(what: SheetKind, asked: dict[str, Any]) -> QuerySet[Any]:
    credential = asked["halo_credential"]
    of_console = {"console": asked["console"]} if asked["console"] else {}
    if what == SheetKind.ASSETS:
        of_client = {"client": asked["client"]} if asked["client"] else {}
        return HaloAsset.objects.filter(halo_credential=credential, active=True, **of_client).order_by("pk")
    if what == SheetKind.PRODUCTS:
        return product_sheet(Product.objects.filter(**of_console), credential)
    if what == SheetKind.COMPANIES:
        companies = with_company_state(companies_of(credential).filter(**of_console), credential)
        chosen = {"state": asked["state"]} if asked["state"] else {}
        return company_sheet(companies.filter(**chosen), credential)
    of_company = {"company": asked["company"]} if asked["company"] else {}
    computers = with_states(Computer.objects.filter(**of_console, **of_company), credential)
    chosen = {"mapping_state": asked["state"]} if asked["state"] else {}
    return computer_sheet(computers.filter(**chosen).order_by("name", "pk"), credential)


def _file(kind: str, what: str, names: list[str], rows: Any) -> HttpResponseBase:
    name = f"{what}-{timezone.localtime():%Y-%m-%d-%H%M}.{kind}"
    written, content_type = sheets.written(kind, what.capitalize(), names, rows)
    if kind == XLSX:
        return FileResponse(written, as_attachment=True, filename=name, content_type=content_type)
    response = StreamingHttpResponse(written, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response
