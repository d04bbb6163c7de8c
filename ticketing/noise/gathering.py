"""What holds back the alerts of a chunk, read at once: a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from integrations.choices import EventState
from ticketing.members import members_of, with_members
from ticketing.models import (
    Alert,
    Decision,
    IntegrationProfile,
    MaintenanceWindow,
    NoiseSettings,
    Snooze,
)
from ticketing.noise.order import Hold, NoiseFacts
from ticketing.noise.recurrence import Times, on_until

OFFLINE_TYPES = ("device.offline", "agent.offline", "asset.offline", "agent.server_down")
"""Event types that say that a whole computer can't be reached."""


QUIET_OCCURRENCE = "Staff want no ticket of this occurrence (its storm was dissolved)."


def times_of(window: MaintenanceWindow) -> Times:
    return Times(
        zone=window.time_zone,
        begins_on=window.begins_on,
        begins_at=window.begins_at,
        minutes=window.minutes,
        repeats=window.repeats,
        weekdays=tuple(window.weekdays or ()),
        ends_on=window.ends_on,
    )


@dataclass(frozen=True, slots=True)
class _Window:
    """A window that is on."""

    hold: Hold
    companies: frozenset[int]
    computers: frozenset[int]
    tags: frozenset[str]
    event_types: frozenset[str]

    def fits(self, alert: Alert) -> bool:
        return (
            (not self.companies or alert.company_id in self.companies)
            and (not self.computers or alert.computer_id in self.computers)
            and (not self.event_types or alert.event_type in self.event_types)
            and (not self.tags or bool(self.tags & tags_of(alert)))
        )


def tags_of(alert: Alert) -> set[str]:
    """Tags of its computer and its company, in lower case."""
    rows = (alert.computer, alert.company)
    return {str(tag).casefold() for row in rows if row for tag in row.tags or ()}


@dataclass(frozen=True, slots=True)
class Noise:
    """Three queries at most, however many alerts; one less where the caller has the snoozes."""

    now: datetime
    windows: list[_Window]
    snoozes: list[Snooze]
    offline: dict[tuple[int, int], Alert]

    @classmethod
    def of(cls, alerts: Sequence[Alert], now: datetime, snoozes: Iterable[Snooze] | None = None) -> Noise:
        """`snoozes`: all that last until `now` and longer; more do no harm."""
        rows = snoozes_where(until__gt=now) if snoozes is None else snoozes
        return cls(
            now=now,
            windows=list(_windows_on(now)),
            snoozes=[snooze for snooze in rows if snooze.until and snooze.until > now],
            offline=_offline(alerts),
        )

    def facts(self, alert: Alert, profile: IntegrationProfile | None) -> NoiseFacts:
        return NoiseFacts(
            opened_at=alert.opened_at,
            now=self.now,
            window=next((window.hold for window in self.windows if window.fits(alert)), None),
            maintenance_mode=bool(alert.computer and alert.computer.in_maintenance),
            snooze=self._snooze(alert),
            offline=self._offline_hold(alert),
            wait_minutes=profile.wait_minutes if profile else 0,
        )

    def _snooze(self, alert: Alert) -> Hold | None:
        """Of several the one that lasts longest."""
        fitting = [snooze for snooze in self.snoozes if fits(snooze, alert)]
        if not fitting:
            return None
        longest = max(fitting, key=lambda snooze: snooze.until or self.now)
        because = f": {longest.reason}" if longest.reason else ""
        return Hold(
            f"Snoozed ({longest.about}) until {longest.until:%Y-%m-%d %H:%M} UTC{because}.", longest.until
        )

    def _offline_hold(self, alert: Alert) -> Hold | None:
        if alert.computer_id is None:
            return None
        cause = self.offline.get((alert.halo_credential_id, alert.computer_id))
        if cause is None or cause.pk == alert.pk or alert.event_type in OFFLINE_TYPES:
            return None
        return Hold(f"Its computer is offline (alert #{cause.pk}, which has its own ticket): the rest waits.")


def snoozes_where(*wanted: Q, **fields: object) -> QuerySet[Snooze]:
    """With what `fits` and the sentences about them look at."""
    return Snooze.objects.filter(*wanted, **fields).select_related("company", "computer", "alert")


def fits(snooze: Snooze, alert: Alert) -> bool:
    """Everything that the snooze names has to be the alert's."""
    return (
        snooze.alert_id in (None, alert.pk)
        and snooze.company_id in (None, alert.company_id)
        and snooze.computer_id in (None, alert.computer_id)
        and snooze.event_type in ("", alert.event_type)
    )


def exclusion_of(snoozes: Iterable[Snooze], alert: Alert) -> str:
    """The sentence of what staff have excluded the alert by, or ''."""
    if alert.quiet_occurrence == alert.occurrence:
        return QUIET_OCCURRENCE
    for snooze in snoozes:
        if snooze.until is None and fits(snooze, alert):
            because = f": {snooze.reason}" if snooze.reason else ""
            return f"Excluded by staff ({snooze.about}){because}."
    return ""


def _windows_on(now: datetime) -> Iterable[_Window]:
    for window in with_members(MaintenanceWindow.objects.filter(enabled=True)):
        until = on_until(times_of(window), now)
        if until is None:
            continue
        named = members_of(window)
        yield _Window(
            hold=Hold(f"The maintenance window “{window}” is on until {until:%Y-%m-%d %H:%M} UTC.", until),
            companies=named.companies,
            computers=named.computers,
            tags=frozenset(str(tag).casefold() for tag in window.tags or ()),
            event_types=frozenset(window.event_types or ()),
        )


def _offline(alerts: Sequence[Alert]) -> dict[tuple[int, int], Alert]:
    """Open alerts that say a computer is offline, and that have a ticket or will get one now; none of
    credentials for which an offline computer mutes nothing."""
    computers = {alert.computer_id for alert in alerts if alert.computer_id}
    if not computers:
        return {}
    told = Q(ticket__current=True) | Q(decision=Decision.WANTED)
    deaf = NoiseSettings.objects.filter(offline_mutes=False).values("halo_credential")
    rows = Alert.objects.filter(
        told, computer__in=computers, event_type__in=OFFLINE_TYPES, state=EventState.OPEN
    ).exclude(halo_credential__in=deaf)
    return {
        (row.halo_credential_id, row.computer_id or 0): row
        for row in rows.only("pk", "halo_credential", "computer")
    }
