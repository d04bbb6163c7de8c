"""Ticks: which changes of a preview are applied. What is stored here is what *Apply* does."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, Q, QuerySet, When

from integrations.choices import PlanState
from integrations.models import Plan, PlannedChange
from integrations.models.audit import AuditAction, note
from mappings.planning.applying import NOT_THAT_ONE
from mappings.planning.being_applied import BEING_APPLIED, locked, run_that_applies
from mappings.planning.plans import COLUMNS, ROWS, summarise
from mappings.planning.rows import WRITES

Which = Iterable[int] | QuerySet[PlannedChange] | None
"""Changes by position, as a query (of this plan), or all."""


def tick(plan: Plan, which: Which, selected: bool, checksum: str | None = None) -> Plan:
    """Tick or untick changes; checksum and forecast follow. The number of statements does not depend on the
    number of changes, but for positions, 1,000 at a time.

    What changes nothing in Halo (skip, link) cannot be ticked. Raises `ValidationError` with a sentence if
    the plan is not ready (any more), is to be applied as it is, or has another checksum than this.
    """

    def store(rows: QuerySet[PlannedChange]) -> str:
        number = _store(rows.exclude(selected=selected), which, selected)
        return f"{'Ticked' if selected else 'Unticked'} {number:,} changes." if number else ""

    return _tick(plan, store, checksum)


def take_ticks(plan: Plan, shown: set[int], ticked: set[int], checksum: str | None = None) -> Plan:
    """The same for all changes of a page, by position; those that it did not show stay as they are."""

    def store(rows: QuerySet[PlannedChange]) -> str:
        on, off = Q(position__in=shown & ticked), Q(position__in=shown - ticked)
        others = rows.filter((on & Q(selected=False)) | (off & Q(selected=True)))
        number = others.update(selected=Case(When(on, then=True), default=False))
        return f"Ticked or unticked {number:,} changes of a page." if number else ""

    return _tick(plan, store, checksum)


def _tick(plan: Plan, store: Callable[[QuerySet[PlannedChange]], str], checksum: str | None) -> Plan:
    """`store` changes ticks and says what it did; '' for nothing."""
    with transaction.atomic():
        plan = locked(plan)
        if run_that_applies(plan):
            raise ValidationError(BEING_APPLIED)
        if plan.state != PlanState.READY:
            raise ValidationError(f"This preview is {plan.get_state_display().lower()}; make a new one.")
        if checksum not in (None, plan.checksum):
            raise ValidationError(NOT_THAT_ONE)
        if told := store(plan.changes.filter(action__in=WRITES).order_by()):
            note(AuditAction.ACT, plan, summary=told)
            summarise(plan, list(plan.changes.order_by("position").values_list(*COLUMNS)), plan.counts)
    return plan


def _store(rows: QuerySet[PlannedChange], which: Which, selected: bool) -> int:
    """How many were not so before."""
    if which is None:
        return rows.update(selected=selected)
    if isinstance(which, QuerySet):
        return rows.filter(pk__in=which.order_by().values("pk")).update(selected=selected)
    return sum(rows.filter(position__in=part).update(selected=selected) for part in _parts(sorted(which)))


def _parts(positions: list[int]) -> Iterable[list[int]]:
    return (positions[start : start + ROWS] for start in range(0, len(positions), ROWS))
