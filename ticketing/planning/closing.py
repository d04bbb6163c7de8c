"""Tickets whose alerts are all over: taken back if they were not sent yet, else closed as the profile says.

Looks at what is, not at what has just happened, so that a closing is never forgotten: what could not be
closed (observe mode, 'No notification', a closing status that vanished) is closed when it can be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from integrations.choices import Action, EventState, IntentionKind, Outcome, WriteMode
from integrations.models import Entry, Instance, Run
from integrations.runs.acts import again_if_broken_off
from mappings.models import CompanyMapping
from ticketing import clock, lanes, life
from ticketing.halo_choices import HaloChoices
from ticketing.models import Alert, Decision, IntegrationProfile, Ticket, TicketState

CHUNK = 500
RESOLVED_UNSENT = "It was resolved before the ticket was sent."
LEFT_OPEN = "It is over; its profile leaves the closing to staff."
NO_PROFILE = "It is over, but its profile, which has the status for closing it, was deleted."


@dataclass(frozen=True, slots=True)
class Over:
    """A ticket that is to be closed, the alert that was the last of it, and the event that ended that.

    `words`: what its closing note says instead, where no alert's end is the reason.
    """

    ticket: Ticket
    alert_id: int
    occurrence: int
    event_id: int | None
    ended_at: datetime
    only_untouched: bool = False
    words: str = ""


def plan_closings(instance: Instance, run: Run | None = None) -> Counter[str]:
    """Plan the closing of every ticket of the instance that has no open alert left. Constant SQL per 500."""
    counts: Counter[str] = Counter()
    after: int | None = 0
    while after is not None:
        after, planned = _close_chunk(instance, run, after)
        counts.update(planned)
    return counts


@again_if_broken_off
def _close_chunk(instance: Instance, run: Run | None, after: int) -> tuple[int | None, Counter[str]]:
    """Close behind this primary key; the last one that was looked at (None: there were none), and counts."""
    with transaction.atomic():
        found = _over(instance).filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)
        numbers = list(found[:CHUNK])
        if not numbers:
            return None, Counter()
        lock_alerts(numbers)
        # Looked at once more under the locks: an alert may have opened again in between.
        tickets = list(_locked(_over(instance).filter(pk__in=numbers)))
        return numbers[-1], _end(with_last_alert(_closable(tickets)), run)


def _over(instance: Instance) -> QuerySet[Ticket]:
    alerts = Alert.objects.filter(ticket=OuterRef("pk"))
    silent = CompanyMapping.objects.filter(
        company=OuterRef("company"), halo_credential=OuterRef("halo_credential"), no_notification=True
    )
    return (
        Ticket.objects.filter(
            instance=instance,
            current=True,
            state__in=(TicketState.PLANNED, TicketState.OPEN, TicketState.REOPENING),
            left_open=False,
            halo_credential__enabled=True,
            halo_credential__write_mode=WriteMode.WRITE,
            halo_credential__held_since__isnull=True,
        )
        .filter(Exists(alerts.filter(state=EventState.RESOLVED)))
        .exclude(Exists(alerts.filter(state=EventState.OPEN)))
        .exclude(Exists(silent))
    )


def _locked(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    return tickets.select_related("profile").select_for_update(of=("self",)).order_by("pk")


def lock_alerts(tickets: Sequence[int]) -> None:
    """Alerts before tickets before intentions: with one order for all, nobody waits in a ring."""
    alerts = Alert.objects.filter(ticket__in=tickets).select_for_update().order_by("pk")
    list(alerts.values_list("pk", flat=True))


def profiles_of(tickets: Sequence[Ticket]) -> dict[int, IntegrationProfile]:
    """By ticket: its profile, or its credential's default where that was deleted. One query at most."""
    orphans = {ticket.halo_credential_id for ticket in tickets if ticket.profile is None}
    defaults = IntegrationProfile.objects.filter(is_default=True, halo_credential_id__in=orphans)
    by_credential = {profile.halo_credential_id: profile for profile in defaults} if orphans else {}
    found = {ticket.pk: ticket.profile or by_credential.get(ticket.halo_credential_id) for ticket in tickets}
    return {pk: profile for pk, profile in found.items() if profile}


def _closable(tickets: Sequence[Ticket]) -> list[Ticket]:
    """Without those whose closing status HaloPSA has lost: they say so, and wait for another one."""
    profiles = profiles_of(tickets)
    choices = HaloChoices.of(profiles.values())
    good = []
    for ticket in tickets:
        profile = profiles.get(ticket.pk)
        problem = choices.problem(profile, "status_closed") if profile else NO_PROFILE
        if not problem:
            good.append(ticket)
        elif ticket.reason != problem:
            Ticket.objects.filter(pk=ticket.pk).update(reason=problem)
    return good


def with_last_alert(tickets: Sequence[Ticket]) -> list[Over]:
    rows = Alert.objects.filter(ticket__in=tickets).order_by("newest_at", "id")
    last = {
        ticket_id: (pk, occurrence, event_id, resolved_at or newest_at)
        for ticket_id, pk, occurrence, event_id, resolved_at, newest_at in rows.values_list(
            "ticket_id", "pk", "occurrence", "last_event_id", "resolved_at", "newest_at"
        )
    }
    return [Over(ticket, *last[ticket.pk]) for ticket in tickets if ticket.pk in last]


