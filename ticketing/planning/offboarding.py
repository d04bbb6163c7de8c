"""Offboarding a company: its open tickets are closed with a note. What cannot be closed says why."""

from __future__ import annotations

from collections.abc import Iterator

from integrations.choices import Action
from mappings.models import CompanyMapping
from mappings.planning import Change, NotPlannable
from ticketing.halo_choices import HaloChoices
from ticketing.models import Alert, Ticket, TicketState
from ticketing.planning.closing import NO_PROFILE, profiles_of
from ticketing.planning.creating import CREATING, is_creating
from ticketing.planning.rows import ticket_row

CLOSABLE = (TicketState.PLANNED, TicketState.OPEN, TicketState.REOPENING)
SILENT = "'No notification' is on for the company, so nothing is written. Switch it off, or close it by hand."
STAFF = "It waits for staff. Close it by hand in HaloPSA."
NO_ALERT = "It has no alert any more. Close it by hand in HaloPSA."
CLOSES = "Its company is offboarded, which its closing note says."


def rows_of_offboard(mapping: CompanyMapping) -> Iterator[Change]:
    """One for each ticket that is open or not sent yet; at most seven statements."""
    company, credential = mapping.company_id, mapping.halo_credential_id
    if is_creating(company, credential):
        raise NotPlannable(CREATING.format(mapping.company))
    mine = Ticket.objects.filter(company=company, halo_credential=credential, is_test=False)
    tickets = list(
        mine.filter(state__in=(*CLOSABLE, TicketState.STAFF)).select_related("profile").order_by("pk")
    )
    profiles = profiles_of(tickets)
    choices = HaloChoices.of(profiles.values())
    alerted = set(Alert.objects.filter(ticket__in=mine).values_list("ticket_id", flat=True))
    for ticket in tickets:
        profile = profiles.get(ticket.pk)
        problem = choices.problem(profile, "status_closed") if profile else NO_PROFILE
        if ticket.state == TicketState.STAFF:
            problem = STAFF
        elif mapping.no_notification:
            problem = SILENT
        elif ticket.pk not in alerted:
            problem = NO_ALERT
        if problem:
            yield ticket_row(Action.SKIP, ticket, {}, {}, problem)
        else:
            before = {"halo_id": ticket.halo_id, "state": str(ticket.get_state_display())}
            yield ticket_row(Action.CLOSE, ticket, before, {"state": "Closed"}, CLOSES)
