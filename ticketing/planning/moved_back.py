"""Undoing a run that moved tickets: those that are still open and where it brought them go back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from integrations.choices import Action, Outcome
from integrations.models import Entry, Plan
from mappings.planning import COMPANY_MAPPING, TICKET, Change
from ticketing.models import Ticket, TicketState
from ticketing.planning.rows import ticket_row

CLOSED = "It is no longer open. Where that matters, correct it by hand in HaloPSA."
ELSEWHERE = "A person has moved it to another client in HaloPSA since, so it stays there."
NO_SITE = "The company had no default site before, so it stays where it is."
_PLACE = ("client_id", "client_name", "site_id", "site_name")


def rows_of_undo(plan: Plan) -> Iterator[Change]:
    """One for each ticket that the run has moved. Three statements."""
    acts = Entry.objects.filter(run=plan.parameters.get("run"), outcome=Outcome.DONE)
    moved = list(acts.filter(subject_kind=TICKET, action=Action.UPDATE).order_by("pk"))
    mapping = acts.filter(subject_kind=COMPANY_MAPPING).first()
    tickets = Ticket.objects.in_bulk([act.subject_id for act in moved])
    for act in moved:
        if (ticket := tickets.get(act.subject_id or 0)) and mapping is not None:
            yield _row(ticket, act, {**mapping.before, **act.before})


def _row(ticket: Ticket, act: Entry, former: dict[str, Any]) -> Change:
    if ticket.state != TicketState.OPEN:
        return ticket_row(Action.SKIP, ticket, {}, {}, CLOSED)
    if ticket.halo_client != act.after["client_id"]:
        return ticket_row(Action.SKIP, ticket, {}, {}, ELSEWHERE)
    if former["site_id"] is None:
        return ticket_row(Action.SKIP, ticket, {}, {}, NO_SITE)
    before = {"halo_id": ticket.halo_id, **{name: act.after[name] for name in _PLACE}}
    after = {name: former[name] for name in _PLACE}
    return ticket_row(Action.UPDATE, ticket, before, after, "Back to where it was before that run.")
