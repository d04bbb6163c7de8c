"""Plans that are being applied, or are about to be: their rows stay as they are."""

from __future__ import annotations

from integrations.choices import RunKind, RunState
from integrations.models import OPEN_STATES, Plan, Run

BEING_APPLIED = "This preview is being applied; its rows can no longer be chosen."


def run_that_applies(plan: Plan) -> Run | None:
    """The run that is to apply it or is about to, waiting ones included."""
    states = (*OPEN_STATES, RunState.WAITING)
    return Run.objects.filter(plan=plan, kind=RunKind.APPLY_ASSETS, state__in=states).first()


def locked(plan: Plan) -> Plan:
    """The row as it is now, held to the end of the transaction."""
    rows = Plan.objects.select_for_update(of=("self",)).select_related("halo_credential__instance")
    return rows.get(pk=plan.pk)
