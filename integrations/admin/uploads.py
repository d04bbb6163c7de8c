"""Uploads: what a spreadsheet was taken for, what applying it would do, and the button that does it."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter

from integrations.admin.bases import Button, HistoryAdmin
from integrations.admin.display import NOTHING, admin_url, badge_column, row_link, time_column
from integrations.admin.pages import choices, page_of
from integrations.choices import Outcome, UploadState
from integrations.ingest.uploads.choosing import choose
from integrations.ingest.uploads.counting import BAD, CHANGED, NEW, ORDERS, REPEATED, UNCHANGED
from integrations.ingest.uploads.parts import layout_of
from integrations.models import Entry, Upload
from integrations.runs.uploads import CannotApply, request_apply, request_look, stale
from integrations.sync.tables.cells import BadFile
from integrations.sync.tables.fields import ID
from integrations.sync.tables.known import TABLES

ENTRIES_PER_PAGE: Final = 50
EXAMPLES: Final = 3
FIGURES: Final = (NEW, CHANGED, UNCHANGED, BAD, REPEATED)


def _may_change(upload: Upload) -> bool:
    return upload.state not in (UploadState.APPLYING, UploadState.APPLIED)


@admin.register(Upload)
class UploadAdmin(HistoryAdmin):
    list_display = ("__str__", "state_shown", "console_shown", "complete", "told", "uploaded", "created_by")
    list_filter = (
        ("state", ChoicesDropdownFilter),
        ("what", ChoicesDropdownFilter),
        ("console", RelatedDropdownFilter),
    )
    list_select_related = ("console", "created_by")
    search_fields = ("file_name", "console__name")
    empty_hint = (
        "Spreadsheets are uploaded on the page of a console of the kind “Spreadsheets”; each is looked at "
        "here before it is applied."
    )
    buttons: ClassVar[tuple[Button, ...]] = (
        Button("look_again", "Look again", shown=_may_change),
        Button("apply", "Apply", shown=lambda upload: upload.state == UploadState.READY),
    )

    state_shown = badge_column("state", "State")
    uploaded = time_column("created_at", "Uploaded")

    @admin.display(description="Console", ordering="console__name")
    def console_shown(self, row: Upload) -> SafeString | str:
        return row_link(row.console)

    @admin.display(description="Rows")
    def told(self, row: Upload) -> str:
        return ", ".join(f"{row.counts[name]} {name}" for name in FIGURES if row.counts.get(name)) or NOTHING

    def get_queryset(self, request: HttpRequest) -> QuerySet[Upload]:
        rows = super().get_queryset(request).defer("content")
        return rows.select_related("console", "created_by", "look_run", "apply_run")

    # ---- permissions: those of the console --------------------------------------------------

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) or self._may_act(request)

    def may_press(self, request: HttpRequest, permission: str, row: Model) -> bool:
        return self._may_act(request)

    @staticmethod
    def _may_act(request: HttpRequest) -> bool:
        return bool(request.user.has_perm("integrations.upload_console"))

    # ---- the preview ------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        upload: Upload = self.row_or_404(request, object_id)
        if not self.has_view_permission(request, upload):
            raise PermissionDenied
        entries, outcomes = _told_rows(request, upload)
        may_act = self._may_act(request)
        context = self.page_context(
            request,
            str(upload),
            said=True,
            object=upload,
            upload=upload,
            is_at_work=upload.state == UploadState.LOOKING,
            figures=[(upload.counts.get(name, 0), name) for name in FIGURES if name in upload.counts],
            may_choose=may_act and _may_change(upload),
            may_apply=may_act and upload.state == UploadState.READY,
            stale=stale(upload) if upload.state == UploadState.READY else "",
            columns=_columns(upload),
            fields=TABLES[upload.what].fields,
            has_times=bool(layout_of(upload).time_columns),
            orders=[("", "As the file itself says"), *((key.value, words) for key, words in ORDERS.items())],
            needs_keys=ID not in upload.choices.get("columns", ()),
            page=entries,
            outcomes=outcomes,
        )
        return TemplateResponse(request, "bridge/upload_preview.html", context)

    # ---- buttons ----------------------------------------------------------------------------

    def look_again(self, request: HttpRequest, row: Upload) -> HttpResponse:
        """With the columns as the form has them."""
        try:
            choose(row, _wanted(request, row))
            request_look(row, requested_by=request.user)
        except (BadFile, CannotApply) as problem:
            messages.error(request, str(problem))
        return HttpResponseRedirect(admin_url(row))

    def apply(self, request: HttpRequest, row: Upload) -> HttpResponse:
        try:
            run = request_apply(row, request.POST.get("checksum", ""), requested_by=request.user)
        except CannotApply as problem:
            messages.error(request, f"Nothing was stored. {problem}")
            return HttpResponseRedirect(admin_url(row))
        return HttpResponseRedirect(admin_url(run))


def _wanted(request: HttpRequest, upload: Upload) -> dict[str, Any]:
    """What the form of the columns says."""
    width = len(upload.found.get("headers", ()))
    columns = [request.POST.get(f"column-{position}", "") for position in range(width)]
    ticked = [name for at, name in enumerate(columns) if name and f"key-{at}" in request.POST]
    return {
        "sheet": request.POST.get("sheet", upload.choices.get("sheet", "")),
        "columns": columns,
        "keys": [] if ID in columns else list(dict.fromkeys(ticked)),
        "order": request.POST.get("order", ""),
        "complete": "complete" in request.POST,
    }


def _columns(upload: Upload) -> list[dict[str, Any]]:
    """Each column with some of its values and what it was taken for."""
    chosen, rows = upload.choices.get("columns", []), upload.found.get("first_rows", [])
    found = []
    for position, header in enumerate(upload.found.get("headers", [])):
        cells = [row[position] for _, row in rows if position < len(row) and row[position]]
        name = chosen[position] if position < len(chosen) else ""
        found.append(
            {
                "position": position,
                "header": header,
                "examples": list(dict.fromkeys(cells))[:EXAMPLES],
                "field": name,
                "is_key": bool(name) and name in upload.choices.get("keys", ()),
            }
        )
    return found


def _told_rows(request: HttpRequest, upload: Upload) -> tuple[Any, Any]:
    """What was told about single rows when it was looked at."""
    rows = Entry.objects.filter(run=upload.look_run_id) if upload.look_run_id else Entry.objects.none()
    counts = dict(rows.order_by().values_list("outcome").annotate(number=Count("pk")))
    chosen = request.GET.get("outcome", "")
    count = counts.get(chosen, 0) if chosen else sum(counts.values())
    page = page_of(request, rows.filter(outcome=chosen) if chosen else rows, ENTRIES_PER_PAGE, count)
    return page, choices(request, "outcome", list(Outcome.choices), counts)
