"""Runs: what was asked for, how far it is, what came of it. The run page moves by itself while it is open."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter

from integrations.admin import run_results
from integrations.admin.bases import Button, HistoryAdmin
from integrations.admin.changes import changes_shown
from integrations.admin.display import NOTHING, admin_url, badge_column, duration, row_link, time_column
from integrations.admin.exporting import CSV, FORMAT, XLSX, download, too_many
from integrations.admin.gauges import gauge_of
from integrations.admin.held_losses import panel_of
from integrations.admin.mirror import Line, mirror_of
from integrations.admin.run_words import in_words, outcome_of
from integrations.choices import RunKind, RunState
from integrations.models import OPEN_STATES, Entry, Run, Upload
from integrations.runs.approvals import losses_of
from integrations.runs.request import cancel, request_run

PLANNED_KINDS = (RunKind.PLAN_ASSETS, RunKind.APPLY_ASSETS)
"""Running these again needs a new preview: what was looked at is what runs."""


def _is_open(run: Run) -> bool:
    return run.state in (*OPEN_STATES, RunState.WAITING)


def _mirror_of(run: Run) -> list[Line]:
    """The lines of a sync while it reads; later they tell of a later one."""
    if run.kind != RunKind.SYNC_HALO or run.state != RunState.RUNNING or run.halo_credential is None:
        return []
    return mirror_of(run.halo_credential)


def _upload_of(run: Run) -> Upload | None:
    """The spreadsheet that it is about, while it is known."""
    number = run.parameters.get("upload")
    return Upload.objects.defer("content").filter(pk=number).first() if number else None


def _moves(run: Run) -> bool:
    """What waits for an approval has nothing left to do."""
    return run.state in OPEN_STATES


def _following(run: Run) -> Run | None:
    """The run that came of this one: a first test is followed by a sync, a sync by a fetch of events."""
    later = Run.objects.filter(pk__gt=run.pk).order_by("pk")
    if run.console_id:
        return later.filter(console=run.console_id).first()
    return later.filter(halo_credential=run.halo_credential_id).first() if run.halo_credential_id else None


@admin.register(Run)
class RunAdmin(HistoryAdmin):
    list_display = ("__str__", "state_shown", "about", "progress_shown", "asked", "took", "calls", "outcome")
    list_filter = (
        ("kind", ChoicesDropdownFilter),
        ("state", ChoicesDropdownFilter),
        ("halo_credential", RelatedDropdownFilter),
        ("console", RelatedDropdownFilter),
    )
    list_select_related = ("halo_credential", "console", "instance", "plan")
    search_fields = ("=id", "error", "halo_credential__name", "console__name")
    empty_hint = "Every test, sync, preview, export and delivery leaves a run here."
    buttons: ClassVar[tuple[Button, ...]] = (
        Button("cancel", "Cancel", "cancel", shown=lambda run: _is_open(run) and not run.cancel_requested),
        Button(
            "again",
            "Run again",
            "replay",
            shown=lambda run: not _is_open(run) and run.kind not in PLANNED_KINDS,
        ),
    )

    state_shown = badge_column("state", "State")
    asked = time_column("requested_at", "Asked for")

    @admin.display(description="About")
    def about(self, row: Run) -> SafeString | str:
        return row_link(row.plan or row.halo_credential or row.console or row.instance)

    @admin.display(description="Progress")
    def progress_shown(self, row: Run) -> str:
        if row.cancel_requested and _is_open(row):
            return "Stops before its next step"
        return f"{row.progress} %" if row.total or row.ended_at else (row.phase or NOTHING)

    @admin.display(description="Took")
    def took(self, row: Run) -> str:
        if row.started_at is None:
            return NOTHING
        return duration(((row.ended_at or timezone.now()) - row.started_at).total_seconds())

    @admin.display(description="Outcome")
    def outcome(self, row: Run) -> str:
        return outcome_of(row) or NOTHING

    # ---- the run page -----------------------------------------------------------------------

    def page_urls(self) -> list[URLPattern]:
        return [
            self.page("<path:object_id>/progress/", "progress", self.progress_view),
            self.page("<path:object_id>/results/", "results", self.results_view),
            self.page("<path:object_id>/results/export/", "results_export", self.export_view),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        run = self._run(request, object_id)
        context = self.page_context(
            request,
            str(run),
            said=True,
            object=run,
            **self._results(request, run),
            **self._told(request, run),
        )
        return TemplateResponse(request, "bridge/run.html", context)

    def progress_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The moving part. When the run has ended the whole page is asked for once more."""
        run = self._run(request, object_id)
        response = TemplateResponse(request, "bridge/run_progress.html", self._told(request, run))
        if not _moves(run):
            response["HX-Refresh"] = "true"
        return response

    def results_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The results, asked for again while the run is at work, with the chosen outcome and page."""
        run = self._run(request, object_id)
        context = {"is_open": _moves(run), **self._results(request, run)}
        return TemplateResponse(request, "bridge/run_results.html", context)

    def export_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """The results of the chosen outcome as a file to keep."""
        run = self._run(request, object_id)
        kind = request.GET.get(FORMAT, CSV)
        if kind not in (CSV, XLSX):
            raise Http404("Results are exported as csv or xlsx.")
        if kind == XLSX and (sentence := too_many(run_results.number_of(request, run))):
            messages.error(request, sentence)
            return HttpResponseRedirect(self.url("change", run.pk))
        rows = run_results.cells(request, run)
        return download(kind, f"results-of-run-{run.pk}", "Results", run_results.COLUMNS, rows)

    def _results(self, request: HttpRequest, run: Run) -> dict[str, Any]:
        chosen = request.GET.get(run_results.OUTCOME, "")
        return {
            **run_results.listed(request, run),
            "outcome": chosen,
            "counted": any(run.totals.values()),
            "results_url": f"{self.url('results', run.pk)}?{request.GET.urlencode()}",
            "export_url": self.url("results_export", run.pk),
        }

    def _run(self, request: HttpRequest, object_id: str) -> Run:
        run: Run = self.row_or_404(request, object_id)
        if not self.has_view_permission(request, run):
            raise PermissionDenied
        return run

    def _told(self, request: HttpRequest, run: Run) -> dict[str, Any]:
        return {
            "run": run,
            "is_open": _moves(run),
            "took": self.took(run),
            "gauge": gauge_of(run.instance) if run.instance else None,
            "totals": {name: number for name, number in run.totals.items() if number},
            "told_totals": in_words(run.totals),
            "buttons": self.buttons_of(request, run),
            "progress_url": self.url("progress", run.pk),
            "new_preview": run.kind in PLANNED_KINDS and not _is_open(run),
            "mirror": _mirror_of(run),
            "upload": _upload_of(run),
            "losses": panel_of(request, losses_of(run)),
            "following": None if _is_open(run) else _following(run),
        }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Run]:
        return (
            super()
            .get_queryset(request)
            .select_related("halo_credential", "console", "instance", "plan", "requested_by")
        )

    # ---- buttons ----------------------------------------------------------------------------

    def cancel(self, request: HttpRequest, row: Run) -> None:
        if cancel(row):
            messages.success(request, "The run stops before its next step. What it has done stays done.")
        else:
            messages.warning(request, "The run had ended already.")

    def again(self, request: HttpRequest, row: Run) -> HttpResponse:
        run = request_run(
            row.kind,
            halo_credential=row.halo_credential,
            console=row.console,
            instance=row.instance,
            parameters=row.parameters,
            requested_by=request.user,
            slot=row.slot,
        )
        return HttpResponseRedirect(admin_url(run))


@admin.register(Entry)
class EntryAdmin(HistoryAdmin):
    list_display = ("subject", "outcome_shown", "action_shown", "reason", "run_shown", "at")
    list_filter = (("outcome", ChoicesDropdownFilter), ("action", ChoicesDropdownFilter))
    list_select_related = ("run",)
    search_fields = ("subject", "reason")
    fields = ("subject", "outcome_shown", "action_shown", "reason", "run_shown", "at", "changes_shown")
    empty_hint = "Each change to HaloPSA, and each that was left out, is listed here with its reason."
    ordering = ("-id",)

    changes_shown = changes_shown
    outcome_shown = badge_column("outcome", "Outcome")
    action_shown = badge_column("action", "Action")
    at = time_column("created_at", "At")

    @admin.display(description="Run")
    def run_shown(self, row: Entry) -> SafeString | str:
        return row_link(row.run)
