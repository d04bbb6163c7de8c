"""Everything that planning has to know about a chunk of alerts, read at once under their row locks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Max, Q, QuerySet

from integrations.choices import EventState
from integrations.models import Instance, Intention
from ticketing import clock, lanes
from ticketing.models import Alert, AlertEvent, Decision, Ticket, TicketState
from ticketing.planning.judging import Judged, judge

USABLE = (TicketState.PLANNED, TicketState.OPEN, TicketState.STAFF, TicketState.REOPENING)
"""States in which a current ticket takes notes; a write that staff have to settle holds its lane up."""

GroupKey = tuple[int, str]
"""Credential and group key."""


def group_key(alert: Alert) -> str:
    """Which alerts share a ticket: for now each has its own."""
    return alert.identity


def to_plan(instance: Instance) -> QuerySet[Alert]:
    """Alerts to look at: those where something happened, those that are due to be looked at again, and those
    that wait for something to be repaired."""
    waiting = Q(decision=Decision.WAITING, state=EventState.OPEN)
    due = Q(look_again_at__lte=clock.now())
    return (
        Alert.objects.filter(Q(pending=True) | due | waiting)
        .filter(halo_credential__instance=instance, halo_credential__enabled=True)
        .select_related("halo_credential", "company", "computer", "ticket__profile", "console")
        .select_for_update(of=("self",))
        .order_by("pk")
    )


@dataclass(frozen=True, slots=True)
class Situation:
    """What surrounds the alerts of a chunk.

    `tickets` holds each ticket once, however many alerts it has; `open_alerts` counts them per ticket. `made`
    has the tickets that exist for these very occurrences, by cause (of a create or a reopening); None where
    the row was deleted. `newest` has the newest event of alerts that hold back repeats.
    """

    judged: dict[int, Judged]
    news: dict[int, list[AlertEvent]]
    tickets: dict[int, Ticket]
    groups: dict[GroupKey, Ticket]
    former: dict[GroupKey, Ticket]
    open_alerts: dict[int, int]
    made: dict[str, Ticket | None]
    newest: dict[int, AlertEvent]

    @classmethod
    def of(cls, alerts: Sequence[Alert]) -> Situation:
        news: dict[int, list[AlertEvent]] = defaultdict(list)
        rows = AlertEvent.objects.filter(alert__in=alerts, handled=False).select_related("event")
        for row in rows.defer("event__raw", "event__message").order_by("id"):
            news[row.alert_id].append(row)
        keys = {(alert.halo_credential_id, group_key(alert)) for alert in alerts}
        groups = _current(keys)
        tickets = {alert.ticket.pk: alert.ticket for alert in alerts if alert.ticket}
        tickets |= {ticket.pk: ticket for ticket in groups.values()}
        former = _former(keys)
        tickets |= {ticket.pk: ticket for ticket in former.values() if ticket.pk not in tickets}
        return cls(
            judged=judge(alerts),
            news=news,
            tickets=tickets,
            groups=groups,
            former={key: tickets[ticket.pk] for key, ticket in former.items()},
            open_alerts=_open_alerts(tickets),
            made=_made(_causes(alerts, former)),
            newest=_newest(alerts),
        )

    def ticket(self, alert: Alert) -> Ticket | None:
        """The alert's ticket, as the one object that all alerts of the chunk share."""
        return self.tickets.get(alert.ticket_id) if alert.ticket_id else None

    def has_others(self, alert: Alert, ticket: Ticket) -> bool:
        """Other alerts on this ticket are still open."""
        mine = 1 if alert.state == EventState.OPEN and alert.ticket_id == ticket.pk else 0
        return self.open_alerts.get(ticket.pk, 0) > mine


def _of_groups(keys: set[GroupKey]) -> QuerySet[Ticket]:
    # The keys are digests that contain the credential; naming it as well lets the database use its index.
    return Ticket.objects.filter(
        halo_credential_id__in={credential for credential, _ in keys},
        group_key__in={key for _, key in keys},
    )


def _current(keys: set[GroupKey]) -> dict[GroupKey, Ticket]:
    rows = _of_groups(keys).filter(current=True).select_related("profile")
    return {(ticket.halo_credential_id, ticket.group_key): ticket for ticket in rows}


def _former(keys: set[GroupKey]) -> dict[GroupKey, Ticket]:
    """The newest ticket of each group that exists in HaloPSA: it opens again, or a new one refers to it."""
    rows = _of_groups(keys).filter(halo_id__isnull=False).order_by()
    newest = rows.values("halo_credential_id", "group_key").annotate(newest=Max("pk"))
    found = Ticket.objects.filter(pk__in=newest.values("newest")).select_related("profile")
    return {(ticket.halo_credential_id, ticket.group_key): ticket for ticket in found}


def _causes(alerts: Sequence[Alert], former: dict[GroupKey, Ticket]) -> list[str]:
    """Of everything that may be made for these occurrences."""
    causes = []
    for alert in alerts:
        causes.append(lanes.cause_of_create(alert))
        before = alert.ticket, former.get((alert.halo_credential_id, group_key(alert)))
        for ticket in {ticket for ticket in before if ticket}:
            causes += [lanes.cause_of_create_after(alert, ticket), lanes.cause_of_reopen(alert, ticket)]
    return causes


def _newest(alerts: Sequence[Alert]) -> dict[int, AlertEvent]:
    holding = [alert.pk for alert in alerts if alert.unnoted]
    if not holding:
        return {}
    rows = AlertEvent.objects.filter(alert__in=holding, event=F("alert__last_event")).select_related("event")
    return {row.alert_id: row for row in rows.defer("event__raw", "event__message")}


def _made(causes: list[str]) -> dict[str, Ticket | None]:
    subjects = dict(Intention.objects.filter(cause__in=causes).values_list("cause", "subject_id"))
    tickets = Ticket.objects.in_bulk(subjects.values())
    return {cause: tickets.get(subject) for cause, subject in subjects.items()}


def _open_alerts(tickets: dict[int, Ticket]) -> dict[int, int]:
    rows = Alert.objects.filter(ticket__in=list(tickets), state=EventState.OPEN).order_by()
    return dict(rows.values("ticket").annotate(number=Count("pk")).values_list("ticket", "number"))
