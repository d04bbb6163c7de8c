"""Imported sheets of mappings: choose a file, see what each row would do, apply it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar, Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter, RelatedDropdownFilter

from integrations.admin.bases import Button, HistoryAdmin
from integrations.admin.credential_choice import PARAMETER, credential_choice
from integrations.admin.display import NOTHING, admin_url, badge, time_column
from integrations.admin.exporting import CSV, XLSX, download
from integrations.admin.pages import choices, page_of
from integrations.admin.tones import TONES
from integrations.choices import Outcome, UploadState
from integrations.models import Company, Computer, HaloCredential, Product
from integrations.runs.uploads import CannotApply
from mappings.admin.sheet_form import SheetForm, kinds_for, told_rows
from mappings.models import MappingSheet, SheetKind, SheetRow, SheetVerdict
from mappings.spreadsheets.applying import changed_since
from mappings.spreadsheets.asking import is_at_work, is_left_behind, request_apply, request_look
from mappings.spreadsheets.kinds import KINDS, RIGHTS, table_of
from mappings.spreadsheets.standing import WANTED, SheetState, counts_of, reason_of, with_state

PER_PAGE: Final = 50
_OVER = (UploadState.APPLYING, UploadState.APPLIED)
_TONES: Final = {
    SheetVerdict.CREATES: "good",
    SheetVerdict.CHANGES: "info",
    SheetVerdict.REFUSED: "bad",
    Outcome.DONE: "good",
}


_SUBJECTS: Final[dict[str, Any]] = {
    SheetKind.COMPANIES: Company,
    SheetKind.PRODUCTS: Product,
    SheetKind.COMPUTERS: Computer,
}


class StateFilter(DropdownFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(SheetState.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(stands=self.value()) if self.value() in SheetState.values else queryset


def _badge_of(sheet: Any) -> SafeString:
    return badge(SheetState(sheet.stands).label, TONES.get(sheet.stands, "neutral"))


@admin.register(MappingSheet)
class MappingSheetAdmin(HistoryAdmin):
    list_display = ("__str__", "state_shown", "halo_credential", "told", "imported", "created_by")
    list_filter = (
        StateFilter,
        ("what", ChoicesDropdownFilter),
        ("halo_credential", RelatedDropdownFilter),
    )
    list_select_related = ("halo_credential", "created_by")
    search_fields = ("file_name",)
    empty_hint = (
        "“Import” on the pages of company mappings, computers and default asset types takes a CSV or XLSX "
        "file; each is looked at here before it is applied."
    )
    buttons: ClassVar[tuple[Button, ...]] = (
        Button(
            "look_again", "Look again", shown=lambda sheet: sheet.state not in _OVER and sheet.plan_id is None
        ),
        Button(
            "apply",
            "Apply",
            shown=lambda sheet: sheet.stands == SheetState.READY and sheet.plan_id is None,
        ),
    )
    imported = time_column("created_at", "Imported")

    @admin.display(description="State", ordering="stands")
    def state_shown(self, row: MappingSheet) -> SafeString:
        return _badge_of(row)

    @admin.display(description="Rows")
    def told(self, row: MappingSheet) -> str:
        return told_rows(counts_of(row))

    def get_queryset(self, request: HttpRequest) -> QuerySet[MappingSheet]:
        """Those of the kinds that this staff account may import; all for whoever may see them."""
        rows = with_state(super().get_queryset(request).defer("content"))
        rows = rows.select_related("halo_credential", "created_by", "look_run", "apply_run", "plan")
        if request.user.has_perm("mappings.view_mappingsheet"):
            return rows
        return rows.filter(what__in=[kind for kind, _ in kinds_for(request.user)])

    # ---- permissions: those of what is imported ---------------------------------------------

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if super().has_view_permission(request, obj):
            return True
        return self._may_act(request, obj) if obj is not None else bool(kinds_for(request.user))

    def may_press(self, request: HttpRequest, permission: str, row: Model) -> bool:
        return self._may_act(request, row)

    @staticmethod
    def _may_act(request: HttpRequest, row: Any) -> bool:
        return bool(request.user.has_perm(RIGHTS[row.what]))

    # ---- importing --------------------------------------------------------------------------

    def page_urls(self) -> list[URLPattern]:
        return [
            self.page("import/", "import", self.import_view),
            self.page("sample/<str:name>", "sample", self.sample),  # type: ignore[arg-type]
        ]

    def import_view(self, request: HttpRequest) -> HttpResponse:
        offered = kinds_for(request.user)
        if not offered:
            raise PermissionDenied
        choice = credential_choice(request)
        if choice.chosen is None:
            context = self.page_context(request, "Import mappings")
            return TemplateResponse(request, "bridge/choose_credential.html", context)
        first = {"what": request.GET.get("what") or offered[0][0]}
        form = SheetForm(offered, request.POST or None, request.FILES or None, initial=first)
        sheet = form.store(choice.chosen, request.user) if form.is_valid() else None
        if sheet is not None:
            request_look(sheet, requested_by=request.user)
            return HttpResponseRedirect(admin_url(sheet))
        context = self.page_context(
            request,
            "Import mappings",
            form=form,
            choice=choice,
            media=self.media + form.media,
            samples=[self._sample(kind, label, choice.chosen) for kind, label in offered],
            back=self.url("changelist"),
        )
        return TemplateResponse(request, "bridge/import_sheet.html", context)

    def _sample(self, kind: str, label: str, credential: HaloCredential) -> dict[str, Any]:
        table = table_of(kind, credential)
        keys = {name for names in table.keys for name in names} | set(table.needed)
        return {
            "label": label,
            "headers": [
                {"label": field.label, "needed": field.name in keys, "example": field.sample}
                for field in table.fields
            ],
            "urls": {
                ending.upper(): f"{self.url('sample', f'{kind}.{ending}')}?{PARAMETER}={credential.pk}"
                for ending in (XLSX, CSV)
            },
        }

    def sample(self, request: HttpRequest, name: str) -> HttpResponseBase:
        """An empty sheet with the right headers."""
        what, _, ending = name.partition(".")
        if what not in dict(kinds_for(request.user)) or ending not in (CSV, XLSX):
            raise Http404("There is no such sample.")
        choice = credential_choice(request)
        if choice.chosen is None:
            raise Http404("No HaloPSA is connected yet.")
        names = [field.label for field in table_of(what, choice.chosen).fields]
        return download(ending, f"{SheetKind(what).label.lower().replace(' ', '-')}", what, names, ())

    # ---- the preview ------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        sheet: Any = self.row_or_404(request, object_id)
        if not self.has_view_permission(request, sheet):
            raise PermissionDenied
        if sheet.plan is not None and sheet.state == UploadState.READY:
            return HttpResponseRedirect(admin_url(sheet.plan))
        page, verdicts = _rows(request, sheet)
        is_ready = sheet.state == UploadState.READY
        wanted = sum(sheet.counts.get(name, 0) for name in WANTED)
        left_behind = is_left_behind(sheet)
        may_act = self._may_act(request, sheet) and (left_behind or sheet.state not in _OVER)
        context = self.page_context(
            request,
            str(sheet),
            said=True,
            object=sheet,
            sheet=sheet,
            badge=_badge_of(sheet),
            reason=reason_of(sheet, sheet.stands),
            nothing=sheet.stands == SheetState.NOTHING,
            one=table_of(sheet.what, sheet.halo_credential).one,
            is_at_work=is_at_work(sheet),
            left_behind=left_behind,
            run=sheet.apply_run or sheet.look_run,
            page=page,
            verdicts=verdicts,
            columns=_columns(sheet),
            changed=changed_since(sheet, list(page)) if is_ready else set(),
            may_act=may_act,
            may_apply=may_act and (is_ready or left_behind) and wanted,
            wanted=wanted,
            apply_url=self.url("apply", sheet.pk),
            again_url=self.url("look_again", sheet.pk),
        )
        return TemplateResponse(request, "bridge/sheet_preview.html", context)

    # ---- buttons ----------------------------------------------------------------------------

    def look_again(self, request: HttpRequest, row: MappingSheet) -> HttpResponse:
        try:
            request_look(row, requested_by=request.user)
        except CannotApply as problem:
            messages.error(request, str(problem))
        return HttpResponseRedirect(admin_url(row))

    def apply(self, request: HttpRequest, row: MappingSheet) -> HttpResponse:
        try:
            request_apply(row, request.POST.get("checksum", ""), requested_by=request.user)
        except CannotApply as problem:
            messages.error(request, f"Nothing was changed. {problem}")
        return HttpResponseRedirect(admin_url(row))


def _columns(sheet: MappingSheet) -> list[dict[str, str]]:
    fields = table_of(sheet.what, sheet.halo_credential).by_name
    pairs = zip(sheet.found.get("headers", ()), sheet.found.get("columns", ()), strict=False)
    return [
        {"header": header, "label": fields[name].label if name in fields else ""} for header, name in pairs
    ]


def _rows(request: HttpRequest, sheet: MappingSheet) -> tuple[Any, Any]:
    """One page of rows with `differences` and `badge`, and the verdicts to choose from."""
    rows = SheetRow.objects.filter(sheet=sheet)
    counts = dict(rows.order_by().values_list("verdict").annotate(number=Count("pk")))
    chosen = request.GET.get("verdict", "")
    count = counts.get(chosen, 0) if chosen else sum(counts.values())
    page = page_of(request, rows.filter(verdict=chosen) if chosen else rows, PER_PAGE, count)
    page.object_list = list(page.object_list)
    labels = KINDS[sheet.what].labels if sheet.what in KINDS else {}
    consoles = _consoles(sheet.what, page.object_list)
    for row in page.object_list:
        row.console = consoles.get(row.subject_id, "")
        row.differences = list(_differences(row, labels))
        told = row.get_outcome_display() if row.outcome else row.get_verdict_display()
        row.badge = badge(told, _TONES.get(row.outcome or row.verdict, "warn"))
    first, *verdicts = choices(request, "verdict", list(SheetVerdict.choices), counts)
    # Unchanged rows are counted, not stored.
    everything = (first.count or 0) + sheet.counts.get("unchanged", 0)
    return page, [replace(first, count=everything), *verdicts]


def _consoles(what: str, rows: Sequence[SheetRow]) -> dict[int, str]:
    """By subject: its console, since things of several consoles have the same names. One statement."""
    model = _SUBJECTS.get(what)
    ids = [row.subject_id for row in rows if row.subject_id is not None]
    if model is None or not ids:
        return {}
    return dict(model.objects.filter(pk__in=ids).values_list("pk", "console__name"))


def _differences(row: SheetRow, labels: Any) -> Any:
    before = row.before or {}
    for name, after in row.after.items():
        if before.get(name) != after and (row.before or after):
            yield {"label": labels[name], "before": _shown(before.get(name)), "after": _shown(after)}


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return str(value["name"])
    return ("on" if value else "off") if isinstance(value, bool) else NOTHING if value is None else str(value)
