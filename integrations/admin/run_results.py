"""What came of a run: results by outcome, page by page while it is at work, and all of them to keep."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import Count, QuerySet
from django.http import HttpRequest

from integrations.admin.changes import differences
from integrations.admin.pages import choices, page_of
from integrations.choices import Action, Outcome
from integrations.models import Entry, Run
from integrations.sync.cells import Cell, cell

PER_PAGE = 50
OUTCOME = "outcome"
COLUMNS: Final = ("At", "What", "Action", "Outcome", "Reason", "Before → after")
_BATCH = 2000


def listed(request: HttpRequest, run: Run) -> dict[str, Any]:
    """`page`: the results of the outcome that is asked for; `outcomes`: what can be asked for, counted."""
    counts = dict(
        Entry.objects.filter(run=run).order_by().values_list("outcome").annotate(number=Count("pk"))
    )
    chosen = request.GET.get(OUTCOME, "")
    count = counts.get(chosen, 0) if chosen else sum(counts.values())
    return {
        "page": page_of(request, _of(request, run), PER_PAGE, count),
        "outcomes": choices(request, OUTCOME, list(Outcome.choices), counts),
    }


def _of(request: HttpRequest, run: Run) -> QuerySet[Entry]:
    rows = Entry.objects.filter(run=run)
    chosen = request.GET.get(OUTCOME, "")
    return rows.filter(outcome=chosen) if chosen else rows


def number_of(request: HttpRequest, run: Run) -> int:
    return _of(request, run).count()


def cells(request: HttpRequest, run: Run) -> Iterator[list[Cell]]:
    """All results of the outcome that is asked for, read in batches; what has changed is one text."""
    for entry in _of(request, run).iterator(chunk_size=_BATCH):
        told = [
            f"{one.name}: {one.before or '–'} → {one.after or '–'}"
            for one in differences(entry.before, entry.after)
            if one.changed
        ]
        values = (
            entry.created_at,
            entry.subject,
            Action(entry.action).label,
            Outcome(entry.outcome).label,
            entry.reason,
            "; ".join(told),
        )
        yield [cell(value) for value in values]
