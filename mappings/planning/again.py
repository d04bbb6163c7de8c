"""A preview that is out of date, made again."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction

from integrations.choices import PlanState
from integrations.models import Plan
from integrations.runs.request import request_planning
from mappings.planning.being_applied import locked, run_that_applies
from mappings.planning.rows import ASSET_SHEET, ASSET_TYPES, MOVE, OFFBOARD, UNDO

_COPIED: Final = frozenset({ASSET_TYPES, MOVE, OFFBOARD, UNDO})
"""Kinds whose parameters say all that was asked. An export is asked for anew, on its form."""
_UNDONE: Final = (PlanState.READY, PlanState.STALE, PlanState.FAILED)


def can_be_made_again(plan: Plan) -> bool:
    return plan.kind in (*_COPIED, ASSET_SHEET) and plan.state in _UNDONE


def make_again(plan: Plan, staff: Any = None) -> Plan:
    """The preview that is computed instead of this one. Raises `ValidationError`.

    That of a sheet is computed in its place: its rows stand for assets that are made or on their way, and of
    a copy nobody would know that.
    """
    if not can_be_made_again(plan):
        raise ValidationError(f"This preview is {plan.get_state_display().lower()}; it is not made again.")
    with transaction.atomic():
        again = _recomputed(plan) if plan.kind == ASSET_SHEET else _copy(plan, staff)
        request_planning(again, requested_by=staff)
    return again


def _recomputed(plan: Plan) -> Plan:
    # By condition: of two who ask at once, or one who applies meanwhile, one comes second.
    waiting = Plan.objects.filter(pk=plan.pk, state__in=_UNDONE)
    if run_that_applies(locked(plan)) or not waiting.update(state=PlanState.PLANNING, error=""):
        raise ValidationError("This preview is being planned or applied by now; look at it again.")
    plan.refresh_from_db()
    return plan


def _copy(plan: Plan, staff: Any) -> Plan:
    return Plan.objects.create(
        kind=plan.kind,
        halo_credential=plan.halo_credential,
        console=plan.console,
        company=plan.company,
        parameters=plan.parameters,
        created_by=staff,
    )
