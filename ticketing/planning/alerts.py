"""What one alert's news means: note, closing, reopening, new ticket, or only a reason why not."""

from __future__ import annotations

from integrations.choices import Action, Outcome
from integrations.models import new_marker
from ticketing import clock, lanes, life
from ticketing.listing import group_summary, storm_summary
from ticketing.models import Alert, Decision, Storm, Ticket, TicketState
from ticketing.noise.order import Hold, hold_back
from ticketing.planning.drafts import Draft
from ticketing.planning.ongoing import RESOLVED_EARLY, Ongoing, usable
from ticketing.planning.situation import Situation
from ticketing.text import summary

ALREADY_MADE = "A ticket for this occurrence was made before and is not made twice; its row is gone."
_PLANNED = ("pending", "decision", "reason", "baseline", "profile_id", "look_again_at", "noted_at", "unnoted")
"""What planning may change on an alert, besides its ticket."""


class AlertPlanner:
    """Plans one alert into the draft. `UNDECIDED` marks an occurrence that planning has not seen yet."""

    def __init__(self, alert: Alert, seen: Situation, draft: Draft) -> None:
        self.alert = alert
        self.seen = seen
        self.draft = draft
        self.judged = seen.judged[alert.pk]
        self.ongoing = Ongoing(alert, seen, draft)
        self._chosen = alert.decision == Decision.WANTED

    def plan(self) -> None:
        alert = self.alert
        before, linked = self._state(), alert.ticket
        self._plan(self.seen.ticket(alert))
        self.draft.handled(self.ongoing.news)
        alert.pending = False
        if self._state() != before or alert.ticket is not linked:
            self.draft.changed(alert)

    def _state(self) -> list[object]:
        return [getattr(self.alert, name) for name in _PLANNED]

    def _plan(self, ticket: Ticket | None) -> None:
        if ticket and self.judged.silence:
            self.ongoing.stay_silent(ticket)
            return
        self.alert.look_again_at = None
        if ticket := self.ongoing.ticket_of_this_occurrence(ticket):
            self._go_on(ticket)
        elif self.ongoing.is_open:
            self._decide()
        elif self.alert.decision in (Decision.UNDECIDED, Decision.WAITING, Decision.WANTED):
            self.alert.decision, self.alert.reason = Decision.NOT_WANTED, RESOLVED_EARLY
        elif self.alert.decision == Decision.HELD:
            self.alert.decision = Decision.NOT_WANTED
            self.alert.reason = f"It ended by itself while it was held back. {self.alert.reason}"[:500]

    def _go_on(self, ticket: Ticket) -> None:
        if not (ticket.closed_by_person and self.ongoing.is_open):
            self.ongoing.note_repeats(ticket)
            return
        match self.ongoing.after_person(ticket):
            case life.REOPEN if lanes.cause_of_reopen(self.alert, ticket) not in self.seen.made:
                self._reopen(ticket)
            case life.NEW_TICKET:
                self._make_another(ticket)

    def _make_another(self, closed: Ticket) -> None:
        cause = lanes.cause_of_create_after(self.alert, closed)
        if cause not in self.seen.made:
            self._create(closed.profile_id, closed, cause)

    # ---- an open alert without a ticket -----------------------------------------------------

    def _decide(self) -> None:
        alert, verdict = self.alert, self.judged.verdict
        hold = self._hold(verdict.decision)
        if hold is not None:
            self._hold_back(hold, verdict.profile_id)
            return
        news = (alert.decision, alert.reason) != (verdict.decision, verdict.reason[:500])
        # What was open before a rule selected it stays so while its profile waits for a repair.
        waits = verdict.decision == Decision.WAITING and not self.ongoing.is_new and alert.baseline
        alert.decision, alert.reason = Decision(verdict.decision), verdict.reason[:500]
        alert.baseline = waits or verdict.decision == Decision.BASELINE
        alert.profile_id = verdict.profile_id
        if verdict.decision == Decision.WANTED:
            self._want(verdict.profile_id)
        elif news:
            self._tell(observed=verdict.observed)

    def _hold(self, decision: str) -> Hold | None:
        """Why a wanted ticket is not made now. What staff have chosen is made at once."""
        if decision != Decision.WANTED or self._chosen:
            return None
        return hold_back(self.seen.noise.facts(self.alert, self.seen.profile(self.alert)))

    def _hold_back(self, hold: Hold, profile_id: int | None) -> None:
        alert = self.alert
        if alert.decision != Decision.HELD:
            self.draft.counts[Decision.HELD] += 1
        alert.decision, alert.reason = Decision.HELD, hold.reason[:500]
        alert.profile_id, alert.look_again_at = profile_id, hold.until

    def _tell(self, *, observed: bool) -> None:
        alert = self.alert
        self.draft.counts[str(alert.decision)] += 1
        if observed or alert.decision == Decision.WAITING:
            outcome = Outcome.OBSERVED if observed else Outcome.WARNING
            self.draft.entry(alert, Action.CREATE, outcome, f"Ticket: {summary(alert)}", alert.reason)

    def _want(self, profile_id: int | None) -> None:
        key = self.seen.key(self.alert)
        ticket, cause = self.seen.groups.get(key), lanes.cause_of_create(self.alert)
        if ticket and usable(ticket):
            if cause not in self.seen.made:
                self._join(ticket)
            self.alert.ticket = ticket
            return
        former = self.ongoing.left or self.seen.former.get(key)
        if former and cause not in self.seen.made and self._opens_again(former):
            self._reopen(former)
            return
        if ticket and ticket.current:
            self.draft.release(ticket)
        if cause in self.seen.made:
            self._link_what_was_made(self.seen.made[cause])
            return
        storm = None if self._chosen else self.seen.storms.of_new_ticket(self.alert)
        if storm is not None:
            self._join_storm(storm, profile_id, cause)
        else:
            self._create(profile_id, former, cause)

    def _join(self, ticket: Ticket) -> None:
        """The group has a ticket already. Where it lists its alerts, the list is brought up to date."""
        self.alert.ticket = ticket
        if ticket.grouped:
            self.draft.table(ticket)
            self.ongoing.tell_of_joining(ticket)
        else:
            self.ongoing.tell(ticket)

    def _join_storm(self, storm: Storm, profile_id: int | None, cause: str) -> None:
        self.alert.reason = f"{storm.reason} One ticket lists them. {self.alert.reason}"[:500]
        if storm.ticket is not None:
            self._join(storm.ticket)
            return
        storm.ticket = self._create(profile_id, None, cause, key=new_marker(), grouped=True)
        storm.ticket.summary = storm_summary(self.alert)

    def _opens_again(self, former: Ticket) -> bool:
        """Closed by us or by a person, a short while ago, and not as “won't fix”: it is opened again."""
        profile = former.profile
        if profile is None or former.wont_fix or former.halo_id is None:
            return False
        if former.state not in (TicketState.CLOSED, TicketState.CLOSING):
            return False
        if lanes.cause_of_reopen(self.alert, former) in self.seen.made:
            return False
        return life.soon_enough(former.closed_at, self.alert.opened_at, profile.reopen_hours)

    def _reopen(self, ticket: Ticket) -> None:
        key = (self.alert.halo_credential_id, ticket.group_key)
        self.alert.ticket = self.seen.groups[key] = ticket
        self.alert.noted_at, self.alert.unnoted = clock.now(), 0
        self.draft.reopen(ticket, self.alert)
        if ticket.grouped:
            self.draft.table(ticket)

    def _link_what_was_made(self, ticket: Ticket | None) -> None:
        """This occurrence has had its create: whatever became of it, there is no second one."""
        self.alert.ticket = ticket
        if ticket is None:
            self.alert.reason = ALREADY_MADE

    def _create(
        self,
        profile_id: int | None,
        former: Ticket | None,
        cause: str,
        *,
        key: str = "",
        grouped: bool = False,
    ) -> Ticket:
        alert = self.alert
        key = key or self.seen.key(alert)[1]
        grouped = grouped or key != alert.identity
        ticket = Ticket(
            instance_id=alert.halo_credential.instance_id,
            halo_credential_id=alert.halo_credential_id,
            group_key=key,
            grouped=grouped,
            marker=new_marker(),
            summary=group_summary(alert, self.seen.profile(alert)) if grouped else summary(alert),
            profile_id=profile_id,
            company_id=alert.company_id,
            computer_id=alert.computer_id,
            previous_id=former.pk if former else None,
        )
        alert.ticket = self.seen.groups[alert.halo_credential_id, ticket.group_key] = ticket
        alert.noted_at, alert.unnoted = clock.now(), 0
        self.draft.create(ticket, alert, cause)
        return ticket
