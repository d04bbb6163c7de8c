"""Every question that an alert is asked on its way to a ticket, with the answer of this moment."""

from __future__ import annotations

from dataclasses import dataclass

from integrations.choices import EventState
from ticketing import clock
from ticketing.models import Alert, Decision, Grouping, IntegrationProfile, Snooze
from ticketing.noise.gathering import Noise, exclusion_of
from ticketing.noise.order import IN_MAINTENANCE_MODE, NoiseFacts
from ticketing.planning.judging import judge


@dataclass(frozen=True, slots=True)
class Step:
    """`stops`: here the alert stays without a ticket, as things are now."""

    name: str
    answer: str
    stops: bool = False


def explain(alert: Alert) -> list[Step]:
    """In the order in which they are asked. A constant number of queries; nothing is changed."""
    verdict = judge([alert])[alert.pk].verdict
    profile = IntegrationProfile.objects.filter(pk=verdict.profile_id).first() if verdict.profile_id else None
    facts = Noise.of([alert], clock.now()).facts(alert, profile)
    wanted = verdict.decision == Decision.WANTED
    return [
        _open(alert),
        _exclusion(alert),
        Step("Rules", verdict.reason, stops=not wanted),
        *_held_by(facts),
        _grouping(alert, profile),
        _storm(alert),
    ]


def _open(alert: Alert) -> Step:
    if alert.state == EventState.OPEN:
        return Step("State", f"It is open (occurrence {alert.occurrence}).")
    return Step("State", "It is over: only one that is open gets a ticket.", stops=True)


def _exclusion(alert: Alert) -> Step:
    rows = Snooze.objects.filter(until__isnull=True).select_related("company", "computer", "alert")
    excluded = exclusion_of(rows, alert)
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
