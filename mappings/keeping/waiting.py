"""Updates that wait for an approval: applied with their preview, kept back by cancelling the run."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from integrations.choices import PlanState, RunKind, RunState
from integrations.models import HaloCredential, Plan, Run


def waiting_runs() -> QuerySet[Run]:
    """Runs whose preview somebody has to look at."""
    return Run.objects.filter(kind=RunKind.KEEP_ASSETS, state=RunState.WAITING, plan__isnull=False)


def asks_about_it(run: Run) -> bool:
    """Whether this run waits for its preview to be decided; its error tells why."""
    return run.kind == RunKind.KEEP_ASSETS and run.state == RunState.WAITING


def asked_already(credential: HaloCredential, checksum: str) -> bool:
    """Whether just these changes wait already, or staff have decided to leave them alone.

    The checksum is that of the changes as they were computed: staff may have unticked some since.
    """
    rows = Run.objects.filter(kind=RunKind.KEEP_ASSETS, halo_credential=credential, plan__isnull=False)
    asked = rows.filter(state__in=(RunState.WAITING, RunState.CANCELLED)).select_related("plan")
    newest = asked.order_by("-pk").first()
    if newest is None or newest.parameters.get("checksum") != checksum:
        return False
    return newest.state == RunState.CANCELLED or (
        newest.plan is not None and newest.plan.state == PlanState.READY
    )


def has_asked(run: Run, checksum: str) -> bool:
    """Whether this run has made the preview of just these changes already."""
    ready = run.plan is not None and run.plan.state == PlanState.READY
    return ready and run.parameters.get("checksum") == checksum


def drop_preview(run: Run) -> None:
    """What this run has asked about before its worker died is asked no more. No statement without one."""
    if run.plan_id is not None:
        Plan.objects.filter(pk=run.plan_id, state=PlanState.READY).update(state=PlanState.STALE)
        Run.objects.filter(pk=run.pk).update(plan=None)


def supersede(credential: HaloCredential, run: Run) -> None:
    """What waited is told by a later run, or is nothing any more; also what a dead run has left."""
    mine = Run.objects.filter(kind=RunKind.KEEP_ASSETS, halo_credential=credential, plan__isnull=False)
    left = Q(state=RunState.WAITING) | Q(state=RunState.FAILED, plan__state=PlanState.READY)
    older = mine.filter(left).exclude(pk=run.pk)
    if plans := list(older.values_list("plan", flat=True)):
        Plan.objects.filter(pk__in=plans, state=PlanState.READY).update(state=PlanState.STALE)
        waited = older.filter(state=RunState.WAITING)
        waited.update(state=RunState.PARTIAL, error=f"Run {run.pk} has compared it again.")


def approved(plan: Plan) -> None:
    """Its preview was applied: the run waits no more."""
    waiting_runs().filter(plan=plan).update(state=RunState.SUCCEEDED, error="Approved: it was applied.")
