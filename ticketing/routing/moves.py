"""Which alerts each event of a chunk moves, one event after the other, on locked rows in memory."""

from __future__ import annotations

from typing import Final

from integrations.choices import EventState, WriteMode
from integrations.models import Event, HaloCredential
from ticketing.models import Alert, AlertEvent
from ticketing.routing.destinations import Destinations
from ticketing.routing.occurrences import identity_of, take
from ticketing.routing.resolving import Candidates, OpenAlerts

ENDS_NOTHING: Final = "It resolves no open alert."


class Moves:
    """Moves the alerts of a chunk. `ended_nothing`: resolves for which no open alert was found."""

    def __init__(self, destinations: Destinations, alerts: dict[str, Alert], candidates: Candidates) -> None:
        self.destinations = destinations
        self.ended_nothing: set[int] = set()
        self._alerts = alerts
        self._open = OpenAlerts.of(alerts.values(), candidates)
        self.credentials = HaloCredential.objects.in_bulk(self._open.credentials)

    def of(self, event: Event) -> list[AlertEvent]:
        """Move what this event moves; the rows that tie it to its alerts (unsaved)."""
        own = [self._alerts[identity_of(event, pk)] for pk in self.destinations.credentials(event)]
        alerts = self._resolved_by(event, own) if event.state == EventState.RESOLVED else own
        return [self._take(alert, event) for alert in alerts]

    def _take(self, alert: Alert, event: Event) -> AlertEvent:
        self._open.follow(alert, event)
        mode = self.credentials[alert.halo_credential_id].write_mode
        return take(alert, event, observing=mode == WriteMode.OBSERVE)

    def _resolved_by(self, event: Event, own: list[Alert]) -> list[Alert]:
        """Its own alerts; where one is not open, the open one of the credential that it means instead."""
        exact = {alert.halo_credential_id: alert for alert in own if alert.state == EventState.OPEN}
        others = self._open.credentials if not exact else {alert.halo_credential_id for alert in own}
        meant = {pk: self._open.meant_by(event, pk) for pk in sorted(others - exact.keys())}
        found = exact | {pk: alert for pk, alert in meant.items() if alert is not None}
        if not found:
            self.ended_nothing.add(event.pk)
        rest = [alert for alert in own if alert.halo_credential_id not in found]
        return [*found.values(), *rest]

    def unused(self) -> list[int]:
        """Alerts that were made for resolves which meant another one after all."""
        return [alert.pk for alert in self._alerts.values() if alert.event_count == 0]
