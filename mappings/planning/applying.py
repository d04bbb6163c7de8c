"""Asking for a plan to be applied: just what was looked at, once, and nothing of it changes from then on."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from integrations.choices import PlanState, RunKind, RunState
from integrations.models import OPEN_STATES, Plan, Run
from integrations.runs.request import request_run

NOT_THAT_ONE = "This is not the preview that was looked at (any more); look at it again."
NOTHING_TICKED = "Nothing is ticked."
BEING_APPLIED = "This preview is being applied; its rows can no longer be chosen."


def run_that_applies(plan: Plan) -> Run | None:
    """The run that is to apply it or is about to, waiting ones included."""
    states = (*OPEN_STATES, RunState.WAITING)
    return Run.objects.filter(plan=plan, kind=RunKind.APPLY_ASSETS, state__in=states).first()


def request_apply(plan: Plan, checksum: str, *, requested_by: Any = None) -> Run:
    """Ask for it to be applied as it was when it had this checksum; asked again, the run that is at it.

    Compare it with the world before: see `verify`. Ticks and choices come before or are refused, they lock
    the same row. Raises `ValidationError` with a sentence.
    """
    with transaction.atomic():
        plan = locked(plan)
        if checksum != plan.checksum:
            raise ValidationError(NOT_THAT_ONE)
        if run := run_that_applies(plan):
            return run
        if plan.state != PlanState.READY:
            raise ValidationError(f"This preview is {plan.get_state_display().lower()}; make a new one.")
        if not plan.counts.get("selected"):
            raise ValidationError(NOTHING_TICKED)
        return request_run(
            RunKind.APPLY_ASSETS,
            plan=plan,
            halo_credential=plan.halo_credential,
            parameters={"checksum": plan.checksum},
            requested_by=requested_by,
            slot=f"apply:{plan.pk}",
        )


def locked(plan: Plan) -> Plan:
    """The row as it is now, held to the end of the transaction."""
    rows = Plan.objects.select_for_update(of=("self",)).select_related("halo_credential__instance")
    return rows.get(pk=plan.pk)
