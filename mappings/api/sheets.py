"""Sheets of mappings and assets by REST: export, sample, send a file, read each row's verdict, apply it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django_filters import ChoiceFilter
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from integrations.api.known_names import KnownNamesOnly
from integrations.api.parsing import BoundedJSONParser
from integrations.api.permissions import ModelPermissions
from integrations.api.problems import Conflict
from integrations.api.queries import Filters
from integrations.api.resources import NestedResource, ReadResource
from integrations.api.runs import RunSerializer, accepted
from integrations.api.waiting import wait_while
from integrations.choices import UploadState
from integrations.models import HaloCredential
from integrations.runs.uploads import CannotApply
from integrations.sync.tables.cells import BadFile
from mappings.api.sheet_files import SheetFiles, may
from mappings.models import MappingSheet, SheetKind, SheetRow
from mappings.spreadsheets.asking import request_apply, request_look
from mappings.spreadsheets.kinds import RIGHTS
from mappings.spreadsheets.standing import SheetState, counts_of, reason_of, with_state
from mappings.spreadsheets.taking import take_sheet


class MappingSheetSerializer(serializers.ModelSerializer[MappingSheet]):
    """`stands` of `with_state` is its state."""

    state = serializers.ChoiceField(
        choices=SheetState.choices,
        source="stands",
        read_only=True,
        help_text="*nothing*: it was looked at, and nothing of it is to be applied (`reason`). A sheet of "
        "assets stands where its plan does: *ready* until that is applied, *stale* where it is out of date.",
    )
    reason = serializers.SerializerMethodField(
        help_text="Why it cannot be read, or why there is nothing to apply."
    )
    counts = serializers.SerializerMethodField(
        help_text="Rows by verdict: *creates*, *changes*, *unchanged* (says what is so already: nothing "
        "to do, no change) and *refused*; of a sheet of assets as its plan has them now."
    )
    headers = serializers.SerializerMethodField(help_text="Of each column, in order.")
    columns = serializers.SerializerMethodField(
        help_text="What each column was taken for: the name of a field, or '' (left out). Of several columns "
        "for one field those that say something have to agree."
    )

    class Meta:
        model = MappingSheet
        fields = [
            *("id", "halo_credential", "what", "file_name", "size", "state", "reason", "checksum", "counts"),
            *("headers", "columns", "plan", "look_run", "apply_run"),
            *("created_at", "looked_at", "applied_at"),
        ]
        read_only_fields = fields

    def get_reason(self, sheet: Any) -> str:
        return reason_of(sheet, sheet.stands)

    def get_counts(self, sheet: MappingSheet) -> dict[str, int]:
        return counts_of(sheet)

    def get_headers(self, sheet: MappingSheet) -> list[str]:
        return list(sheet.found.get("headers", ()))

    def get_columns(self, sheet: MappingSheet) -> list[str]:
        return list(sheet.found.get("columns", ()))


class MappingSheetFilters(Filters):
    state = ChoiceFilter(field_name="stands", choices=SheetState.choices, label="As the sheet tells it.")

    class Meta:
        model = MappingSheet
        fields = ["halo_credential", "what"]


class SheetRowSerializer(serializers.ModelSerializer[SheetRow]):
    class Meta:
        model = SheetRow
        fields = [
            *("id", "number", "name", "subject_id", "verdict", "column", "reason", "before", "after"),
            "outcome",
        ]
        read_only_fields = fields
        extra_kwargs = {
            "column": {"help_text": "The first column that it is refused for."},
            "reason": {"help_text": "What is wrong there; then each other column with what is wrong there."},
        }


class WantedSheetSerializer(KnownNamesOnly, serializers.Serializer[Any]):
    halo_credential = serializers.PrimaryKeyRelatedField(
        queryset=HaloCredential.objects.select_related("instance")
    )
    what = serializers.ChoiceField(choices=SheetKind.choices)
    file = serializers.FileField(help_text="CSV or XLSX; what it is, is told by its content.")


class SheetChecksumSerializer(KnownNamesOnly, serializers.Serializer[Any]):
    checksum = serializers.CharField(max_length=64, help_text="Of the sheet as it was looked at.")


class SheetPermissions(ModelPermissions):
    """Who may change what a sheet holds may import it; who may see sheets may read them all."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not request.user or not request.user.is_authenticated:
            return False
        if request.method != "POST" and super().has_permission(request, view):
            return True
        return any(self._may(request, [right]) for right in RIGHTS.values())


def kinds_of(request: Request) -> list[str]:
    return [kind for kind, right in RIGHTS.items() if may(request, right)]


