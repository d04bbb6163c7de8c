"""What an alert's news means for the ticket that it has: notes, going on, what a person did to it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from integrations.choices import Action, EventState, Outcome, WriteMode
from ticketing import clock, life
from ticketing.models import (
    Alert,
    AlertEvent,
    ClosingPolicy,
    Decision,
    IntegrationProfile,
    Ticket,
    TicketState,
)
from ticketing.noise.order import hold_notes
from ticketing.planning.closing import Over
from ticketing.planning.drafts import Draft
from ticketing.planning.situation import USABLE, Situation

LOOK_NOW_AND_THEN: Final = timedelta(minutes=10)
RESOLVED_EARLY = "It was resolved before a ticket was made."


def usable(ticket: Ticket) -> bool:
    return ticket.current and ticket.state in USABLE


class Ongoing:
    """One alert with its ticket. `left` is the former ticket that the alert has let go of."""

    def __init__(self, alert: Alert, seen: Situation, draft: Draft) -> None:
        self.alert = alert
        self.seen = seen
        self.draft = draft
        self.news = seen.news.get(alert.pk, [])
        self.judged = seen.judged[alert.pk]
        self.is_new = alert.decision == Decision.UNDECIDED
        self.is_open = alert.state == EventState.OPEN
        self.left: Ticket | None = None

    # ---- nothing may be written -------------------------------------------------------------

    def stay_silent(self, ticket: Ticket) -> None:
        """Nothing may be written. The ticket stays linked, so that it is closed when writing is back."""
        self.alert.reason = self.judged.silence[:500]
        if self.alert.halo_credential.write_mode != WriteMode.OBSERVE:
            return
        subject = f"Ticket {ticket.halo_id or ''}: {ticket.summary}"
        for row in self.news:
            action = Action.NOTE if row.event.state == EventState.OPEN else Action.CLOSE
            self.draft.entry(self.alert, action, Outcome.OBSERVED, subject, self.judged.silence)

    # ---- a new occurrence -------------------------------------------------------------------

    def ticket_of_this_occurrence(self, ticket: Ticket | None) -> Ticket | None:
        """The ticket that this occurrence goes on using, or None. That of a former one is closed and left."""
        if ticket is None or not self.is_new:
            return ticket
        if not self.is_open:
            return self._came_and_went(ticket)
        if usable(ticket) and self._is_the_same_trouble(ticket):
            self._go_on_with(ticket)
            return ticket
        self._leave(ticket)
        return None

    def _came_and_went(self, ticket: Ticket) -> Ticket | None:
        """Resolved, open and resolved again in one go: the former ticket is closed, no other is made."""
        if not usable(ticket):
            self.alert.ticket = None
            return None
        self.alert.decision, self.alert.reason = Decision.NOT_WANTED, RESOLVED_EARLY
        return ticket

    def _is_the_same_trouble(self, ticket: Ticket) -> bool:
        """The ticket is still open in HaloPSA: whether what came back goes on there."""
        if ticket.state == TicketState.STAFF or ticket.left_open:
            return True
        return self.seen.has_others(self.alert, ticket) or self._came_back_soon(ticket)

    def _came_back_soon(self, ticket: Ticket) -> bool:
        profile, ended, opened = ticket.profile, self.alert.ended_before_at, self.alert.opened_at
        if profile is None or ended is None:
            return False
        quiet = profile.closing_policy == ClosingPolicy.QUIET
        within_quiet = quiet and opened <= life.next_note_at(ended, profile.quiet_minutes)
        return within_quiet or life.soon_enough(ended, opened, profile.reopen_hours)

    def _go_on_with(self, ticket: Ticket) -> None:
        self.alert.decision, self.alert.reason = Decision.WANTED, self.judged.verdict.reason[:500]
        if ticket.left_open or (ticket.state == TicketState.STAFF and ticket.halo_id is not None):
            self.draft.use_again(ticket)

    def _leave(self, ticket: Ticket) -> None:
        self.alert.ticket = None
        self.left = ticket
        if usable(ticket):
            ended = next((row for row in self.news if row.event.state == EventState.RESOLVED), None)
            occurrence = ended.occurrence if ended else self.alert.occurrence - 1
            self.draft.leave(
                Over(ticket, self.alert.pk, occurrence, ended.event_id if ended else None, clock.now())
            )
        elif ticket.current and ticket.state != TicketState.CLOSING:
            self.draft.release(ticket)

    # ---- notes ------------------------------------------------------------------------------

    def note_repeats(self, ticket: Ticket) -> None:
        """Notes on what has happened again. A ticket that can't take any (refused, gone) keeps its reason."""
        if not usable(ticket):
            return
        self.tell(ticket)
        if self.judged.verdict.decision == Decision.WANTED and self.alert.decision == Decision.WANTED:
            self.alert.reason = self.judged.verdict.reason[:500]

    def tell(self, ticket: Ticket) -> None:
        """A note for each repeat, or one for all of them when the interval between notes is over."""
        if ticket.grouped:
            self._follow_in_table(ticket)
            return
        rows = self.repeats()
        minutes = ticket.profile.note_minutes if ticket.profile else 0
        hold = hold_notes(self.seen.noise.facts(self.alert, ticket.profile))
        if minutes == 0 and hold is None and not self.alert.unnoted:
            for row in rows:
                self.draft.note(ticket, row)
            return
        self.alert.unnoted = self.alert.unnoted + len(rows) if self.is_open else 0
        last = rows[-1] if rows else self.seen.newest.get(self.alert.pk)
        if not self.alert.unnoted or last is None:
            return
        if hold is not None:
            # Without an end of its own (a console's maintenance mode) it is looked at now and then.
            self.alert.look_again_at = hold.until or clock.now() + LOOK_NOW_AND_THEN
            return
        self._tell_when_due(ticket, last, minutes)

    def _follow_in_table(self, ticket: Ticket) -> None:
        """A ticket that lists its alerts is told of beginnings and ends by its list, not by notes."""
        if self.is_new or any(row.event.state == EventState.RESOLVED for row in self.news):
            self.draft.table(ticket)

    def tell_of_joining(self, ticket: Ticket) -> None:
        """One note in an interval that the list has grown, however many alerts join."""
        minutes = ticket.profile.note_minutes if ticket.profile else 0
        now, opening = clock.now(), self.repeats()
        if (
            ticket.pk is None
            or not opening
            or (ticket.noted_at and life.next_note_at(ticket.noted_at, max(minutes, 1)) > now)
        ):
            return
        ticket.noted_at = now
        self.draft.note(ticket, opening[-1])
        self.draft.noted(ticket)

    def _tell_when_due(self, ticket: Ticket, last: AlertEvent, minutes: int) -> None:
        alert, now = self.alert, clock.now()
        due = life.next_note_at(alert.noted_at, minutes) if alert.noted_at else now
        if due > now:
            alert.look_again_at = due
            return
        self.draft.note(ticket, last, alert.unnoted)
        alert.noted_at, alert.unnoted = now, 0

    def repeats(self) -> list[AlertEvent]:
        if self.alert.decision == Decision.NOT_WANTED:
            return []
        return [row for row in self.news if row.event.state == EventState.OPEN]

    # ---- a person has closed the ticket -----------------------------------------------------

    def after_person(self, ticket: Ticket) -> str:
        """What follows now for the alert, which is still open: one of `life`'s acts; its reason says why."""
        number = ticket.halo_id
        if ticket.wont_fix:
            self._quiet(f"A person closed ticket {number} as “won't fix”: quiet until it was gone once.")
            return life.STAY_QUIET
        follow = self._follow(ticket, ticket.profile)
        if follow.wait_until:
            self.alert.look_again_at = follow.wait_until
            self._quiet(_still_waits(number, follow))
            return life.STAY_QUIET
        if follow.act == life.STAY_QUIET or self.judged.verdict.decision != Decision.WANTED:
            self._quiet(
                f"A person closed ticket {number} in HaloPSA while this is still open in the console; "
                "nothing more is written until it was gone once."
            )
            return life.STAY_QUIET
        return follow.act

    def _follow(self, ticket: Ticket, profile: IntegrationProfile | None) -> life.AfterPerson:
        if profile is None or ticket.closed_at is None:
            return life.AfterPerson()
        return life.after_person(
            profile.after_person, profile.after_person_hours, ticket.closed_at, clock.now()
        )

    def _quiet(self, reason: str) -> None:
        self.alert.reason = reason[:500]


def _still_waits(number: int | None, follow: life.AfterPerson) -> str:
    what = "it is reopened" if follow.act == life.REOPEN else "a new ticket is made"
    return (
        f"A person closed ticket {number} in HaloPSA while this is still open in the console; "
        f"{what} if that is still so at {_moment(follow.wait_until)}."
    )


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else ""
