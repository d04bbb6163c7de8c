"""Asking for a plan to be applied: just what was looked at, once, and nothing of it changes from then on."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from integrations.choices import PlanState, RunKind
from integrations.models import Plan, Run
from integrations.runs.request import request_run
from mappings.planning.being_applied import locked, run_that_applies
from mappings.planning.plans import verify
from mappings.planning.rows import WRITES

NOT_THAT_ONE = "This is not the preview that was looked at (any more); look at it again."
NOTHING_TICKED = "Nothing is ticked."


def can_be_applied(plan: Plan) -> bool:
    """Whether anything in it is ticked, or could be."""
    return bool(plan.counts.get("selected")) or any(plan.counts.get(action) for action in WRITES)


def request_apply(plan: Plan, checksum: str, *, requested_by: Any = None) -> Run:
    """Ask for it to be applied as it was when it had this checksum; asked again, the run that is at it.

    The run compares it with the world. Ticks and choices come before or are refused: they lock the same row.
    Raises `ValidationError` with a sentence.
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


def apply_as_seen(plan: Plan, checksum: str, staff: Any = None) -> Run:
    """The same, but a world that has changed is told at once instead of by a run that fails."""
    asked = checksum == plan.checksum and plan.state == PlanState.READY and plan.counts.get("selected")
    if asked and run_that_applies(plan) is None and (problem := verify(plan)):
        raise ValidationError(problem)
    return request_apply(plan, checksum, requested_by=staff)
