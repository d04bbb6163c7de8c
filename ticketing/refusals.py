"""Tickets that HaloPSA refused, or whose fate nobody knows: shown, and tried again when staff say so."""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from integrations.choices import TICKET_WRITES, EventState, IntentionKind, IntentionState
from integrations.models import Instance, Intention
from integrations.runs.acts import again_if_broken_off
from integrations.runs.writing import FINISHED
from ticketing import lanes
from ticketing.models import Alert, Ticket, TicketState

STUCK: Final = (
    "HaloPSA's answer was lost, and the bridge reference was not found there after repeated tries: "
    "look in HaloPSA and decide."
)
AGAIN: Final = "Sent again by staff."


# ---- staff try again ------------------------------------------------------------------------


def retry_refused(ticket: Ticket) -> bool:
    """Try a refused create or closing again, or a write whose answer was lost; the bridge reference stays.

    What was refused is sent again. What was lost is looked up first and sent only if it is not there. False
    if there is nothing to retry: a create is tried again only while one of its alerts is open and no other
    ticket has taken its place.
    """
    with transaction.atomic():
        done = _retry_lost(ticket) or _retry_refused(ticket)
    ticket.refresh_from_db()
    return done


def _retry_lost(ticket: Ticket) -> bool:
    lost = _lane(ticket).filter(state=IntentionState.STAFF)
    return bool(lost.update(state=IntentionState.UNCERTAIN, attempts=0, lookups=0, not_before=None))


def _retry_refused(ticket: Ticket) -> bool:
    kinds = (IntentionKind.CREATE_TICKET, IntentionKind.CLOSE_TICKET)
    refused = _lane(ticket).filter(state=IntentionState.REFUSED, kind__in=kinds).order_by("-sequence").first()
    if refused is None or not _take(ticket, refused):
        return False
    fresh: dict[str, Any] = {"sent_at": None, "finished_at": None, "not_before": None, "claim_token": ""}
    again = Intention.objects.filter(pk=refused.pk, state=IntentionState.REFUSED)
    return bool(again.update(state=IntentionState.PLANNED, attempts=0, lookups=0, **fresh))


def _lane(ticket: Ticket) -> QuerySet[Intention]:
    return Intention.objects.filter(lane=lanes.lane_of(ticket))


def _take(ticket: Ticket, refused: Intention) -> bool:
    """Move the ticket back by conditional update, so that two clicks retry once."""
    mine = Ticket.objects.filter(pk=ticket.pk)
    if refused.kind == IntentionKind.CLOSE_TICKET:
        return bool(mine.filter(state=TicketState.STAFF).update(state=TicketState.CLOSING, reason=AGAIN))
    alerts = Alert.objects.filter(ticket=ticket)
    if not alerts.filter(state=EventState.OPEN).exists():
        return False
    refused_and_current = mine.filter(state=TicketState.REFUSED, current=True)
    if not refused_and_current.update(state=TicketState.PLANNED, reason=AGAIN):
        return False
    alerts.update(reason=AGAIN)
    return True


# ---- what lanes say about their tickets -----------------------------------------------------


@again_if_broken_off
def follow_lanes(instance: Instance) -> None:
    """Show on tickets what became of their writes unnoticed: one waits for staff, or does so no more, or
    the create or the closing was cancelled."""
    writes = Intention.objects.filter(instance=instance, kind__in=TICKET_WRITES)
    stuck = writes.filter(state=IntentionState.STAFF).values("subject_id")
    tickets = Ticket.objects.filter(instance=instance)
    under_way = (TicketState.PLANNED, TicketState.OPEN, TicketState.CLOSING, TicketState.REOPENING)
    tickets.filter(state__in=under_way, pk__in=stuck).update(state=TicketState.STAFF, reason=STUCK)
    _follow_settled(tickets.filter(state=TicketState.STAFF, reason=STUCK).exclude(pk__in=stuck), writes)
    closing = _unfinished(writes, IntentionKind.CLOSE_TICKET)
    tickets.filter(state=TicketState.CLOSING, current=True).exclude(pk__in=closing).update(
        state=TicketState.OPEN
    )
    reopening = _unfinished(writes, IntentionKind.REOPEN_TICKET)
    tickets.filter(state=TicketState.REOPENING).exclude(pk__in=reopening).update(
        state=TicketState.CLOSED, current=False
    )
    cancelled = writes.filter(kind=IntentionKind.CREATE_TICKET, state=IntentionState.CANCELLED)
    tickets.filter(
        state=TicketState.PLANNED, current=True, halo_id__isnull=True, pk__in=cancelled.values("subject_id")
    ).update(state=TicketState.CANCELLED, current=False, reason="Its create was cancelled.")


def _unfinished(writes: QuerySet[Intention], kind: IntentionKind) -> Any:
    return writes.filter(kind=kind).exclude(state__in=FINISHED).values("subject_id")


def _follow_settled(settled: QuerySet[Ticket], writes: QuerySet[Intention]) -> None:
    closing = _unfinished(writes, IntentionKind.CLOSE_TICKET)
    settled.filter(pk__in=closing).update(state=TicketState.CLOSING, reason="")
    reopening = _unfinished(writes, IntentionKind.REOPEN_TICKET)
    settled.filter(pk__in=reopening).update(state=TicketState.REOPENING, reason="")
    settled.filter(halo_id__isnull=True).update(state=TicketState.PLANNED, reason="")
    settled.update(state=TicketState.OPEN, reason="")
