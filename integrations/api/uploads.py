"""Spreadsheets by REST: send a file, look at what it would do, apply it by checksum."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Model
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from integrations.api.known_names import KnownNamesOnly
from integrations.api.permissions import ModelPermissions
from integrations.api.problems import Conflict
from integrations.api.resources import ReadResource
from integrations.api.runs import RunSerializer, accepted
from integrations.api.waiting import wait_while
from integrations.choices import UploadedKind, UploadState
from integrations.ingest.uploads.choosing import choose
from integrations.ingest.uploads.taking import Wanted, refuse_size, take_file
from integrations.models import Console, Upload
from integrations.registry import CONNECTORS, connector_class
from integrations.runs.uploads import CannotApply, request_apply, request_look
from integrations.sync.tables.cells import BadFile
from integrations.sync.tables.times import Order

MAY_UPLOAD: Final = "integrations.upload_console"


class UploadSerializer(serializers.ModelSerializer[Upload]):
    rows = serializers.SerializerMethodField(help_text="Rows below the headers; null before they are read.")
    headers = serializers.SerializerMethodField(help_text="Of each column, in order.")
    columns = serializers.SerializerMethodField(
        help_text="What each column was taken for: the name of a field, or ''."
    )
    keys = serializers.SerializerMethodField(
        help_text="Fields that tell rows apart where no column is an id."
    )
    order = serializers.SerializerMethodField(
        help_text="What comes first in dates: day, month, or '' (open)."
    )
    sheet = serializers.SerializerMethodField()
    sheets = serializers.SerializerMethodField()

    class Meta:
        model = Upload
        fields = [
            *("id", "console", "what", "complete", "file_name", "size", "state", "reason", "checksum"),
            *("counts", "facts", "rows", "sheets", "sheet", "headers", "columns", "keys", "order"),
            *("look_run", "apply_run", "created_at", "looked_at", "applied_at"),
        ]
        read_only_fields = fields

    def get_rows(self, upload: Upload) -> int | None:
        return upload.found.get("rows")

    def get_headers(self, upload: Upload) -> list[str]:
        return list(upload.found.get("headers", ()))

    def get_columns(self, upload: Upload) -> list[str]:
        return list(upload.choices.get("columns", ()))

    def get_keys(self, upload: Upload) -> list[str]:
        return list(upload.choices.get("keys", ()))

    def get_order(self, upload: Upload) -> str:
        return str(upload.choices.get("order") or upload.found.get("order") or "")

    def get_sheet(self, upload: Upload) -> str:
        return str(upload.choices.get("sheet", ""))

    def get_sheets(self, upload: Upload) -> list[str]:
        return list(upload.found.get("sheets", ()))


class WantedUploadSerializer(KnownNamesOnly, serializers.Serializer[Any]):
    file = serializers.FileField(help_text="CSV or XLSX; what it is, is told by its content.")
    what = serializers.ChoiceField(choices=UploadedKind.choices)
    complete = serializers.BooleanField(
        required=False, default=False, help_text="Whether what it does not hold is missing."
    )


class ChosenSerializer(KnownNamesOnly, serializers.Serializer[Any]):
    """What is not sent stays as it is."""

    sheet = serializers.CharField(required=False, max_length=200, allow_blank=True)
    columns = serializers.ListField(
        child=serializers.CharField(max_length=40, allow_blank=True),
        required=False,
        max_length=200,
        help_text="For each column the name of a field, or '' to leave it out.",
    )
    keys = serializers.ListField(child=serializers.CharField(max_length=40), required=False, max_length=20)
    order = serializers.ChoiceField(
        choices=[(order.value, order.value) for order in Order], required=False, allow_blank=True
    )
    complete = serializers.BooleanField(required=False)


class LookedAtSerializer(KnownNamesOnly, serializers.Serializer[Any]):
    checksum = serializers.CharField(max_length=64, help_text="Of the upload as it was looked at.")


class UploadPermissions(ModelPermissions):
    """Whoever may upload may choose and apply, and look at what came of it."""

    def _needed(self, method: str, view: APIView, model: type[Model]) -> list[str]:
        if method in ("GET", "HEAD", "OPTIONS"):
            return super()._needed(method, view, model)
        return [MAY_UPLOAD]

    def has_permission(self, request: Request, view: APIView) -> bool:
        if super().has_permission(request, view):
            return True
        return bool(request.user and request.user.is_authenticated) and self._may(request, [MAY_UPLOAD])


class UploadViewSet(mixins.UpdateModelMixin, ReadResource):
    """Uploaded spreadsheets: looked at, corrected, applied. They are kept for a day."""

    queryset = Upload.objects.defer("content")
    serializer_class = UploadSerializer
    permission_classes = [UploadPermissions]
    http_method_names = ["get", "patch", "post", "head", "options"]
    filterset_fields = ["console", "what", "state", "complete"]
    search_fields = ["file_name"]
    ordering = ["-id"]
    ordering_fields = ["id", "created_at", "applied_at"]

    @extend_schema(request=ChosenSerializer, responses={200: UploadSerializer, 202: UploadSerializer})
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Correct what was guessed; it is looked at again, and has another checksum then."""
        upload: Upload = self.get_object()
        wanted = ChosenSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        if upload.state in (UploadState.APPLYING, UploadState.APPLIED):
            raise Conflict("This upload has been applied; upload the file again to change something.")
        try:
            choose(upload, wanted.validated_data)
        except BadFile as problem:
            raise serializers.ValidationError(problem.sentence) from None
        return looked_at(upload, request, status.HTTP_200_OK)

    @extend_schema(request=LookedAtSerializer, responses={202: RunSerializer})
    @action(detail=True, methods=["post"])
    def apply(self, request: Request, pk: str) -> Response:
        """Store what was looked at. 409 if it is not that any more; twice asked for it is done once."""
        wanted = LookedAtSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        try:
            run = request_apply(
                self.get_object(), wanted.validated_data["checksum"], requested_by=request.user
            )
        except CannotApply as problem:
            raise Conflict(str(problem)) from None
        return accepted(run, request)


