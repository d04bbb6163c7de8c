"""Previews: made by *Export computers*, looked at, ticked, applied."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter

from integrations.admin.bases import Button, HistoryAdmin
from integrations.admin.changes import changes_shown
from integrations.admin.credential_choice import CredentialFirst
from integrations.admin.display import NOTHING, admin_url, badge_column, duration, row_link, time_column
from integrations.admin.pages import Choice, address, choices, page_of
from integrations.choices import Action, PlanState
from integrations.models import HaloCredential, Plan, PlannedChange, Run
from integrations.runs.request import request_planning
from mappings.admin.export_form import ExportForm
from mappings.admin.export_scope import named_computers
from mappings.admin.new_types import NewTypes
from mappings.admin.plan_rows import OTHER_CHECKSUM, RowChoices
from mappings.admin.sheet_form import told_rows
from mappings.admin.undoing import Undoing
from mappings.counts import counts_of_plan
from mappings.models import SheetVerdict
from mappings.planning import (
    ASSET_SHEET,
    ASSET_TYPES,
    ASSETS,
    MOVE,
    OFFBOARD,
    UNDO,
    WRITES,
    apply_as_seen,
    can_be_applied,
    can_be_made_again,
    make_again,
    run_that_applies,
    tick,
    ways,
)
from mappings.spreadsheets.standing import rows_of_plan, why_nothing

CHANGES_PER_PAGE = 100
_OF_SHEETS = {Action.SKIP.value: SheetVerdict.REFUSED.label}
"""A row of a sheet that is left out is refused, as in sheets of mappings."""


@admin.register(Plan)
class PlanAdmin(CredentialFirst, RowChoices, Undoing, NewTypes, HistoryAdmin):
    list_display = ("__str__", "state_shown", "scope", "told", "calls", "made", "created_by")
    list_filter = (("state", ChoicesDropdownFilter), ("halo_credential", RelatedDropdownFilter))
    list_select_related = ("halo_credential", "console", "company", "created_by")
    search_fields = ("=id", "company__name", "console__name")
    empty_hint = (
        "A preview shows what an export would do before anything happens. Make one with “Export computers”."
    )
    buttons: ClassVar[tuple[Button, ...]] = (
        Button("apply", "Apply", permission="apply", shown=lambda plan: plan.state == PlanState.READY),
        Button("plan_again", "New preview", permission="add", shown=can_be_made_again),
        Button("keep_ticks", "Keep these ticks", shown=lambda plan: plan.state == PlanState.READY),
    )

    state_shown = badge_column("state", "State")
    made = time_column("created_at", "Made")

    def has_add_permission(self, request: HttpRequest, *_: Any) -> bool:
        return bool(request.user.has_perm("integrations.add_plan"))

    @admin.display(description="Of")
    def scope(self, row: Plan) -> SafeString | str:
        scheduled = "Scheduled update" if row.parameters.get("scheduled") else "All consoles"
        if row.kind == UNDO:
            return row_link(row.halo_credential, f"Undo of run {row.parameters.get('run')}")
        if row.kind == ASSET_TYPES:
            return row_link(row.halo_credential, f"New asset types → {row.halo_credential}")
        if row.kind == MOVE:
            return row_link(row.halo_credential, f"{row.company}: another client or site")
        if row.kind == OFFBOARD:
            return row_link(row.halo_credential, f"Offboarding of {row.company}")
        if row.kind == ASSET_SHEET:
            return row_link(row.halo_credential, f"{row.parameters.get('sheet')} → {row.halo_credential}")
        return row_link(
            row.halo_credential, f"{row.company or row.console or scheduled} → {row.halo_credential}"
        )

    @admin.display(description="Changes")
    def told(self, row: Plan) -> str:
        if row.kind == ASSET_SHEET:
            return told_rows(rows_of_plan(row))
        words = [
            f"{row.counts[action.value]} {action.label.lower()}"
            for action in Action
            if row.counts.get(action.value)
        ]
        return ", ".join(words) or NOTHING

    @admin.display(description="Forecast")
    def calls(self, row: Plan) -> str:
        return (
            f"{row.forecast_calls} calls, {duration(row.forecast_seconds)}" if row.forecast_calls else NOTHING
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Plan]:
        return (
            super()
            .get_queryset(request)
            .select_related("halo_credential__instance", "console", "company", "created_by")
        )

    # ---- export computers -------------------------------------------------------------------

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Without a row: the form of an export (its credential was chosen before)."""
        if object_id is not None or not self.has_add_permission(request):
            return super().changeform_view(request, object_id, form_url, extra_context)
        credential = get_object_or_404(HaloCredential, pk=self.credential_id(request, None))
        computers = named_computers(request)
        typed = request.POST if request.method == "POST" else None
        form = ExportForm(credential, typed, initial=request.GET.dict(), computers=computers)
        if form.is_valid() and (plan := self._planned(request, form)):
            return HttpResponseRedirect(admin_url(plan))
        count = None if computers is None else computers.count()
        context = self.page_context(
            request, "Export computers", credential=credential, form=form, media=form.media, count=count
        )
        return TemplateResponse(request, "bridge/export.html", context)

    @staticmethod
    def _planned(request: HttpRequest, form: ExportForm) -> Plan | None:
        try:
            plan = form.make_plan(request.user)
        except ValidationError as problem:
            form.add_error(None, problem.messages)
            return None
        request_planning(plan, requested_by=request.user)
        return plan

    # ---- the preview ------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        plan: Plan = self.row_or_404(request, object_id)
        if not self.has_view_permission(request, plan):
            raise PermissionDenied
        context = self.page_context(
            request, str(plan), said=True, object=plan, plan=plan, **self._changes(request, plan)
        )
        return TemplateResponse(request, "bridge/plan.html", context)

    def _changes(self, request: HttpRequest, plan: Plan) -> dict[str, Any]:
        page, actions = _page_of_changes(request, plan)
        nothing = _nothing(plan)
        may_tick = plan.state == PlanState.READY and not nothing and self.may_press(request, "change", plan)
        return {
            **self.undo_context(request, plan),
            "changeable": self.changeable(plan, page) if may_tick and plan.kind == ASSETS else set(),
            "choose_url": self.choose_url(plan),
            "choose_skipped_url": self.choose_url(plan, all="skip"),
            "page": page,
            "actions": actions,
            "nothing": nothing,
            "ticked": plan.counts.get("selected", 0),
            "writes": [action.value for action in WRITES],
            "may_tick": may_tick,
            "may_apply": may_tick and can_be_applied(plan) and self.may_press(request, "apply", plan),
            "here": address(request, page=request.GET.get("page")),
            "ways": [] if nothing else _ways_of(plan),
            "counted": counts_of_plan(plan),
            "may_plan_again": can_be_made_again(plan) and self.may_press(request, "add", plan),
            "runs": Run.objects.filter(plan=plan).order_by("-pk")[:5],
        }

    # ---- ticks and apply --------------------------------------------------------------------

    def keep_ticks(self, request: HttpRequest, row: Plan) -> HttpResponse:
        """Take over the ticks of one page; rows of other pages stay as they are."""
        if self._unchanged(request, row):
            self._take_ticks(request, row)
            if request.POST.get("choose"):
                return self._choose_for_ticked(request, row)
            messages.success(request, "Your ticks are kept.")
        return HttpResponseRedirect(f"{admin_url(row)}?{request.POST.get('query', '')}")

    def _choose_for_ticked(self, request: HttpRequest, row: Plan) -> HttpResponse:
        row.refresh_from_db(fields=["checksum"])
        ticked = ",".join(number for number in request.POST.getlist("ticked") if number.isdigit())
        return HttpResponseRedirect(self.choose_url(row, rows=ticked))

    def apply(self, request: HttpRequest, row: Plan) -> HttpResponse:
        """What was looked at is what runs: checksum and the rows that the preview covers must still hold."""
        running = run_that_applies(row) or self._apply(request, row)
        return HttpResponseRedirect(admin_url(running or row))

    def _apply(self, request: HttpRequest, row: Plan) -> Run | None:
        """The run that does it; None if it may not be, which is said."""
        if not self._unchanged(request, row):
            return None
        try:
            plan = self._take_ticks(request, row)
            return apply_as_seen(plan, plan.checksum, request.user)
        except ValidationError as refused:
            messages.error(request, f"Nothing was written. {' '.join(refused.messages)}")
            return None

    def plan_again(self, request: HttpRequest, row: Plan) -> HttpResponse:
        try:
            return HttpResponseRedirect(admin_url(make_again(row, request.user)))
        except ValidationError as problem:
            messages.error(request, " ".join(problem.messages))
        return HttpResponseRedirect(admin_url(row))

    @staticmethod
    def _unchanged(request: HttpRequest, row: Plan) -> bool:
        """Whether the page shows the plan as it still is (nobody computed or ticked it meanwhile)."""
        same = request.POST.get("checksum") == row.checksum
        if not same:
            messages.error(request, OTHER_CHECKSUM)
        return same

    @staticmethod
    def _take_ticks(request: HttpRequest, plan: Plan) -> Plan:
        shown = {int(number) for number in request.POST.getlist("shown") if number.isdigit()}
        ticked = {int(number) for number in request.POST.getlist("ticked") if number.isdigit()} & shown
        plan = tick(plan, ticked, True)
        return tick(plan, shown - ticked, False)


