"""What another client or site for a company means for its tickets: open ones move, closed ones are listed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Final

from django.db.models import Q, QuerySet

from integrations.choices import Action
from integrations.models import Computer, HaloCredential, Plan
from mappings.models import ComputerMapping, LocationMapping
from mappings.planning import MOVE, OFFBOARD, UNDO, Change, Move, NotPlannable, read_move, read_offboard
from ticketing.models import Ticket, TicketState
from ticketing.planning.creating import CREATING, creating, is_creating
from ticketing.planning.moved_back import rows_of_undo
from ticketing.planning.offboarding import rows_of_offboard
from ticketing.planning.rows import ticket_row

OPEN: Final = (TicketState.OPEN, TicketState.REOPENING)
MOST_CLOSED: Final = 1000
"""Closed tickets that are listed one by one, the newest first."""
ELSEWHERE: Final = "A person has moved it to another client in HaloPSA, so it stays there."
CLOSED: Final = "Closed: it stays with {}. Where that matters, correct it by hand in HaloPSA."
STAFF: Final = "It waits for staff. Correct it by hand in HaloPSA."
CLOSING: Final = (
    "It is just being closed and stays with {}. Where that matters, correct it by hand in HaloPSA."
)


def rows_of_tickets(plan: Plan, changes: Sequence[Change]) -> Iterable[Change]:
    """Rows about tickets for a plan with these changes; most kinds have none. Raises `NotPlannable`."""
    if plan.kind == MOVE:
        return list(_rows_of_move(read_move(plan), changes))
    if plan.kind == OFFBOARD:
        return list(rows_of_offboard(read_offboard(plan)))
    return list(rows_of_undo(plan)) if plan.kind == UNDO else []


def tickets_of(company_id: int, credential_id: int) -> QuerySet[Ticket]:
    """The tickets of a company that HaloPSA knows."""
    return Ticket.objects.filter(
        company=company_id, halo_credential=credential_id, halo_id__isnull=False, is_test=False
    )


def companies_with_open_tickets(companies: Collection[int], credential: HaloCredential) -> set[int]:
    """Of these companies (our ids), those with tickets that would move along, or that are just being made.
    One statement."""
    mine = Ticket.objects.filter(company__in=companies, halo_credential=credential, is_test=False)
    there = Q(state__in=OPEN, halo_id__isnull=False)
    rows = mine.filter(there | Q(halo_id__isnull=True, pk__in=creating().values("subject_id")))
    found = rows.order_by().values_list("company", flat=True).distinct()
    return {pk for pk in found if pk is not None}


def _rows_of_move(move: Move, changes: Sequence[Change]) -> Iterator[Change]:
    """At most nine statements, whatever the number of tickets."""
    company, credential = move.mapping.company_id, move.mapping.halo_credential_id
    if is_creating(company, credential):
        raise NotPlannable(CREATING.format(move.mapping.company))
    mine, former = tickets_of(company, credential), move.mapping.halo_client
    stays = set() if move.changes_client else _computers_that_stay(move, changes)
    for ticket in mine.filter(state__in=OPEN).order_by("pk").iterator(chunk_size=2000):
        if move.changes_client and ticket.halo_client == move.client.halo_id:
            continue
        if ticket.halo_client not in (None, former.halo_id):
            yield ticket_row(Action.SKIP, ticket, {}, {}, ELSEWHERE)
        elif ticket.computer_id not in stays:
            yield _moved(move, ticket)
    if move.changes_client:
        yield from _left_behind(
            move, mine.filter(Q(halo_client__isnull=True) | Q(halo_client=former.halo_id))
        )


def _computers_that_stay(move: Move, changes: Sequence[Change]) -> set[int | None]:
    """With another site only: computers whose asset stays at its site, or whose location has one."""
    moving = {row.subject_id for row in changes if row.action == Action.UPDATE and row.selected}
    linked = ComputerMapping.objects.filter(
        computer__company=move.mapping.company_id,
        halo_credential=move.mapping.halo_credential_id,
        halo_asset__isnull=False,
    )
    stay = {computer for pk, computer in linked.values_list("pk", "computer_id") if pk not in moving}
    places = LocationMapping.objects.in_use().filter(company_mapping=move.mapping).values("location")
    elsewhere = Computer.objects.filter(company=move.mapping.company_id, location__in=places)
    return {*stay, *elsewhere.values_list("pk", flat=True)}


def _moved(move: Move, ticket: Ticket) -> Change:
    former, site = move.mapping.halo_client, move.mapping.halo_site
    before: dict[str, Any] = {
        "halo_id": ticket.halo_id,
        "client_id": former.halo_id,
        "client_name": former.name,
    }
    if not move.changes_client:
        before |= {"site_id": site.halo_id if site else None, "site_name": site.name if site else ""}
    return ticket_row(Action.UPDATE, ticket, before, move.there, "It is open, so it moves along.")


def _left_behind(move: Move, tickets: QuerySet[Ticket]) -> Iterator[Change]:
    former = move.mapping.halo_client
    for ticket in tickets.filter(state__in=(TicketState.CLOSING, TicketState.STAFF)):
        told = STAFF if ticket.state == TicketState.STAFF else CLOSING.format(former)
        yield ticket_row(Action.SKIP, ticket, {}, {}, told)
    closed = tickets.filter(state=TicketState.CLOSED)
    for ticket in closed.order_by("-pk")[:MOST_CLOSED]:
        yield ticket_row(Action.SKIP, ticket, {}, {}, CLOSED.format(former))
    if (more := closed.count() - MOST_CLOSED) > 0:
        subject, told = f"{more} more closed tickets", f"Older ones, closed: they stay with {former}."
        yield Change(Action.SKIP, subject, "closed_tickets", move.mapping.pk, reason=told, selected=False)