def _end(over: Sequence[Over], run: Run | None) -> Counter[str]:
    """By policy: close now, look again when it has been quiet for long enough, or leave it to staff."""
    now, profiles = clock.now(), profiles_of([item.ticket for item in over])
    closing, leaving, waiting = [], [], {}
    for item in over:
        profile = profiles.get(item.ticket.pk)
        ends = (
            life.ending(profile.closing_policy, profile.quiet_minutes, item.ended_at, now)
            if profile and item.ticket.state == TicketState.OPEN
            else life.Ending()
        )
        if ends.wait_until:
            waiting[item.alert_id] = ends.wait_until
        elif ends.leave_open:
            leaving.append(item)
        else:
            closing.append(replace(item, only_untouched=ends.only_untouched))
    _look_again(waiting)
    return close(closing, run) + _leave_open(leaving, run)


def _look_again(waiting: dict[int, datetime]) -> None:
    """Delivery comes back to these alerts; an unchanged one is not written."""
    alerts = Alert.objects.filter(pk__in=waiting).only("pk", "identity", "look_again_at")
    changed = [alert for alert in alerts if alert.look_again_at != waiting[alert.pk]] if waiting else []
    for alert in changed:
        alert.look_again_at = waiting[alert.pk]
    Alert.objects.bulk_update(changed, ["look_again_at"])


def _leave_open(over: Sequence[Over], run: Run | None) -> Counter[str]:
    """The profile never closes: one note says that it is over, and the ticket is left to staff."""
    if not over:
        return Counter()
    Ticket.objects.filter(pk__in=[item.ticket.pk for item in over]).update(left_open=True, reason=LEFT_OPEN)
    lanes.add(
        [
            lanes.Write(
                IntentionKind.ADD_NOTE,
                item.ticket,
                lanes.cause_of_over(item.ticket, item.alert_id, item.occurrence),
                {**_content(item), "over": True},
            )
            for item in over
        ],
        run,
    )
    return Counter(notes=len(over))


def close(over: Sequence[Over], run: Run | None, *, release: bool = False) -> Counter[str]:
    """Take back or close these tickets; with `release` they stop being current at once.

    A create that was not sent is cancelled by conditional update; where that comes too late, the closing
    takes its place behind it.
    """
    by_id = {item.ticket.pk: item for item in over}
    cancelled = _take_back(over, TicketState.PLANNED, IntentionKind.CREATE_TICKET)
    _cancel([by_id[pk].ticket for pk in cancelled], run)
    stay_closed = _take_back(over, TicketState.REOPENING, IntentionKind.REOPEN_TICKET)
    _set([by_id[pk].ticket for pk in stay_closed], TicketState.CLOSED, current=False)
    rest = [item for item in over if item.ticket.pk not in cancelled | stay_closed]
    _finish_lists([item.ticket for item in rest if item.ticket.grouped], run)
    _set([item.ticket for item in rest], TicketState.CLOSING, current=not release)
    lanes.add([_write(item) for item in rest], run)
    return Counter(cancelled=len(cancelled) + len(stay_closed), closes=len(rest))


def _finish_lists(grouped: Sequence[Ticket], run: Run | None) -> None:
    """The last state of a list of alerts is written before the closing, and at once."""
    if not grouped:
        return
    lanes.take_back(grouped, "A newer one follows.", kind=IntentionKind.UPDATE_TICKET)
    sent = [ticket for ticket in grouped if ticket.state == TicketState.OPEN]
    lanes.add_tables(sent, run, at_once=True)


def _take_back(over: Sequence[Over], state: TicketState, kind: IntentionKind) -> set[int]:
    """The tickets in this state whose write of this kind was not sent yet and is cancelled by now."""
    unsent = [item.ticket for item in over if item.ticket.state == state]
    if not unsent:
        return set()
    hit = lanes.take_back(unsent, RESOLVED_UNSENT, kind=kind)
    lanes.take_back([ticket for ticket in unsent if ticket.pk in hit], RESOLVED_UNSENT)
    return hit


def _content(item: Over) -> dict[str, Any]:
    return {"alert": item.alert_id, "occurrence": item.occurrence, "event": item.event_id}


def _write(item: Over) -> lanes.Write:
    content = _content(item) | ({"only_untouched": True} if item.only_untouched else {})
    content |= {"words": item.words} if item.words else {}
    cause = lanes.cause_of_close(item.ticket, item.alert_id, item.occurrence)
    return lanes.Write(IntentionKind.CLOSE_TICKET, item.ticket, cause, content)


def _cancel(tickets: Sequence[Ticket], run: Run | None) -> None:
    if not tickets:
        return
    _set(tickets, TicketState.CANCELLED, current=False, reason=RESOLVED_UNSENT)
    Alert.objects.filter(ticket__in=tickets, decision=Decision.WANTED).update(reason=RESOLVED_UNSENT)
    if run is not None:
        Entry.objects.bulk_create(
            Entry(
                run=run,
                action=Action.CREATE,
                outcome=Outcome.SKIPPED,
                subject=f"Ticket: {ticket.summary}"[:300],
                subject_kind="ticket",
                subject_id=ticket.pk,
                reason=RESOLVED_UNSENT,
            )
            for ticket in tickets
        )


def _set(tickets: Sequence[Ticket], state: TicketState, *, current: bool, reason: str = "") -> None:
    for ticket in tickets:
        ticket.state, ticket.current = state, current
    Ticket.objects.filter(pk__in=[ticket.pk for ticket in tickets]).update(
        state=state, current=current, reason=reason
    )
