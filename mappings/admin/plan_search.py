"""One page of a preview's changes: searched, narrowed to an action, a company, or to what is (not) ticked."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Value
from django.http import HttpRequest, QueryDict

from integrations.admin.pages import Choice, choices, page_of
from integrations.choices import Action
from integrations.models import Plan
from integrations.sync.storable import storable_text
from mappings.models import SheetVerdict
from mappings.planning import (
    ASSET_SHEET,
    ASSETS,
    TICKS,
    UNDO,
    WRITES,
    Narrowing,
    companies_of,
    rows_to_choose_for,
)

CHANGES_PER_PAGE: Final = 100
FIELDS: Final = ("q", "company", "tick")
"""Names in the address, beside `action` and `page`."""
LONGEST: Final = 200
NO_COMPANY: Final = 0
_OF_SHEETS: Final = {Action.SKIP.value: SheetVerdict.REFUSED.label}
"""A row of a sheet that is left out is refused, as in sheets of mappings."""


def narrowing_of(query: QueryDict) -> Narrowing:
    """What an address asks for; what it misspells finds nothing, or is left out where nothing was meant."""
    company, ticks = query.get("company", ""), query.get("tick", "")
    number = int(company) if company.isdigit() and len(company) < 18 else NO_COMPANY
    return Narrowing(
        action=query.get("action", "") if query.get("action") in Action.values else "",
        words=storable_text(query.get("q", ""), LONGEST).strip(),
        company=number if company else None,
        ticks=ticks if ticks in TICKS else "",
    )


def changes_shown_of(request: HttpRequest, plan: Plan) -> dict[str, Any]:
    """For the page of a preview. Three statements, whatever the number of changes.

    Each change of the page knows whether it `may_be_chosen` for (type, site and tag of its new asset).
    """
    chosen = narrowing_of(request.GET)
    found = chosen.of_any_action().rows(plan)
    counts = dict(found.order_by().values_list("action").annotate(number=Count("pk")))
    count = counts.get(chosen.action, 0) if chosen.action else sum(counts.values())
    actions = [chosen.action] if chosen.action else list(counts)
    can_be = (
        Exists(rows_to_choose_for(plan).filter(pk=OuterRef("pk"))) if plan.kind == ASSETS else Value(False)
    )
    rows = chosen.rows(plan).annotate(may_be_chosen=can_be)
    return {
        "page": page_of(request, rows, CHANGES_PER_PAGE, count),
        "actions": _actions(request, plan, counts),
        "narrowed": chosen,
        "tickable": sum(counts.get(action, 0) for action in actions if action in WRITES),
        "companies": _companies(plan),
    }


def _actions(request: HttpRequest, plan: Plan, counts: dict[str, int]) -> list[Choice]:
    labels = {**dict(Action.choices), **(_OF_SHEETS if plan.kind == ASSET_SHEET else {})}
    return choices(request, "action", list(labels.items()), counts)


def _companies(plan: Plan) -> list[tuple[int, str]]:
    """Those that can be chosen; none where the whole preview is about one, or about none."""
    if plan.kind not in (ASSETS, UNDO) or plan.company_id:
        return []
    rows = companies_of(plan).values_list("pk", "name", "console__name")
    told = [(pk, name if plan.console_id else f"{name} ({console})") for pk, name, console in rows]
    return told if len(told) > 1 else []
