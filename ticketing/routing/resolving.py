"""Which open alert a resolve ends that does not name it exactly: its computer has moved to another company
since, or the console sent it without computer or company."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import F, Q

from integrations.choices import EventState
from integrations.models import Event
from ticketing.models import Alert, AlertEvent
from ticketing.routing.occurrences import company_of, series_of

_Key = tuple[int, int, str]
"""Credential, console, and the external id or the series key."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Open alerts that resolves may mean, by primary key with the external ids of their occurrence."""

    numbers: frozenset[int]
    external_ids: dict[int, set[str]]

    @classmethod
    def of(cls, events: Iterable[Event]) -> Candidates:
        """Two queries, however many events; none without a resolve."""
        resolves = [event for event in events if event.state == EventState.RESOLVED]
        if not resolves:
            return cls(frozenset(), {})
        external_ids = _by_external_id(resolves)
        return cls(frozenset(external_ids) | _by_series(resolves), external_ids)


def _by_external_id(resolves: Sequence[Event]) -> dict[int, set[str]]:
    rows = AlertEvent.objects.filter(
        event__console__in={event.console_id for event in resolves},
        event__external_id__in={event.external_id for event in resolves} - {""},
        alert__state=EventState.OPEN,
        occurrence=F("alert__occurrence"),
    ).order_by()
    found: dict[int, set[str]] = defaultdict(set)
    for alert_id, external_id in rows.values_list("alert_id", "event__external_id"):
        found[alert_id].add(external_id)
    return dict(found)


def _by_series(resolves: Sequence[Event]) -> frozenset[int]:
    """Of a series that many computers share, only the alerts that one of the resolves can mean."""
    keyed = [event for event in resolves if _says_whose(event)]
    computers = {event.computer_id for event in keyed if event.computer_id}
    nameless = {series_of(event) for event in keyed if not _names_a_computer(event)}
    rows = Alert.objects.filter(
        Q(computer__in=computers) | Q(series_key__in=nameless),
        console__in={event.console_id for event in keyed},
        series_key__in={series_of(event) for event in keyed},
        state=EventState.OPEN,
    ).order_by()
    return frozenset(rows.values_list("pk", flat=True))


@dataclass(slots=True)
class OpenAlerts:
    """The locked alerts of a chunk by what a resolve may say of them; follows what the chunk's events do."""

    external: dict[_Key, dict[int, Alert]] = field(default_factory=lambda: defaultdict(dict))
    series: dict[_Key, list[Alert]] = field(default_factory=lambda: defaultdict(list))
    credentials: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, alerts: Iterable[Alert], candidates: Candidates) -> OpenAlerts:
        found = cls()
        for alert in alerts:
            found.credentials.add(alert.halo_credential_id)
            found.series[alert.halo_credential_id, alert.console_id, alert.series_key].append(alert)
            for external_id in candidates.external_ids.get(alert.pk, ()):
                found._know(alert, external_id)
        return found

    def follow(self, alert: Alert, event: Event) -> None:
        if event.state == EventState.OPEN and event.external_id:
            self._know(alert, event.external_id)

    def _know(self, alert: Alert, external_id: str) -> None:
        self.external[alert.halo_credential_id, alert.console_id, external_id][alert.pk] = alert

    def meant_by(self, event: Event, credential_id: int) -> Alert | None:
        """The newest open alert that holds the resolve's external id, else the only one of its series."""
        external = self.external.get((credential_id, event.console_id, event.external_id), {})
        same = [alert for alert in external.values() if _is_open(alert) and _may_be(alert, event)]
        if same:
            return max(same, key=lambda alert: alert.pk)
        if not _says_whose(event):
            return None
        series = self.series.get((credential_id, event.console_id, series_of(event)), ())
        like = [alert for alert in series if _is_open(alert) and _is_of(alert, event)]
        return like[0] if len(like) == 1 else None


def _is_open(alert: Alert) -> bool:
    return alert.state == EventState.OPEN


def _says_whose(event: Event) -> bool:
    """By a series key of its own, or by computer or company: a mere type of event may be anybody's."""
    return bool(event.series_key) or _names_a_computer(event) or company_of(event) is not None


def _names_a_computer(event: Event) -> bool:
    return bool(event.computer_id or event.computer_external_id)


def _may_be(alert: Alert, event: Event) -> bool:
    """The resolve does not name another computer than the alert's."""
    return not _names_a_computer(event) or alert.computer_id in (None, event.computer_id)


def _is_of(alert: Alert, event: Event) -> bool:
    """Many computers may share a series: the resolve names this one, or none and no other company."""
    if _names_a_computer(event):
        return event.computer_id is not None and alert.computer_id == event.computer_id
    company = company_of(event)
    if company is None:
        return not event.company_external_id
    return alert.company_id == company.pk
