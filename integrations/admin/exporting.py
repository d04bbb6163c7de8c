"""Lists as CSV or XLSX: exactly the rows that are listed, in their order, streamed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.urls import URLPattern
from django.utils import timezone
from django.utils.http import content_disposition_header

from integrations.admin.field_columns import KIND_NAMES, PATHS, FieldColumns
from integrations.models.audit import AuditAction, note
from integrations.sync import sheets
from integrations.sync.cells import Cell, cell, headers
from integrations.sync.sheets import SheetColumn, cells_of

if TYPE_CHECKING:
    from integrations.admin.bases import BridgeAdmin as _Base
else:
    _Base = object

FORMAT, WITH_FIELDS, COLUMNS = "format", "with_fields", "columns"
"""Parameters of an export; all others are the list's own."""
AS_LISTED = ""
CUSTOM_PREFIXES = ("$CF", "CF")
"""`columns` of a sheet as HaloPSA's own import takes it: how it spells a custom field there."""
CSV, XLSX = "csv", "xlsx"
BATCH = 2000
TOO_MANY = "These are {count:,} rows; an XLSX sheet holds {most:,}. Export them as CSV or filter the list."


class ExportedList(_Base):
    """A list with buttons that export it. Whoever may look at it may take it along."""

    list_before_template = "bridge/export_bar.html"
    exported: ClassVar[tuple[SheetColumn, ...]] = ()
    exported_as: ClassVar[str] = ""
    exported_fields: ClassVar[bool] = False
    """Whether the rows have asset fields and custom fields to be added."""
    exported_for_halo: ClassVar[tuple[SheetColumn, ...]] = ()
    """The columns in HaloPSA's own words, for a list that its import takes."""

    def page_urls(self) -> list[URLPattern]:
        return [self.page("export/", "export", self.export), *super().page_urls()]

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """The filtered, searched and ordered list; the query string is the list's, with format and fields."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method != "GET":
            return HttpResponseNotAllowed(["GET"])
        asked = taken_out(request)
        try:
            listed = self.get_changelist_instance(request)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(f"{self.url('changelist')}?e=1")
        if asked.kind == XLSX and (sentence := too_many(listed.queryset.count())):
            messages.error(request, sentence)
            return HttpResponseRedirect(f"{self.url('changelist')}?{request.GET.urlencode()}")
        rows = self.rows_to_export(request, listed.queryset)
        if asked.prefix and self.exported_for_halo:
            export = Export(self.exported_for_halo, rows, True, asked.prefix)
        else:
            export = Export(self.exported, rows, self.exported_fields and asked.with_fields)
        return download(asked.kind, named(self.exported_as), self.exported_as, export.names, export.rows())

    def rows_to_export(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The listed rows with what their columns show besides."""
        return rows


def too_many(count: int) -> str:
    """Why so many rows make no workbook; '' if they do."""
    return TOO_MANY.format(count=count, most=sheets.MOST_ROWS) if count > sheets.MOST_ROWS else ""


def named(what: str) -> str:
    """The name of a file that holds a list as it is now, without its ending."""
    return f"halopsa-{what}-{timezone.localtime():%Y-%m-%d-%H%M}"


def download(
    kind: str, stem: str, title: str, names: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> HttpResponseBase:
    """Rows as a file to keep: CSV is streamed, a workbook is made on disk first. The audit log has it."""
    name = f"{stem}.{kind}"
    note(AuditAction.EXPORT, name=name)
    written, content_type = sheets.written(kind, title.capitalize(), names, rows)
    if kind == XLSX:
        return FileResponse(written, as_attachment=True, filename=name, content_type=content_type)
    response = StreamingHttpResponse(written, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response


@dataclass(frozen=True, slots=True)
class Asked:
    """`prefix`: of custom fields in a sheet for HaloPSA's import; '' for a list as it is shown."""

    kind: str
    with_fields: bool
    prefix: str


def taken_out(request: HttpRequest) -> Asked:
    """What an export asks for; what stays in the request is the list's own query, without its page."""
    query = request.GET.copy()
    kind = query.get(FORMAT, CSV)
    if kind not in (CSV, XLSX):
        raise Http404("A list is exported as csv or xlsx.")
    prefix = query.get(COLUMNS, AS_LISTED)
    asked = Asked(kind, WITH_FIELDS in query, prefix if prefix in CUSTOM_PREFIXES else AS_LISTED)
    for name in (FORMAT, WITH_FIELDS, COLUMNS, "p", "e"):
        query.pop(name, None)
    request.GET = query  # type: ignore[assignment]
    return asked


def _for_halo(name: str, kind: str, prefix: str) -> str:
    """HaloPSA API: a custom field's name comes with or without its `CF`."""
    return prefix + name.removeprefix("CF") if kind == KIND_NAMES["custom"] else name


class Export:
    """The rows of a list as cells. `names` are known before the first row is read."""

    def __init__(
        self, columns: tuple[SheetColumn, ...], rows: Any, with_fields: bool, prefix: str = AS_LISTED
    ) -> None:
        self._columns, self._rows = columns, rows
        self._fields = FieldColumns(rows) if with_fields else None
        named = self._fields.named if self._fields else []
        if prefix:
            named = [(_for_halo(name, kind, prefix), kind) for name, kind in named]
        self.names = headers([column.name for column in columns], named)

    def rows(self) -> Iterator[list[Cell]]:
        """Read in batches through one statement, so that no row is missing or there twice."""
        paths = [column.path for column in self._columns]
        if self._fields is None:
            yield from cells_of(self._columns, self._rows.values_list(*paths).iterator(chunk_size=BATCH))
            return
        width, told = len(paths), [column.told for column in self._columns]
        for values in self._rows.values_list(*paths, *PATHS).iterator(chunk_size=BATCH):
            own = [cell(tell(value)) for tell, value in zip(told, values[:width], strict=True)]
            yield [*own, *map(cell, self._fields.of(values[width:]))]
