"""The nightly sweep: two Halo tickets with one marker become one again, and it is said.

A slow Halo may execute a write long after its answer was lost and two look-ups were empty. Only writes that
were ever in doubt can have been doubled so: their markers are looked up once more, a few calls a night. The
oldest ticket stays ours, younger ones are closed; one that was taken back meanwhile is closed as well.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils import timezone

from integrations.choices import Action, Answer, IntentionKind, IntentionState, Outcome
from integrations.halo import payloads
from integrations.models import HaloCredential, Intention
from integrations.records import TicketRecord
from integrations.runs.steps import Again, Done, Result, Work
from integrations.sync.safety import BudgetExhausted, WritesStopped
from ticketing.models import Ticket, TicketState

if TYPE_CHECKING:
    from integrations.halo.reader import HaloReader
    from integrations.halo.writer import HaloWriter

LOOK_BACK = timedelta(days=14)


def close_doubles(work: Work, credential: HaloCredential, reader: HaloReader, writer: HaloWriter) -> Result:
    """Look up each doubtful marker after the cursor's; goes on from there when the budget is used up."""
    numbers = list(_doubtful(credential, after=work.cursor.get("after", 0)).values_list("pk", flat=True))
    for done, number in enumerate(numbers):
        work.progress("Bridge references", done, len(numbers))
        try:
            _look(work, Intention.objects.get(pk=number), reader, writer)
        except BudgetExhausted as full:
            rest = timezone.now() + timedelta(seconds=max(0.2, full.seconds))
            return Again(
                {"after": numbers[done - 1] if done else work.cursor.get("after", 0)}, not_before=rest
            )
        if work.time_is_up:
            return Again({"after": number})
    return Done()


def _doubtful(credential: HaloCredential, *, after: int) -> QuerySet[Intention]:
    in_doubt = Q(attempts__gt=0) | ~Q(answer="")
    settled = (IntentionState.DONE, IntentionState.CANCELLED, IntentionState.STAFF)
    return Intention.objects.filter(
        in_doubt,
        pk__gt=after,
        halo_credential=credential,
        kind=IntentionKind.CREATE_TICKET,
        state__in=settled,
        created_at__gt=timezone.now() - LOOK_BACK,
    ).order_by("pk")


def _look(work: Work, intention: Intention, reader: HaloReader, writer: HaloWriter) -> None:
    ticket = Ticket.objects.select_related("profile").filter(pk=intention.subject_id).first()
    found = [record for record in reader.fetch_tickets_by_marker(intention.marker) if not record.deleted]
    if ticket is None or not found:
        return
    oldest, *younger = sorted(found, key=_age)
    if ticket.state == TicketState.CANCELLED:
        _close(work, ticket, oldest, "The ticket was taken back before HaloPSA made it.", writer)
    else:
        _keep(work, ticket, oldest)
    why = f"Double of ticket {oldest.halo_id}: both bear the bridge reference {ticket.marker}."
    for record in younger:
        _close(work, ticket, record, why, writer)


def _age(record: TicketRecord) -> int:
    """Halo numbers its tickets in the order in which they are made."""
    return record.halo_id


def _keep(work: Work, ticket: Ticket, oldest: TicketRecord) -> None:
    if ticket.halo_id in (oldest.halo_id, None):
        return
    Ticket.objects.filter(pk=ticket.pk).update(halo_id=oldest.halo_id)
    work.entry(
        Action.LINK,
        Outcome.DONE,
        f"Ticket {oldest.halo_id}: {ticket.summary}",
        subject_kind="ticket",
        subject_id=ticket.pk,
        reason=f"It is older than ticket {ticket.halo_id}, which bears the same bridge reference.",
    )


def _close(work: Work, ticket: Ticket, surplus: TicketRecord, reason: str, writer: HaloWriter) -> None:
    """Closing is safe to repeat, so a lost answer needs no look-up: the next sweep sees what became of it."""
    if surplus.closed:
        return
    outcome = Outcome.DONE
    if ticket.profile is None:
        outcome, reason = Outcome.FAILED, reason + " Its profile is gone, so close it in HaloPSA by hand."
    else:
        try:
            answer = writer.send_ticket(payloads.ticket_status(surplus.halo_id, ticket.profile.status_closed))
        except WritesStopped as stopped:
            outcome, reason = Outcome.OBSERVED, f"{reason} {stopped}"
        else:
            if answer.outcome != Answer.DONE:
                outcome, reason = Outcome.FAILED, f"{reason} {answer.message}"
    work.entry(
        Action.CLOSE,
        outcome,
        f"Ticket {surplus.halo_id}: {ticket.summary}",
        subject_kind="ticket",
        subject_id=ticket.pk,
        reason=reason,
    )
