"""Offboarding a company: its open tickets are closed with a note. What cannot be closed says why."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from integrations.choices import Action
from mappings.models import CompanyMapping
from mappings.planning import Change, NotPlannable
from ticketing.halo_choices import HaloChoices
from ticketing.models import Alert, IntegrationProfile, Ticket, TicketState
from ticketing.planning.closing import NO_PROFILE, profiles_of
from ticketing.planning.creating import CREATING, is_creating
from ticketing.planning.rows import ticket_row

CLOSABLE = (TicketState.PLANNED, TicketState.OPEN, TicketState.REOPENING)
SILENT = "'No notification' is on for the company, so nothing is written. Switch it off, or close it by hand."
STAFF = "It waits for staff. Close it by hand in HaloPSA."
NO_ALERT = "It has no alert any more. Close it by hand in HaloPSA."
CHANGED = "It changed while this was looked at. Make the preview anew."
CLOSES = "Its company is offboarded, which its closing note says."


def closed_by_offboarding(credential_id: int) -> QuerySet[Ticket]:
    """The tickets that are closed, or never sent, if every company of the credential is offboarded: what a
    preview closes, and what `uninstall_report` counts. Two statements before the one that is returned."""
    profiles = list(IntegrationProfile.objects.all())
    choices = HaloChoices.of(profiles)
    good = [profile.pk for profile in profiles if not choices.problem(profile, "status_closed")]
    default = IntegrationProfile.objects.filter(is_default=True, halo_credential=credential_id)
    told = CompanyMapping.objects.in_use().filter(halo_credential=credential_id, no_notification=False)
    rows = Ticket.objects.filter(
        Exists(Alert.objects.filter(ticket=OuterRef("pk"))),
        halo_credential=credential_id,
        is_test=False,
        state__in=CLOSABLE,
        company__in=told.values("company"),
    )
    return rows.annotate(closes_by=Coalesce("profile_id", Subquery(default.values("pk")[:1]))).filter(
        closes_by__in=good
    )


def rows_of_offboard(mapping: CompanyMapping) -> Iterator[Change]:
    """One for each ticket that is open or not sent yet; at most ten statements."""
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
    closes = set(closed_by_offboarding(credential).filter(company=company).values_list("pk", flat=True))
    for ticket in tickets:
        if ticket.pk in closes:
            before = {"halo_id": ticket.halo_id, "state": str(ticket.get_state_display())}
            yield ticket_row(Action.CLOSE, ticket, before, {"state": "Closed"}, CLOSES)
            continue
        profile = profiles.get(ticket.pk)
        problem = choices.problem(profile, "status_closed") if profile else NO_PROFILE
        if ticket.state == TicketState.STAFF:
            problem = STAFF
        elif mapping.no_notification:
            problem = SILENT
        elif ticket.pk not in alerted:
            problem = NO_ALERT
        yield ticket_row(Action.SKIP, ticket, {}, {}, problem or CHANGED)
