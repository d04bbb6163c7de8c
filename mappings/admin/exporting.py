"""Pages of mappings that are no lists of Django's own, as CSV or XLSX: what they show, all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern

from integrations.admin.credential_choice import credential_choice
from integrations.admin.exporting import XLSX, Export, download, named, taken_out, too_many
from integrations.models import HaloCredential
from integrations.sync.sheets import SheetColumn

if TYPE_CHECKING:
    from integrations.admin.bases import BridgeAdmin as _Base
else:
    _Base = object


class ExportedPage(_Base):
    """A page towards one credential. Whoever may look at it may take it along."""

    exported: ClassVar[tuple[SheetColumn, ...]] = ()
    exported_as: ClassVar[str] = ""

    def page_urls(self) -> list[URLPattern]:
        return [self.page("export/", "export", self.export), *super().page_urls()]  # type: ignore[arg-type]

    def exported_rows(self, request: HttpRequest, credential: HaloCredential) -> QuerySet[Any]:
        """What the page shows by its query string, on all of its pages."""
        raise NotImplementedError

    def export(self, request: HttpRequest) -> HttpResponseBase:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method != "GET":
            return HttpResponseNotAllowed(["GET"])
        kind = taken_out(request).kind
        choice = credential_choice(request)
        if choice.chosen is None:
            raise Http404("No HaloPSA is connected yet.")
        rows = self.exported_rows(request, choice.chosen)
        if kind == XLSX and (sentence := too_many(rows.count())):
            messages.error(request, sentence)
            return HttpResponseRedirect(f"{self.url('changelist')}?{request.GET.urlencode()}")
        export = Export(self.exported, rows, False)
        return download(kind, named(self.exported_as), self.exported_as, export.names, export.rows())
