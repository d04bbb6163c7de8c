"""Intentions → HaloPSA: the last look before sending, what is sent, and what follows from the answer."""

from ticketing.apply.previews import apply_to_tickets, has_tickets
from ticketing.apply.sender import TicketSender

__all__ = ["TicketSender", "apply_to_tickets", "has_tickets"]
