"""Previews: made by *Export computers*, looked at, ticked, applied."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter

from integrations.admin.bases import Button, HistoryAdmin
from integrations.admin.changes import changes_shown
from integrations.admin.credential_choice import CredentialFirst
from integrations.admin.display import NOTHING, admin_url, badge_column, duration, row_link, time_column
from integrations.admin.pages import address
from integrations.choices import Action, PlanState
from integrations.models import HaloCredential, Plan, PlannedChange, Run
from integrations.runs.request import request_planning
from mappings.admin.export_form import ExportForm
from mappings.admin.export_scope import named_computers
from mappings.admin.new_types import NewTypes
from mappings.admin.plan_rows import RowChoices
from mappings.admin.plan_search import changes_shown_of
from mappings.admin.plan_ticks import Ticks, figures
from mappings.admin.sheet_form import told_rows
from mappings.admin.undoing import Undoing
from mappings.keeping import asks_about_it
from mappings.planning import (
    ASSET_SHEET,
    ASSET_TYPES,
    MOVE,
    OFFBOARD,
    UNDO,
    WRITES,
    can_be_applied,
    can_be_made_again,
    ways,
)
from mappings.spreadsheets.standing import rows_of_plan, why_nothing

RUNS = 5


@admin.register(Plan)
class PlanAdmin(CredentialFirst, Ticks, RowChoices, Undoing, NewTypes, HistoryAdmin):
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
        Button(
            "keep_ticks",
            "Keep these ticks",
            shown=lambda plan: plan.state == PlanState.READY,
            told=False,
        ),
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
        shown = changes_shown_of(request, plan)
        nothing = _nothing(plan)
        runs = list(Run.objects.filter(plan=plan).order_by("-pk")[:RUNS])
        may_tick = plan.state == PlanState.READY and not nothing and self.may_press(request, "change", plan)
        return {
            **self.undo_context(request, plan),
            **shown,
            **figures(plan),
            "changeable": {row.position for row in shown["page"] if row.may_be_chosen} if may_tick else set(),
            "choose_url": self.choose_url(plan),
            "choose_skipped_url": self.choose_url(plan, all="skip"),
            "nothing": nothing,
            "writes": [action.value for action in WRITES],
            "may_tick": may_tick,
            "may_apply": may_tick and can_be_applied(plan) and self.may_press(request, "apply", plan),
            "here": address(request, page=request.GET.get("page")),
            "ways": [] if nothing else _ways_of(plan),
            "may_plan_again": can_be_made_again(plan) and self.may_press(request, "add", plan),
            "runs": runs,
            "waits": next((run.error for run in runs if asks_about_it(run)), ""),
        }


def _nothing(plan: Plan) -> str:
    """Why nothing of a sheet of assets is to be applied; '' if something is, and for other previews."""
    is_ready = plan.kind == ASSET_SHEET and plan.state == PlanState.READY
    return why_nothing(rows_of_plan(plan)) if is_ready else ""


def _ways_of(plan: Plan) -> list[str]:
    """How it would go; only while it may still be applied, since switches and window change later."""
    if plan.state != PlanState.READY or plan.kind == ASSET_TYPES or plan.halo_credential is None:
        return []
    return ways(plan.halo_credential)


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
