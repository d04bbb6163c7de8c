"""Every question that an alert is asked on its way to a ticket, with the answer of this moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q

from integrations.choices import EventState
from ticketing import clock
from ticketing.models import Alert, AlertEvent, Decision, Grouping, IntegrationProfile, Snooze
from ticketing.noise.gathering import Noise, exclusion_of, snoozes_where
from ticketing.noise.order import IN_MAINTENANCE_MODE, NoiseFacts
from ticketing.planning.judging import JUDGED_WITH, Known, judge, openings

NEWEST: Final = 20
SURROUNDED_BY: Final = (*JUDGED_WITH, "console", "profile", "ticket__storm")
"""What has to be selected with an alert, so that telling of it asks no more."""


@dataclass(frozen=True, slots=True)
class Step:
    """`stops`: here the alert stays without a ticket, as things are now."""

    name: str
    answer: str
    stops: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """An alert with its newest events, the snoozes that were ever made of it alone, and its way."""

    events: list[AlertEvent]
    snoozes: list[Snooze]
    steps: list[Step]


def tell(alert: Alert) -> Told:
    """All that a page shows besides the row, which comes with its `SURROUNDED_BY`. Nine queries."""
    now = clock.now()
    snoozes = list(snoozes_where(Q(until__isnull=True) | Q(until__gt=now) | Q(alert=alert)))
    newest = alert.events.order_by("-pk").values("pk")[:NEWEST]
    wanted = alert.events.filter(Q(pk__in=newest) | Q(pk__in=openings([alert])))
    events = list(wanted.select_related("event").order_by("-pk"))
    opening = [row for row in events if row.occurrence == alert.occurrence][-1:]
    return Told(
        events[:NEWEST],
        [snooze for snooze in snoozes if snooze.alert_id == alert.pk],
        _steps(alert, now, Known(snoozes, {row.alert_id: row.event for row in opening})),
    )


def explain(alert: Alert) -> list[Step]:
    """In the order in which they are asked. A constant number of queries; nothing is changed."""
    return tell(alert).steps


def _steps(alert: Alert, now: datetime, known: Known) -> list[Step]:
    judged = judge([alert], known)[alert.pk]
    verdict, profile = judged.verdict, judged.profile
    facts = Noise.of([alert], now, known.snoozes).facts(alert, profile)
    wanted = verdict.decision == Decision.WANTED
    return [
        _open(alert),
        _exclusion(alert, known.snoozes),
        Step("Rules", verdict.reason, stops=not wanted),
        *_held_by(facts),
        _grouping(alert, profile),
        _storm(alert),
    ]


def _open(alert: Alert) -> Step:
    if alert.state == EventState.OPEN:
        return Step("State", f"It is open (occurrence {alert.occurrence}).")
    return Step("State", "It is over: only one that is open gets a ticket.", stops=True)


def _exclusion(alert: Alert, snoozes: Iterable[Snooze]) -> Step:
    excluded = exclusion_of(snoozes, alert)
    return Step("Exclusion", excluded or "Staff have not excluded it.", stops=bool(excluded))


def _held_by(facts: NoiseFacts) -> list[Step]:
    window = facts.window.reason if facts.window else IN_MAINTENANCE_MODE if facts.maintenance_mode else ""
    waits = facts.wait_minutes and (facts.now - facts.opened_at).total_seconds() < facts.wait_minutes * 60
    snooze, offline = (hold.reason if hold else "" for hold in (facts.snooze, facts.offline))
    return [
        Step("Maintenance", window or "No window is on, and the console reports none.", stops=bool(window)),
        Step("Snooze", snooze or "It is not snoozed.", stops=bool(snooze)),
        Step("Offline", offline or "No offline alert of its computer has a ticket.", stops=bool(offline)),
        Step(
            "Wait",
            f"Its profile waits {facts.wait_minutes} minutes before the first ticket."
            if facts.wait_minutes
            else "Its profile does not wait.",
            stops=bool(waits),
        ),
    ]


def _grouping(alert: Alert, profile: IntegrationProfile | None) -> Step:
    if profile is None or profile.grouping == Grouping.NONE:
        return Step("Grouping", "It has a ticket of its own.")
    return Step("Grouping", f"{profile.get_grouping_display()}.")


def _storm(alert: Alert) -> Step:
    storm = getattr(alert.ticket, "storm", None) if alert.ticket else None
    return Step("Storm guard", f"{storm.reason} One ticket lists them." if storm else "It is in no storm.")
