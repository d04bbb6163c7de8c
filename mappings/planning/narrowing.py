"""Some of a preview's changes: of an action, of a company, with these words, ticked or not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from django.db.models import Count, Q, QuerySet

from integrations.choices import Action
from integrations.models import Company, Computer, Plan, PlannedChange
from mappings.models import CompanyMapping, ComputerMapping, RefusedPair
from mappings.planning.rows import (
    ASKED,
    COMPANY_MAPPING,
    COMPUTER,
    COMPUTER_MAPPING,
    MOVE,
    OFFBOARD,
    UNDO,
    WRITES,
)

_REFUSED_PAIR: Final = "refused_pair"
_LEFT_TO_STAFF: Final = Q(action__in=WRITES, reason__endswith=ASKED)
TICKS: Final = {
    "yes": Q(selected=True, action__in=WRITES),
    "no": Q(selected=False, action__in=WRITES),
    "asked": _LEFT_TO_STAFF,
}
"""Ticked; not ticked; left to staff, since another console still has the asset."""
MOST_WORDS: Final = 8


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What is empty leaves all of them. `words`: each is a part of the computer's or company's name."""

    action: str = ""
    words: str = ""
    company: int | None = None
    ticks: str = ""

    def __bool__(self) -> bool:
        return self != Narrowing()

    def rows(self, plan: Plan) -> QuerySet[PlannedChange]:
        rows = PlannedChange.objects.filter(plan=plan)
        if self.action:
            rows = rows.filter(action=self.action)
        if self.ticks:
            rows = rows.filter(TICKS[self.ticks])
        if self.company is not None:
            rows = of_company(rows, self.company)
        for word in self.words.split()[:MOST_WORDS]:
            rows = rows.filter(subject__icontains=word)
        return rows

    def of_any_action(self) -> Narrowing:
        return replace(self, action="")


# ---- companies ------------------------------------------------------------------------------


def of_company(rows: QuerySet[PlannedChange], company: int) -> QuerySet[PlannedChange]:
    """Changes whose computer, or whose mapping, is one of this company (our id)."""
    found = Q(pk__in=())
    for kind, subjects, path in _subjects():
        found |= Q(subject_kind=kind, subject_id__in=subjects.filter(**{path: company}).values("pk"))
    return rows.filter(found)


def companies_of(plan: Plan) -> QuerySet[Company]:
    """The companies whose computers the changes of a plan are about, by name."""
    found = Q(pk__in=())
    for kind, subjects, path in _subjects():
        about = PlannedChange.objects.filter(plan=plan, subject_kind=kind).order_by().values("subject_id")
        found |= Q(pk__in=subjects.filter(pk__in=about).values(path))
    return Company.objects.filter(found).order_by("name", "pk")


def _subjects() -> list[tuple[str, QuerySet[Any], str]]:
    """Kinds of subject, their rows, and the way from there to the company."""
    return [
        (COMPUTER, Computer.objects.order_by(), "company"),
        (COMPUTER_MAPPING, ComputerMapping.objects.order_by(), "computer__company"),
        (_REFUSED_PAIR, RefusedPair.objects.order_by(), "computer__company"),
        (COMPANY_MAPPING, CompanyMapping.objects.order_by(), "company"),
    ]


# ---- what is left to staff ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LeftToStaff:
    """How many assets a preview would change (`of`), how many of them another console still has (`asked`),
    and how many of those are ticked."""

    of: int
    asked: int
    ticked: int

    @property
    def stay(self) -> int:
        return self.asked - self.ticked


def left_to_staff(plan: Plan) -> LeftToStaff | None:
    """One statement at most; None for previews that leave nothing so."""
    acts = {UNDO: Action.DEACTIVATE, OFFBOARD: Action.DEACTIVATE, MOVE: Action.UPDATE}
    if plan.kind not in acts:
        return None
    rows = PlannedChange.objects.filter(plan=plan, action=acts[plan.kind])
    found = rows.aggregate(
        of=Count("pk"),
        asked=Count("pk", filter=_LEFT_TO_STAFF),
        ticked=Count("pk", filter=_LEFT_TO_STAFF & Q(selected=True)),
    )
    return LeftToStaff(**found) if found["asked"] else None
