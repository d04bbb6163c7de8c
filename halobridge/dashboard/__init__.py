"""The overview: what is left to set up, what needs attention, and how things stand. Every figure leads on."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from halobridge.dashboard.attention import attention, attention_figures
from halobridge.dashboard.charts import chart_figures, event_chart, ticket_charts
from halobridge.dashboard.checklist import DONE, checklist, next_step
from halobridge.dashboard.coverage import CoverageCounts, coverage_counts, coverage_of
from halobridge.dashboard.facts import Facts, set_up_figures
from halobridge.dashboard.figures import Figures, count_all
from halobridge.dashboard.last_runs import last_runs
from halobridge.dashboard.selecting import selecting_figures, selecting_groups
from integrations.models import Console, HaloCredential
from integrations.sync.kept_figures import COUNT_NOW, kept, wants_them_now
from ticketing.models import Ticket, TicketState

STATES = (TicketState.OPEN, TicketState.PLANNED, TicketState.CLOSED, TicketState.REFUSED)
"""Of tickets, as the overview counts them; tests are no tickets of alerts."""
MADE = (
    TicketState.OPEN,
    TicketState.CLOSING,
    TicketState.CLOSED,
    TicketState.REOPENING,
    TicketState.SUPERSEDED,
)
"""Of tickets that HaloPSA has: with the first one the set-up has reached its end."""


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The context of the index page. The number of statements does not depend on the number of rows."""
    if not request.user.has_perm("integrations.view_run"):
        return {**context, "title": "Overview"}
    facts = read_facts(anew=wants_them_now(request.GET))
    steps = checklist(facts, request.user.has_perm)
    set_up = all(step.state == DONE for step in steps)
    tickets = facts.figures.get("tickets", {})
    asked = "set-up" in request.GET
    return {
        **context,
        "title": "Overview",
        "steps": steps,
        "next_step": next_step(steps),
        "set_up": set_up,
        "shows_steps": not set_up or asked,
        "steps_folded": not asked and any(tickets.get(state) for state in MADE),
        "steps_done": sum(step.state == DONE for step in steps),
        "attention": attention(facts),
        "coverage": facts.coverage,
        "several_halos": len({row.credential for row in facts.coverage}) > 1,
        "credentials": facts.credentials,
        "tickets": [(state.value, state.label.split(" ")[0], tickets.get(state, 0)) for state in STATES],
        "ticket_charts": ticket_charts(facts.figures),
        "event_chart": event_chart(facts.figures),
        "all_runs": reverse("admin:integrations_run_changelist"),
        "counted_at": facts.counted_at,
        "count_now": f"?{urlencode(COUNT_NOW)}",
        "last_runs": last_runs(),
    }


def read_facts(*, anew: bool = False) -> Facts:
    """Five statements; what takes long to count may have been counted a moment ago (not if `anew`)."""
    credentials = list(HaloCredential.objects.select_related("instance").order_by("name"))
    consoles = list(Console.objects.order_by("name"))

    def count() -> tuple[CoverageCounts, Figures]:
        grouped = {
            "tickets": (Ticket.objects.filter(is_test=False), F("state")),
            **selecting_groups(),
            **chart_figures(),
        }
        single = {**set_up_figures(), **selecting_figures(), **attention_figures()}
        return coverage_counts(credentials, consoles), count_all(single, grouped)

    counted = kept(("overview",), count, _rows, anew=anew)
    counts, figures = counted.value
    return Facts(credentials, consoles, coverage_of(credentials, consoles, counts), figures, counted.at)


def _rows(counted: tuple[CoverageCounts, Figures]) -> int:
    """Companies, computers, and all that was counted beside them."""
    (companies, computers), figures = counted
    covered = sum(number for *_, number in (*companies, *computers))
    return covered + sum(sum(by_key.values()) for by_key in figures.values())
