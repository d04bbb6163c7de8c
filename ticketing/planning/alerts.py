"""What one alert's news means: note, closing, new ticket, or only a reason why not."""

from __future__ import annotations

from integrations.choices import Action, EventState, Outcome, WriteMode
from integrations.models import new_marker
from ticketing.lanes import cause_of_create
from ticketing.models import Alert, AlertEvent, Decision, Ticket, TicketState
from ticketing.planning.closing import Over
from ticketing.planning.drafts import Draft
from ticketing.planning.situation import USABLE, Situation, group_key
from ticketing.text import summary

RESOLVED_EARLY = "It was resolved before a ticket was made."
ALREADY_MADE = "A ticket for this occurrence was made before and is not made twice; its row is gone."


def usable(ticket: Ticket) -> bool:
    return ticket.current and ticket.state in USABLE


class AlertPlanner:
    """Plans one alert into the draft. `UNDECIDED` marks an occurrence that planning has not seen yet."""

    def __init__(self, alert: Alert, seen: Situation, draft: Draft) -> None:
        self.alert = alert
        self.seen = seen
        self.draft = draft
        self.news = seen.news.get(alert.pk, [])
        self.judged = seen.judged[alert.pk]
        self.is_new = alert.decision == Decision.UNDECIDED
        self.is_open = alert.state == EventState.OPEN
        self._left: Ticket | None = None

    def plan(self) -> None:
        alert = self.alert
        before = (alert.pending, alert.decision, alert.reason, alert.baseline, alert.profile_id)
        linked = alert.ticket
        self._plan(self.seen.ticket(alert))
        self.draft.handled(self.news)
        alert.pending = False
        after = (alert.pending, alert.decision, alert.reason, alert.baseline, alert.profile_id)
        if after != before or alert.ticket is not linked:
            self.draft.changed(alert)

    def _plan(self, ticket: Ticket | None) -> None:
        if ticket and self.judged.silence:
            self._stay_silent(ticket)
        elif ticket := self._ticket_of_this_occurrence(ticket):
            self._note_repeats(ticket)
        elif self.is_open:
            self._decide()
        elif self.alert.decision in (Decision.UNDECIDED, Decision.WAITING, Decision.WANTED):
            self.alert.decision, self.alert.reason = Decision.NOT_WANTED, RESOLVED_EARLY

    # ---- an alert that has a ticket ---------------------------------------------------------

    def _stay_silent(self, ticket: Ticket) -> None:
        """Nothing may be written. The ticket stays linked, so that it is closed when writing is back."""
        self.alert.reason = self.judged.silence[:500]
        if self.alert.halo_credential.write_mode != WriteMode.OBSERVE:
            return
        subject = f"Ticket {ticket.halo_id or ''}: {ticket.summary}"
        for row in self.news:
            action = Action.NOTE if row.event.state == EventState.OPEN else Action.CLOSE
            self.draft.entry(self.alert, action, Outcome.OBSERVED, subject, self.judged.silence)

    def _ticket_of_this_occurrence(self, ticket: Ticket | None) -> Ticket | None:
        """The ticket that this occurrence goes on using, or None. That of a former one is closed and left."""
        if ticket is None or not self.is_new:
            return ticket
        if not self.is_open:
            return self._came_and_went(ticket)
        if usable(ticket) and (ticket.state == TicketState.STAFF or self.seen.has_others(self.alert, ticket)):
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

    def _go_on_with(self, ticket: Ticket) -> None:
        self.alert.decision, self.alert.reason = Decision.WANTED, self.judged.verdict.reason[:500]
        if ticket.state == TicketState.STAFF and ticket.halo_id is not None:
            self.draft.use_again(ticket)

    def _leave(self, ticket: Ticket) -> None:
        self.alert.ticket = None
        self._left = ticket
        if usable(ticket):
            ended = next((row for row in self.news if row.event.state == EventState.RESOLVED), None)
            occurrence = ended.occurrence if ended else self.alert.occurrence - 1
            self.draft.leave(Over(ticket, self.alert.pk, occurrence, ended.event_id if ended else None))
        elif ticket.current:
            self.draft.release(ticket)

    def _note_repeats(self, ticket: Ticket) -> None:
        """One note for each repeat. A ticket that can't take any (refused, gone) keeps its reason."""
        if not usable(ticket):
            return
        for row in self._repeats():
            self.draft.note(ticket, row)
        if self.judged.verdict.decision == Decision.WANTED and self.alert.decision == Decision.WANTED:
            self.alert.reason = self.judged.verdict.reason[:500]

    def _repeats(self) -> list[AlertEvent]:
        if self.alert.decision == Decision.NOT_WANTED:
            return []
        return [row for row in self.news if row.event.state == EventState.OPEN]

    # ---- an open alert without a ticket -----------------------------------------------------

    def _decide(self) -> None:
        alert, verdict = self.alert, self.judged.verdict
        news = (alert.decision, alert.reason) != (verdict.decision, verdict.reason[:500])
        # What was open before a rule selected it stays so while its profile waits for a repair.
        waits = verdict.decision == Decision.WAITING and not self.is_new and alert.baseline
        alert.decision, alert.reason = Decision(verdict.decision), verdict.reason[:500]
        alert.baseline = waits or verdict.decision == Decision.BASELINE
        alert.profile_id = verdict.profile_id
        if verdict.decision == Decision.WANTED:
            self._want(verdict.profile_id)
        elif news:
            self._tell(observed=verdict.observed)

    def _tell(self, *, observed: bool) -> None:
        alert = self.alert
        self.draft.counts[str(alert.decision)] += 1
        if observed or alert.decision == Decision.WAITING:
            outcome = Outcome.OBSERVED if observed else Outcome.WARNING
            self.draft.entry(alert, Action.CREATE, outcome, f"Ticket: {summary(alert)}", alert.reason)

    def _want(self, profile_id: int | None) -> None:
        key = (self.alert.halo_credential_id, group_key(self.alert))
        ticket = self.seen.groups.get(key)
        if ticket and usable(ticket):
            self._join(ticket)
            return
        if ticket and ticket.current:
            self.draft.release(ticket)
        cause = cause_of_create(self.alert)
        if cause in self.seen.made:
            self._link_what_was_made(self.seen.made[cause])
            return
        former = self._left.pk if self._left else self.seen.former.get(key)
        self.alert.ticket = self.seen.groups[key] = self._new_ticket(profile_id, former)
        self.draft.create(self.alert.ticket, self.alert)

    def _link_what_was_made(self, ticket: Ticket | None) -> None:
        """This occurrence has had its create: whatever became of it, there is no second one."""
        self.alert.ticket = ticket
        if ticket is None:
            self.alert.reason = ALREADY_MADE

    def _join(self, ticket: Ticket) -> None:
        """The group has a ticket already: what opened this alert becomes a note on it."""
        self.alert.ticket = ticket
        for row in self._repeats():
            self.draft.note(ticket, row)

    def _new_ticket(self, profile_id: int | None, former: int | None) -> Ticket:
        alert = self.alert
        return Ticket(
            instance_id=alert.halo_credential.instance_id,
            halo_credential_id=alert.halo_credential_id,
            group_key=group_key(alert),
            marker=new_marker(),
            summary=summary(alert),
            profile_id=profile_id,
            company_id=alert.company_id,
            computer_id=alert.computer_id,
            previous_id=former,
        )