def looked_at(upload: Upload, request: Request, code: int) -> Response:
    """Ask for the look and answer with it if it is there within 10 s; else 202: look again later."""
    try:
        request_look(upload, requested_by=request.user)
    except CannotApply as problem:
        raise Conflict(str(problem)) from None
    looked_for = ["state", "reason", "checksum", "counts", "facts", "found"]
    done = wait_while(upload, UploadState.LOOKING, looked_for)
    where = reverse("uploads-detail", args=[upload.pk], request=request)
    return Response(
        UploadSerializer(upload).data,
        code if done else status.HTTP_202_ACCEPTED,
        headers={"Location": where},
    )


class ConsoleUploads:
    """For the resource of consoles."""

    @extend_schema(
        request={"multipart/form-data": WantedUploadSerializer},
        responses={201: UploadSerializer, 202: UploadSerializer},
    )
    @action(detail=True, methods=["post"], post_permissions=("upload",), parser_classes=[MultiPartParser])
    def uploads(self, request: Request, pk: str) -> Response:
        """Send a spreadsheet: 201 with its preview if it is ready within 10 s, else 202. Stores nothing."""
        console: Console = self.get_object()  # type: ignore[attr-defined]
        if console.kind not in CONNECTORS or not connector_class(console.kind).abilities.uploaded:
            raise Conflict("Only consoles of the kind “spreadsheet” are filled by files.")
        if not console.enabled:
            raise Conflict("This console is switched off.")
        wanted = WantedUploadSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        sent = wanted.validated_data
        try:
            refuse_size(sent["file"].size)
            upload = take_file(
                Wanted(console, sent["what"], sent["complete"]), sent["file"], sent["file"].name, request.user
            )
        except BadFile as problem:
            raise serializers.ValidationError({"file": problem.sentence}) from None
        return looked_at(upload, request, status.HTTP_201_CREATED)
