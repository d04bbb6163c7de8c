"""What a test ticket is made of: it belongs to no alert, so nothing of an alert decides about it."""

from __future__ import annotations

from typing import Any

from django.utils.html import escape

from integrations.halo import payloads
from integrations.models import HaloClient, HaloSite
from integrations.runs.writing import Cancelled
from ticketing import lanes
from ticketing.apply.place import Place
from ticketing.halo_choices import HaloChoices
from ticketing.models import IntegrationProfile, Ticket, TicketState


def trial_payload(ticket: Ticket) -> dict[str, Any]:
    """The payload. Raises `Cancelled`, and ends the test, where its profile or client went away."""
    if ticket.profile is None:
        raise _ended(ticket, "Its profile was deleted.")
    place = _place(ticket)
    if place is None:
        raise _ended(ticket, "Its client is no longer active in HaloPSA.")
    return payloads.ticket_create(
        marker=ticket.marker,
        summary=ticket.summary,
        details_html=_body(ticket.profile),
        client_id=place.client_id,
        site_id=place.site_id,
        user_id=place.user_id,
        asset_ids=(),
        occurred_at=None,
        mail_user=False,
        **chosen(ticket.profile),
    )


def chosen(profile: IntegrationProfile) -> dict[str, Any]:
    """What every ticket of a profile has from it, as `payloads.ticket_create` wants it."""
    choices = HaloChoices.of([profile])
    return {
        "ticket_type_id": profile.ticket_type,
        "team": choices.name(profile, "team"),
        "agent_id": profile.agent,
        "status_id": profile.status_open,
        "sla_id": profile.sla,
        "priority_id": profile.priority,
        "category": choices.name(profile, "category"),
        "impact": profile.impact,
        "urgency": profile.urgency,
        "run_rules": profile.run_halo_rules,
    }


def _place(ticket: Ticket) -> Place | None:
    """Client, its main site and that site's General User."""
    clients = HaloClient.objects.filter(halo_credential=ticket.halo_credential_id, active=True)
    client = clients.filter(halo_id=ticket.halo_client or 0).first()
    if client is None:
        return None
    sites = HaloSite.objects.filter(client=client, active=True).order_by("pk")
    site = sites.filter(halo_id=client.main_site_id or 0).first() or sites.first()
    if site is None:
        return Place(client.halo_id)
    return Place(client.halo_id, site.halo_id, site.general_user_id)


def _body(profile: IntegrationProfile) -> str:
    return (
        "<p>This is a test of HaloBridge. It is created, noted and closed to see whether HaloPSA takes the "
        f"tickets of the integration profile “{escape(profile.name)}”. Nobody has to do anything.</p>"
    )


def _ended(ticket: Ticket, words: str) -> Cancelled:
    lanes.take_back([ticket], words)
    Ticket.objects.filter(pk=ticket.pk).update(state=TicketState.CANCELLED, reason=words)
    return Cancelled(words)
