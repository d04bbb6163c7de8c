"""The nightly sweep: two Halo tickets with one marker become one again, and it is said.

A slow Halo may execute a write long after its answer was lost and two look-ups were empty. What it doubles
then is found here: the oldest ticket stays ours, the younger ones are closed.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from integrations.choices import Action, Answer, Outcome
from integrations.halo import payloads
from integrations.models import HaloCredential
from integrations.records import TicketRecord
from integrations.runs.steps import Done, Result, Work
from integrations.sync.safety import WritesStopped
from ticketing.models import Ticket

if TYPE_CHECKING:
    from integrations.halo.reader import HaloReader
    from integrations.halo.writer import HaloWriter

MARKERS_BEGIN_WITH = "HB-"


def close_doubles(work: Work, credential: HaloCredential, reader: HaloReader, writer: HaloWriter) -> Result:
    """Read all tickets with a marker of ours; close the younger ones of each marker that occurs twice."""
    found: dict[str, list[TicketRecord]] = defaultdict(list)
    for number, record in enumerate(reader.fetch_marked_tickets(MARKERS_BEGIN_WITH), start=1):
        found[record.marker].append(record)
        if number % 100 == 0:
            work.progress("Bridge references", number)
    doubled = {marker: sorted(rows, key=_age) for marker, rows in found.items() if len(rows) > 1}
    ours = Ticket.objects.filter(halo_credential=credential, marker__in=doubled).select_related("profile")
    for ticket in ours:
        oldest, *younger = doubled[ticket.marker]
        _keep(work, ticket, oldest)
        for record in younger:
            if not record.closed:
                _close(work, ticket, oldest, record, writer)
    return Done()


def _age(record: TicketRecord) -> int:
    """Halo numbers its tickets in the order in which they are made."""
    return record.halo_id


def _keep(work: Work, ticket: Ticket, oldest: TicketRecord) -> None:
    if ticket.halo_id == oldest.halo_id:
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


def _close(
    work: Work, ticket: Ticket, oldest: TicketRecord, double: TicketRecord, writer: HaloWriter
) -> None:
    """Closing is safe to repeat, so a lost answer needs no look-up: the next sweep sees what became of it."""
    reason = f"Double of ticket {oldest.halo_id}: both bear the bridge reference {ticket.marker}."
    outcome = Outcome.DONE
    if ticket.profile is None:
        outcome, reason = Outcome.FAILED, reason + " Its profile is gone, so close it in HaloPSA by hand."
    else:
        try:
            answer = writer.send_ticket(payloads.ticket_status(double.halo_id, ticket.profile.status_closed))
        except WritesStopped as stopped:
            outcome, reason = Outcome.OBSERVED, f"{reason} {stopped}"
        else:
            if answer.outcome != Answer.DONE:
                outcome, reason = Outcome.FAILED, f"{reason} {answer.message}"
    work.entry(
        Action.CLOSE,
        outcome,
        f"Ticket {double.halo_id}: {ticket.summary}",
        subject_kind="ticket",
        subject_id=ticket.pk,
        reason=reason,
    )
