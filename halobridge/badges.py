"""Numbers beside the navigation: what waits for somebody, as far as the account may see it.

`{% waiting item as badge %}` gives that of an item of `halobridge.sidebar`, whose `lists` names one here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django import template
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from halobridge.dashboard.figures import count_all
from halobridge.sidebar import may_view
from halobridge.waiting_rows import problem_deliveries, undecided_reviews, unread_mails, unsettled_writes
from integrations.models import Company
from integrations.runs.approvals import open_losses
from mappings.keeping.waiting import waiting_runs
from mappings.linking import open_todos
from mappings.models import CompanyMapping, CompanySuggestion
from ticketing.models import Ticket, TicketState

register = template.Library()
MOST: Final = 99
"""Nobody needs to know it more exactly, and the database stops counting there."""
_KEPT: Final = "_waiting_for_somebody"


@dataclass(frozen=True, slots=True)
class Waits:
    """Rows that wait for somebody. `words` follow their number."""

    words: str
    rows: Callable[[], QuerySet[Any]]


@dataclass(frozen=True, slots=True)
class Badge:
    number: str
    words: str


def _suggested() -> QuerySet[Company]:
    same = {"company": OuterRef("company"), "halo_credential": OuterRef("halo_credential")}
    unanswered = CompanySuggestion.objects.filter(~Exists(CompanyMapping.objects.filter(**same)))
    return Company.objects.filter(active=True, pk__in=unanswered.values("company"))


def _refused() -> QuerySet[Ticket]:
    return Ticket.objects.filter(state__in=(TicketState.REFUSED, TicketState.STAFF), is_test=False)


WAITING: Final = {
    "mappings.companymapping": Waits("with a suggestion to accept or to refuse", _suggested),
    "mappings.newcomer": Waits("to be looked at", open_todos),
    "mappings.computerreview": Waits("to decide about", undecided_reviews),
    "integrations.plan": Waits("waiting for an approval", waiting_runs),
    "integrations.heldloss": Waits("to decide about", open_losses),
    "ticketing.ticket": Waits("refused by HaloPSA or waiting for staff", _refused),
    "integrations.intention": Waits("whose fate nobody knows", unsettled_writes),
    "integrations.rawdelivery": Waits("with a problem", problem_deliveries),
    "integrations.mail": Waits("that no rule could be held against", unread_mails),
}
"""By the model whose list stands in the navigation: whoever may see the list is told."""


@register.simple_tag(takes_context=True)
def waiting(context: template.Context, item: dict[str, Any]) -> Badge | None:
    """None where nothing waits. One statement for all items of a page."""
    waits, request = WAITING.get(item.get("lists", "")), context.get("request")
    if waits is None or request is None:
        return None
    number = numbers_of(request).get(item["lists"], 0)
    shown = f"{number}" if number <= MOST else f"{MOST}+"
    return Badge(shown, f"{shown} {waits.words}") if number else None


def numbers_of(request: HttpRequest) -> dict[str, int]:
    """By model, of what the account may see, and at most one more than `MOST`; without the noughts."""
    kept: dict[str, int] | None = getattr(request, _KEPT, None)
    if kept is None:
        kept = _numbers([name for name in WAITING if may_view(*name.split("."))(request)])
        setattr(request, _KEPT, kept)
    return kept


def _numbers(names: list[str]) -> dict[str, int]:
    if not names:
        return {}
    found = count_all({name: _first(WAITING[name].rows()) for name in names})
    return {name: figures[""] for name, figures in found.items()}


def _first(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Counting stops behind `MOST`. (SQLite takes no LIMIT in a part of a union, but does in a condition.)"""
    return rows.model._default_manager.filter(pk__in=rows.order_by().values("pk")[: MOST + 1])
