"""A row about a ticket, in a preview."""

from __future__ import annotations

from typing import Any

from integrations.choices import Action
from mappings.planning import TICKET, Change
from ticketing.models import Ticket


def ticket_row(
    action: Action, ticket: Ticket, before: dict[str, Any], after: dict[str, Any], reason: str
) -> Change:
    """A skip is never ticked, anything else is."""
    subject = f"Ticket {ticket.halo_id or 'not sent yet'}: {ticket.summary}"
    return Change(
        action.value, subject, TICKET, ticket.pk, before, after, reason, selected=action != Action.SKIP
    )
