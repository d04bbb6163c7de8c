"""A ticket that goes to another client or site: what is sent, and whether it still may be."""

from __future__ import annotations

from typing import Any

from integrations.halo import payloads
from integrations.models import HaloSite, Intention
from integrations.records import TicketRecord
from ticketing.apply.outcomes import Found, state_in_halo
from ticketing.models import Ticket


def place_payload(ticket: Ticket, intention: Intention, halo_id: int) -> dict[str, Any]:
    """An end user belongs to a site, so the ticket gets the General User of the new one."""
    after = intention.content["after"]
    sites = HaloSite.objects.filter(halo_credential=ticket.halo_credential_id, halo_id=after["site_id"])
    user = sites.values_list("general_user_id", flat=True).first()
    return payloads.ticket_place(
        halo_id, client_id=after["client_id"], site_id=after["site_id"], user_id=user
    )


def is_there(intention: Intention, record: TicketRecord) -> bool:
    """A ticket that is with the new client already, at whichever of its sites, needs nothing."""
    before, after = intention.content["before"], intention.content["after"]
    if before["client_id"] != after["client_id"]:
        return record.client_id == after["client_id"]
    return (record.client_id, record.site_id) == (after["client_id"], after["site_id"])


def why_not_moved(intention: Intention, record: TicketRecord | None) -> Found:
    """What stands in the way, with its words; empty ones if nothing does."""
    before, after = intention.content["before"], intention.content["after"]
    here = state_in_halo(record, before["halo_id"])
    if record is None or here.words:
        return here
    moved = record.client_id not in (None, before["client_id"])
    if before["client_id"] == after["client_id"]:
        moved = moved or record.site_id not in (None, before["site_id"])
    if moved:
        words = "Somebody has moved the ticket in HaloPSA meanwhile, so it stays there."
        return Found(words, elsewhere=True)
    return Found()
