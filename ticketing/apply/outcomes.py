"""What follows for our rows from what HaloPSA answered to a write about a ticket. Database only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import F

from integrations.choices import Action, EventState, IntentionKind, Outcome
from integrations.models import Intention
from integrations.records import TicketRecord
from ticketing import clock, lanes, text
from ticketing.models import Alert, Decision, Ticket, TicketState

CLOSED_MEANWHILE: Final = "The ticket was closed before this was sent; its alert, open again, gets a new one."

ACTIONS: Final[Mapping[str, Action]] = {
    IntentionKind.CREATE_TICKET: Action.CREATE,
    IntentionKind.ADD_NOTE: Action.NOTE,
    IntentionKind.CLOSE_TICKET: Action.CLOSE,
    IntentionKind.REOPEN_TICKET: Action.REOPEN,
    IntentionKind.UPDATE_TICKET: Action.UPDATE,
    IntentionKind.MOVE_TICKET: Action.UPDATE,
}


@dataclass(frozen=True, slots=True)
class Found:
    """What a look into HaloPSA showed beside the answer itself; `words` are for staff."""

    words: str = ""
    gone: bool = False
    closed: bool = False
    left_open: bool = False
    elsewhere: bool = False


def state_in_halo(record: TicketRecord | None, halo_id: int) -> Found:
    if record is None or record.deleted:
        return Found(f"The ticket {halo_id} no longer exists in HaloPSA.", gone=True)
    if record.merged_into:
        return Found(f"The ticket {halo_id} was merged into {record.merged_into} in HaloPSA.", gone=True)
    if record.closed:
        return Found(f"The ticket {halo_id} had been closed in HaloPSA.", closed=True)
    return Found()


def found_by_marker(chosen: TicketRecord, found: Sequence[TicketRecord]) -> Found:
    words = "The answer was lost; the ticket was found in HaloPSA by its bridge reference."
    if len(found) > 1:
        ids = ", ".join(str(record.halo_id) for record in sorted(found, key=lambda record: record.halo_id))
        words += f" HaloPSA holds it more than once ({ids}); {chosen.halo_id} is used."
    if chosen.deleted:
        words += " A person has deleted it there."
    return Found(words, gone=chosen.deleted)


# ---- done -----------------------------------------------------------------------------------


def done(ticket: Ticket, intention: Intention, found: Found) -> None:
    mine = Ticket.objects.filter(pk=ticket.pk)
    match intention.kind:
        case IntentionKind.CREATE_TICKET:
            _created(ticket, intention.halo_id, found)
        case IntentionKind.ADD_NOTE:
            mine.update(notes=F("notes") + 1)
        case IntentionKind.CLOSE_TICKET if found.left_open:
            mine.filter(state=TicketState.CLOSING).update(state=TicketState.OPEN)
            mine.update(left_open=True, notes=F("notes") + 1, reason=found.words)
        case IntentionKind.CLOSE_TICKET:
            _closed(ticket)
        case IntentionKind.REOPEN_TICKET:
            _reopened(ticket)
        case IntentionKind.MOVE_TICKET:
            mine.update(halo_client=intention.content["after"]["client_id"])


def _reopened(ticket: Ticket) -> None:
    """Its closing may be planned already: then it stays *being closed*."""
    mine = Ticket.objects.filter(pk=ticket.pk)
    mine.update(closed_at=None, closed_by_person=False, wont_fix=False, reason="")
    mine.filter(state__in=(TicketState.REOPENING, TicketState.STAFF)).update(state=TicketState.OPEN)


def _created(ticket: Ticket, halo_id: int | None, found: Found) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(halo_id=halo_id)
    if found.gone:
        _supersede(ticket, found.words)
        return
    if found.closed:
        _closed_by_person(ticket, found.words)
        return
    # What was said about its text stays, what was said about an earlier refusal goes.
    reason = ticket.reason if ticket.reason.startswith(text.TEMPLATE_FAILED) else ""
    # Its closing may be planned already: then it stays *being closed*.
    Ticket.objects.filter(
        pk=ticket.pk, state__in=(TicketState.PLANNED, TicketState.STAFF, TicketState.REFUSED)
    ).update(state=TicketState.OPEN, reason=reason)


def _closed_by_person(ticket: Ticket, words: str) -> None:
    """As if it had been watched: its alert stays quiet unless its profile says otherwise."""
    lanes.take_back([ticket], words)
    Ticket.objects.filter(pk=ticket.pk).update(
        state=TicketState.CLOSED,
        current=False,
        closed_by_person=True,
        closed_at=clock.now(),
        reason=words,
    )
    Alert.objects.filter(ticket=ticket).update(pending=True)


def _closed(ticket: Ticket, words: str = "") -> None:
    """A reopening may be planned behind the closing: then the alert stays with this ticket."""
    reopening = Ticket.objects.filter(pk=ticket.pk, state=TicketState.REOPENING)
    if reopening.update(closed_at=clock.now()):
        return
    _let_go(ticket)
    Ticket.objects.filter(pk=ticket.pk).update(
        state=TicketState.CLOSED, closed_at=clock.now(), current=False, reason=words
    )


def _let_go(ticket: Ticket) -> None:
    """Alerts that are open at that moment came back after the closing was planned: it was lost, and staff
    had it tried again. They are planned anew and get a new ticket, which refers to this one."""
    rows = Alert.objects.filter(ticket=ticket, state=EventState.OPEN)
    alerts = list(rows.select_for_update(of=("self",)).order_by("pk"))
    if not alerts:
        return
    _plan_anew(alerts)
    lanes.take_back([ticket], CLOSED_MEANWHILE)
    lanes.free_creates(alerts)


def _plan_anew(alerts: Sequence[Alert]) -> None:
    numbers = [alert.pk for alert in alerts]
    Alert.objects.filter(pk__in=numbers).update(ticket=None, decision=Decision.UNDECIDED, pending=True)


# ---- refused --------------------------------------------------------------------------------


def refused(ticket: Ticket, intention: Intention, found: Found) -> Outcome:
    """Store the refusal; how the run's result calls it."""
    if found.gone:
        _supersede(ticket, found.words)
        return Outcome.REFUSED
    match intention.kind:
        case IntentionKind.CREATE_TICKET:
            _create_refused(ticket, intention.answer)
        case IntentionKind.CLOSE_TICKET if found.closed:
            _closed(ticket, found.words)
            return Outcome.SKIPPED
        case IntentionKind.MOVE_TICKET:
            Ticket.objects.filter(pk=ticket.pk).update(reason=f"It was not moved: {intention.answer}")
            return Outcome.CHANGED_MEANWHILE if found.closed or found.elsewhere else Outcome.REFUSED
        case IntentionKind.REOPEN_TICKET:
            _reopening_refused(ticket, intention.answer)
        case IntentionKind.CLOSE_TICKET:
            words = f"HaloPSA refused to close it: {intention.answer}"
            Ticket.objects.filter(pk=ticket.pk).update(state=TicketState.STAFF, reason=words)
        case _:
            what = "its list of alerts" if intention.kind == IntentionKind.UPDATE_TICKET else "a note"
            words = f"HaloPSA refused {what}: {intention.answer} {found.words}".strip()
            Ticket.objects.filter(pk=ticket.pk).update(reason=words)
    return Outcome.REFUSED


