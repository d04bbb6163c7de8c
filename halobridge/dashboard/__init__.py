"""The overview: what is left to set up, what needs attention, and how things stand. Every figure leads on."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpRequest

from halobridge.dashboard.attention import attention
from halobridge.dashboard.checklist import checklist, next_step
from halobridge.dashboard.facts import read_facts
from integrations.models import Run
from ticketing.models import Ticket


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The context of the index page. The number of statements does not depend on the number of rows."""
    if not request.user.has_perm("integrations.view_run"):
        return {**context, "title": "Overview"}
    facts = read_facts()
    steps = list(checklist(facts))
    return {
        **context,
        "title": "Overview",
        "steps": steps,
        "next_step": next_step(steps),
        "set_up": all(step.state == "done" for step in steps),
        "steps_done": sum(step.state == "done" for step in steps),
        "attention": list(attention(facts)),
        "coverage": facts.coverage,
        "tickets": _tickets_by_state(),
        "last_runs": Run.objects.select_related("plan", "halo_credential", "console", "instance")[:8],
    }


def _tickets_by_state() -> dict[str, int]:
    """How many there are of each state; tests are no tickets of alerts."""
    rows = Ticket.objects.filter(is_test=False).order_by().values_list("state")
    return dict(rows.annotate(number=Count("pk")))
