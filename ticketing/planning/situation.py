"""Everything that planning has to know about a chunk of alerts, read at once under their row locks."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Max, Q, QuerySet

from integrations.choices import EventState
from integrations.models import Instance, Intention
from ticketing import clock, lanes
from ticketing.models import (
    Alert,
    AlertEvent,
    Decision,
    Grouping,
    IntegrationProfile,
    Ticket,
    TicketState,
)
from ticketing.noise.gathering import Noise
from ticketing.noise.storms import Storms
from ticketing.planning.judging import JUDGED_WITH, Judged, judge

USABLE = (TicketState.PLANNED, TicketState.OPEN, TicketState.STAFF, TicketState.REOPENING)
"""States in which a current ticket takes notes; a write that staff have to settle holds its lane up."""

GroupKey = tuple[int, str]
"""Credential and group key."""


def group_key(alert: Alert, profile: IntegrationProfile | None) -> str:
    """Which alerts share a ticket: each has its own unless the profile groups them, and what it groups by
    is known of the alert."""
    by = _grouped_by(alert, profile)
    if profile is None or None in by:
        return alert.identity
    parts = [alert.halo_credential_id, profile.pk, profile.grouping, *by]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _grouped_by(alert: Alert, profile: IntegrationProfile | None) -> list[int | str | None]:
    match profile.grouping if profile else Grouping.NONE:
        case Grouping.COMPANY_AND_TYPE:
            return [alert.company_id, alert.event_type]
        case Grouping.COMPUTER:
            return [alert.computer_id]
        case Grouping.PRODUCT:
            return [alert.company_id, alert.product or None]
    return [None]


def to_plan(instance: Instance) -> QuerySet[Alert]:
    """Alerts to look at: those where something happened, those that are due to be looked at again, and those
    that wait for something to be repaired."""
    waiting = Q(decision=Decision.WAITING, state=EventState.OPEN)
    waiting |= Q(decision=Decision.HELD, state=EventState.OPEN, look_again_at__isnull=True)
    due = Q(look_again_at__lte=clock.now())
    return (
        Alert.objects.filter(Q(pending=True) | due | waiting)
        .filter(halo_credential__instance=instance, halo_credential__enabled=True)
        .select_related(*JUDGED_WITH, "ticket__profile", "console")
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
    profiles: dict[int, IntegrationProfile]
    noise: Noise
    storms: Storms

    @classmethod
    def of(cls, alerts: Sequence[Alert]) -> Situation:
        now = clock.now()
        news: dict[int, list[AlertEvent]] = defaultdict(list)
        rows = AlertEvent.objects.filter(alert__in=alerts, handled=False).select_related("event")
        for row in rows.defer("event__raw", "event__message").order_by("id"):
            news[row.alert_id].append(row)
        judged = judge(alerts)
        profiles = {opinion.profile.pk: opinion.profile for opinion in judged.values() if opinion.profile}
        keys = {
            alert.pk: _key(alert, profiles.get(judged[alert.pk].verdict.profile_id or 0)) for alert in alerts
        }
        groups = _current(set(keys.values()))
        tickets = {alert.ticket.pk: alert.ticket for alert in alerts if alert.ticket}
        tickets |= {ticket.pk: ticket for ticket in groups.values()}
        former = _former(set(keys.values()))
        tickets |= {ticket.pk: ticket for ticket in former.values() if ticket.pk not in tickets}
        return cls(
            judged=judged,
            news=news,
            tickets=tickets,
            groups=groups,
            former={key: tickets[ticket.pk] for key, ticket in former.items()},
            open_alerts=_open_alerts(tickets),
            made=_made(_causes(alerts, keys, former)),
            newest=_newest(alerts),
            profiles=profiles,
            noise=Noise.of(alerts, now),
            storms=Storms.of(alerts, now),
        )

    def profile(self, alert: Alert) -> IntegrationProfile | None:
        """The profile that the rules name for it by now."""
        return self.profiles.get(self.judged[alert.pk].verdict.profile_id or 0)

    def key(self, alert: Alert) -> GroupKey:
        return _key(alert, self.profile(alert))

    def ticket(self, alert: Alert) -> Ticket | None:
        """The alert's ticket, as the one object that all alerts of the chunk share."""
        return self.tickets.get(alert.ticket_id) if alert.ticket_id else None

    def has_others(self, alert: Alert, ticket: Ticket) -> bool:
        """Other alerts on this ticket are still open."""
        mine = 1 if alert.state == EventState.OPEN and alert.ticket_id == ticket.pk else 0
        return self.open_alerts.get(ticket.pk, 0) > mine


def _key(alert: Alert, profile: IntegrationProfile | None) -> GroupKey:
    return alert.halo_credential_id, group_key(alert, profile)


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


def _causes(alerts: Sequence[Alert], keys: dict[int, GroupKey], former: dict[GroupKey, Ticket]) -> list[str]:
    """Of everything that may be made for these occurrences."""
    causes = []
    for alert in alerts:
        causes.append(lanes.cause_of_create(alert))
        before = {ticket for ticket in (alert.ticket, former.get(keys[alert.pk])) if ticket}
        for ticket in before:
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