def _create_refused(ticket: Ticket, answer: str) -> None:
    """What follows in its lane is pointless. It stays current, so that nothing but staff or a new occurrence
    tries again; with no open alert left it makes way at once."""
    words = f"HaloPSA refused the ticket: {answer}"
    lanes.take_back([ticket], words)
    still_open = Alert.objects.filter(ticket=ticket, state=EventState.OPEN).exists()
    Ticket.objects.filter(pk=ticket.pk).update(state=TicketState.REFUSED, reason=words, current=still_open)
    Alert.objects.filter(ticket=ticket).update(reason=words[:500])


def _reopening_refused(ticket: Ticket, answer: str) -> None:
    """It stays closed; its open alerts get a new ticket, which refers to this one."""
    words = f"HaloPSA refused to reopen it, so a new ticket is made: {answer}"
    lanes.take_back([ticket], words)
    rows = Alert.objects.filter(ticket=ticket, state=EventState.OPEN)
    alerts = list(rows.select_for_update(of=("self",)).order_by("pk"))
    Ticket.objects.filter(pk=ticket.pk).update(state=TicketState.CLOSED, current=False, reason=words)
    _plan_anew(alerts)


def _supersede(ticket: Ticket, words: str) -> None:
    """Deleted or merged by a person: respected. Nothing more is written for this occurrence."""
    lanes.take_back([ticket], words)
    Ticket.objects.filter(pk=ticket.pk).update(state=TicketState.SUPERSEDED, current=False, reason=words)
    Alert.objects.filter(ticket=ticket).update(
        reason=f"{words} This occurrence is left alone; a new one gets a new ticket."[:500]
    )
