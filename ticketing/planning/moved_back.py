"""Undoing a run that moved tickets: those that are still open and where it brought them go back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.db.models import QuerySet

from integrations.choices import Action, Outcome
from integrations.models import Entry, HaloSite, Plan
from mappings.models import ComputerMapping
from mappings.planning import COMPANY_MAPPING, COMPUTER_MAPPING, LOCATIONS, TICKET, Change
from ticketing.models import Ticket, TicketState
from ticketing.planning.rows import ticket_row

CLOSED = "It is no longer open. Where that matters, correct it by hand in HaloPSA."
ELSEWHERE = "A person has moved it to another client in HaloPSA since, so it stays there."
NO_SITE = "The company had no default site before, so it stays where it is."
_PLACE = ("client_id", "client_name", "site_id", "site_name")


def rows_of_undo(plan: Plan) -> Iterator[Change]:
    """One for each ticket that the run has moved. Six statements."""
    acts = Entry.objects.filter(run=plan.parameters.get("run"), outcome=Outcome.DONE)
    moved = list(acts.filter(subject_kind=TICKET, action=Action.UPDATE).order_by("pk"))
    mapping = acts.filter(subject_kind=COMPANY_MAPPING).first()
    if not moved or mapping is None:
        return
    tickets = Ticket.objects.select_related("computer").in_bulk([act.subject_id for act in moved])
    sites = _former_sites(plan, acts, mapping.before, tickets.values())
    for act in moved:
        if ticket := tickets.get(act.subject_id or 0):
            site = sites.get(ticket.computer_id or 0, {})
            yield _row(ticket, act, {**mapping.before, **site, **act.before})


def _row(ticket: Ticket, act: Entry, former: Mapping[str, Any]) -> Change:
    if ticket.state != TicketState.OPEN:
        return ticket_row(Action.SKIP, ticket, {}, {}, CLOSED)
    if ticket.halo_client != act.after["client_id"]:
        return ticket_row(Action.SKIP, ticket, {}, {}, ELSEWHERE)
    if former["site_id"] is None:
        return ticket_row(Action.SKIP, ticket, {}, {}, NO_SITE)
    before = {"halo_id": ticket.halo_id, **{name: act.after[name] for name in _PLACE}}
    after = {name: former[name] for name in _PLACE}
    return ticket_row(Action.UPDATE, ticket, before, after, "Back to where it was before that run.")


def _former_sites(
    plan: Plan, acts: QuerySet[Entry], mapping: Mapping[str, Any], tickets: Collection[Ticket]
) -> dict[int, dict[str, Any]]:
    """By computer: the site of its asset before that run, else the one of its location; as a ticket gets it.

    The others were at the default site."""
    places, found = mapping.get(LOCATIONS, {}), dict[int, dict[str, Any]]()
    numbers = [place["value"] for place in places.values()]
    used = HaloSite.objects.filter(halo_credential=plan.halo_credential, halo_id__in=numbers, active=True)
    in_use = set(used.values_list("halo_id", flat=True)) if numbers else set()
    for ticket in tickets:
        place = places.get(str(ticket.computer.location_id)) if ticket.computer else None
        if ticket.computer_id is not None and place and place["value"] in in_use:
            found[ticket.computer_id] = {"site_id": place["value"], "site_name": place["shown"]}
    pairs = ComputerMapping.objects.filter(
        halo_credential=plan.halo_credential, computer__in={ticket.computer_id for ticket in tickets}
    )
    computer_of = dict(pairs.values_list("pk", "computer_id"))
    assets = acts.filter(subject_kind=COMPUTER_MAPPING, action=Action.UPDATE, subject_id__in=computer_of)
    for act in assets:
        if act.before.get("site_id") is not None:
            place = {"site_id": act.before["site_id"], "site_name": act.before["site_name"]}
            found[computer_of[act.subject_id or 0]] = place
    return found