def visible_to(request: Request) -> QuerySet[MappingSheet]:
    sheets = MappingSheet.objects.defer("content")
    if may(request, "mappings.view_mappingsheet"):
        return sheets
    return sheets.filter(what__in=kinds_of(request))


class MappingSheetViewSet(SheetFiles, ReadResource):
    """Imported sheets of company, computer and product mappings and of assets. They are kept for a day.

    A sheet of assets becomes a plan (`plan`), which is ticked and applied there.
    """

    queryset = MappingSheet.objects.defer("content")
    serializer_class = MappingSheetSerializer
    permission_classes = [SheetPermissions]
    parser_classes = [MultiPartParser, BoundedJSONParser]
    filterset_class = MappingSheetFilters
    search_fields = ["file_name"]
    ordering = ["-id"]
    ordering_fields = ["id", "created_at", "applied_at"]

    def get_queryset(self) -> QuerySet[MappingSheet]:
        if getattr(self, "swagger_fake_view", False):
            return with_state(MappingSheet.objects.none())
        return with_state(visible_to(self.request)).select_related("halo_credential", "apply_run")

    @extend_schema(
        request={"multipart/form-data": WantedSheetSerializer},
        responses={201: MappingSheetSerializer, 202: MappingSheetSerializer},
    )
    def create(self, request: Request) -> Response:
        """Send a sheet: 201 with its verdicts if they are there within 10 s, else 202. Changes nothing."""
        wanted = WantedSheetSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        sent = wanted.validated_data
        self._require(sent["what"])
        file = sent["file"]
        try:
            sheet = take_sheet(sent["halo_credential"], sent["what"], file, file.name, request.user)
        except BadFile as problem:
            raise serializers.ValidationError({"file": problem.sentence}) from None
        return looked_at(sheet, request, status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={200: MappingSheetSerializer, 202: MappingSheetSerializer})
    @action(detail=True, methods=["post"], takes_nothing=True)
    def look(self, request: Request, pk: str) -> Response:
        """Look at it again; it has another checksum then."""
        sheet = self._own()
        if sheet.plan_id is not None:
            raise Conflict("A sheet of assets has become a plan; send the file again to make another.")
        return looked_at(sheet, request, status.HTTP_200_OK)

    @extend_schema(request=SheetChecksumSerializer, responses={202: RunSerializer})
    @action(detail=True, methods=["post"])
    def apply(self, request: Request, pk: str) -> Response:
        """Do what was looked at, refused rows left out. 409 if it is not that any more; asked for twice it is
        done once."""
        sheet = self._own()
        if sheet.plan_id is not None:
            raise Conflict(f"A sheet of assets is applied by its plan ({sheet.plan_id}).")
        wanted = SheetChecksumSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        try:
            run = request_apply(sheet, wanted.validated_data["checksum"], requested_by=request.user)
        except CannotApply as problem:
            raise Conflict(str(problem)) from None
        return accepted(run, request)

    def _own(self) -> MappingSheet:
        sheet: MappingSheet = self.get_object()
        self._require(sheet.what)
        return sheet

    def _require(self, what: str) -> None:
        if what not in kinds_of(self.request):
            raise PermissionDenied(f"You need the permission {RIGHTS[what]} to import this.")


def looked_at(sheet: MappingSheet, request: Request, code: int) -> Response:
    """Ask for the look and answer with it if it is there within 10 s; else 202: look again later."""
    try:
        request_look(sheet, requested_by=request.user)
    except CannotApply as problem:
        raise Conflict(str(problem)) from None
    done = wait_while(sheet, UploadState.LOOKING, ["state"])
    told = with_state(MappingSheet.objects.defer("content")).get(pk=sheet.pk)
    return Response(
        MappingSheetSerializer(told).data,
        code if done else status.HTTP_202_ACCEPTED,
        headers={"Location": reverse("mapping-sheets-detail", args=[sheet.pk], request=request)},
    )


class SheetRowViewSet(NestedResource):
    """What each row of a sheet would do, and what became of it. Unchanged rows are only counted."""

    queryset: QuerySet[SheetRow] = SheetRow.objects.all()
    parent = "sheet"
    serializer_class = SheetRowSerializer
    permission_classes = [SheetPermissions]
    http_method_names = ["get", "head", "options"]
    filterset_fields = {"verdict": ["exact", "in"], "outcome": ["exact", "in"], "subject_id": ["exact"]}
    search_fields = ["name", "reason"]
    ordering = ["number"]
    ordering_fields = ["number", "verdict", "name"]

    def _parents(self) -> QuerySet[Any]:
        if may(self.request, "mappings.view_sheetrow"):
            return MappingSheet.objects.defer("content")
        return visible_to(self.request)
