"""How far an imported sheet has come, as staff and programs are told: judged by its rows, not by its run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, TextChoices, Value, When

from integrations.choices import Action, PlanState, RunKind, RunState, UploadState
from integrations.models import OPEN_STATES, Plan, Run
from mappings.models import MappingSheet, SheetVerdict


class SheetState(TextChoices):
    """What a sheet stands at. One of assets stands where its preview does."""

    LOOKING = "looking", "Being looked at"
    NOTHING = "nothing", "Nothing to apply"
    READY = "ready", "Ready to apply"
    APPLYING = "applying", "Being applied"
    APPLIED = "applied", "Applied"
    STALE = "stale", "Out of date"
    FAILED = "failed", "Cannot be read"


WANTED: Final = (SheetVerdict.CREATES, SheetVerdict.CHANGES)
"""Verdicts of rows that there is something to apply of."""
_OF_PLAN: Final = {
    SheetVerdict.CREATES: Action.CREATE,
    SheetVerdict.CHANGES: Action.UPDATE,
    SheetVerdict.UNCHANGED: "unchanged",
    SheetVerdict.REFUSED: Action.SKIP,
}
"""What a preview calls the rows of a sheet of assets."""
PREVIEW_GONE: Final = "Its preview is not kept any more; import the file again."
UNCHANGED: Final = "Nothing to apply: no row would change anything."
REFUSED: Final = "Nothing to apply: every row is refused, see the reasons."


def with_state(sheets: QuerySet[MappingSheet]) -> QuerySet[MappingSheet]:
    """Each with `stands`, a `SheetState`; its plan is read along. No statement more."""
    states = (*OPEN_STATES, RunState.WAITING)
    at_it = Run.objects.filter(plan=OuterRef("plan"), kind=RunKind.APPLY_ASSETS, state__in=states)
    ready = Q(state=UploadState.READY)
    of_plan = ready & Q(plan__isnull=False)
    return sheets.select_related("plan").annotate(
        stands=Case(
            *(When(of_plan & Q(plan__state=plan), then=Value(state)) for plan, state in _PLANS.items()),
            When(of_plan & Exists(at_it), then=Value(SheetState.APPLYING)),
            When(of_plan & _any_of("plan__counts", _OF_PLAN), then=Value(SheetState.READY)),
            When(ready & _any_of("counts"), then=Value(SheetState.READY)),
            When(ready, then=Value(SheetState.NOTHING)),
            default=F("state"),
            output_field=CharField(),
        )
    )


_PLANS: Final = {
    PlanState.PLANNING: SheetState.LOOKING,
    PlanState.APPLIED: SheetState.APPLIED,
    PlanState.STALE: SheetState.STALE,
    PlanState.FAILED: SheetState.FAILED,
}


def _any_of(counts: str, called: Mapping[SheetVerdict, str] | None = None) -> Q:
    found = Q()
    for verdict in WANTED:
        found |= Q(**{f"{counts}__{called[verdict] if called else verdict}__gt": 0})
    return found


def counts_of(sheet: MappingSheet) -> dict[str, int]:
    """Rows by verdict; of a sheet of assets as its preview has them by now."""
    return dict(sheet.counts) if sheet.plan is None else rows_of_plan(sheet.plan)


def rows_of_plan(plan: Plan) -> dict[str, int]:
    """Rows of a sheet of assets by verdict; those that there are none of are left out."""
    told = {verdict.value: plan.counts.get(name, 0) for verdict, name in _OF_PLAN.items()}
    return {verdict: number for verdict, number in told.items() if number}


def why_nothing(counts: Mapping[str, int]) -> str:
    """Why there is nothing to apply of these rows that were looked at; '' if there is something."""
    if any(counts.get(verdict) for verdict in WANTED):
        return ""
    refused = counts.get(SheetVerdict.REFUSED, 0)
    if not counts:
        return PREVIEW_GONE
    if not refused:
        return UNCHANGED
    if not counts.get(SheetVerdict.UNCHANGED):
        return REFUSED
    rows = "1 row is" if refused == 1 else f"{refused:,} rows are"
    return f"Nothing to apply: {rows} refused, see the reasons; the others would change nothing."


def reason_of(sheet: MappingSheet, stands: str) -> str:
    """Why it cannot be read, or why there is nothing to apply."""
    if stands == SheetState.NOTHING:
        return why_nothing(counts_of(sheet))
    return sheet.reason or (sheet.plan.error if sheet.plan is not None else "")
