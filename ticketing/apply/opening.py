"""What a new ticket says, by the texts of its profile in the moment of sending; its row says the same."""

from __future__ import annotations

from collections.abc import Sequence

from ticketing import listing, text
from ticketing.apply.placing import asset_of
from ticketing.models import Alert, IntegrationProfile, Ticket


def opening_of(ticket: Ticket, alerts: Sequence[Alert], profile: IntegrationProfile) -> text.Opening:
    """The texts; summary and reason of the row follow them. A template that fails costs no ticket.

    A ticket that several alerts share lists them instead: a template tells of one alert.
    """
    if ticket.grouped:
        return text.Opening(ticket.summary, listing.table(ticket))
    told = text.opening(alerts, ticket, asset_of(alerts[0]), profile)
    reason = f"{text.TEMPLATE_FAILED}{told.problem}" if told.problem else _without_failure(ticket.reason)
    changes = {"summary": told.summary, "reason": reason}
    if any(getattr(ticket, name) != value for name, value in changes.items()):
        Ticket.objects.filter(pk=ticket.pk).update(**changes)
        ticket.summary, ticket.reason = told.summary, reason
    return told


def _without_failure(reason: str) -> str:
    """A template that failed last time may be right by now."""
    return "" if reason.startswith(text.TEMPLATE_FAILED) else reason