def _nothing(plan: Plan) -> str:
    """Why nothing of a sheet of assets is to be applied; '' if something is, and for other previews."""
    is_ready = plan.kind == ASSET_SHEET and plan.state == PlanState.READY
    return why_nothing(rows_of_plan(plan)) if is_ready else ""


def _ways_of(plan: Plan) -> list[str]:
    """How it would go; only while it may still be applied, since switches and window change later."""
    if plan.state != PlanState.READY or plan.kind == ASSET_TYPES or plan.halo_credential is None:
        return []
    return ways(plan.halo_credential)


def _page_of_changes(request: HttpRequest, plan: Plan) -> tuple[Any, list[Choice]]:
    """One page of the changes with the chosen action, and the actions to choose from. Two queries."""
    rows = PlannedChange.objects.filter(plan=plan)
    counts = dict(rows.order_by().values_list("action").annotate(number=Count("pk")))
    chosen = request.GET.get("action", "")
    count = counts.get(chosen, 0) if chosen else sum(counts.values())
    page = page_of(request, rows.filter(action=chosen) if chosen else rows, CHANGES_PER_PAGE, count)
    labels = {**dict(Action.choices), **(_OF_SHEETS if plan.kind == ASSET_SHEET else {})}
    return page, choices(request, "action", list(labels.items()), counts)


@admin.register(PlannedChange)
class PlannedChangeAdmin(HistoryAdmin):
    list_display = ("subject", "action_shown", "selected", "reason", "plan")
    fields = ("subject", "action_shown", "selected", "reason", "plan", "changes_shown")
    list_filter = (("action", ChoicesDropdownFilter),)
    list_select_related = ("plan",)
    search_fields = ("subject", "reason")
    empty_hint = "The changes of all previews are listed here."
    changes_shown = changes_shown
    action_shown = badge_column("action", "Action")
