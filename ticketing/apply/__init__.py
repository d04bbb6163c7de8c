"""Intentions → HaloPSA: the last look before sending, what is sent, and what follows from the answer."""

from ticketing.apply.sender import TicketSender

__all__ = ["TicketSender"]
