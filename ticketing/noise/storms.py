"""The storm guard: more new tickets at once than anybody could read become one that lists them.

A storm is one of a company: its one ticket must not show one customer what befalls another. The limit over
all companies only makes it begin sooner.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q

from ticketing.models import Alert, NoiseSettings, Storm, StormState, Ticket

_Place = tuple[int, int | None]
"""Credential, company (None: without one)."""


@dataclass(slots=True)
class Storms:
    """Counts what planning makes while it makes it. Three queries at most."""

    now: datetime
    limits: dict[int, NoiseSettings]
    made: Counter[_Place]
    going_on: dict[_Place, Storm]
    begun: list[Storm] = field(default_factory=list)
    joined: set[_Place] = field(default_factory=set)

    @classmethod
    def of(cls, alerts: Sequence[Alert], now: datetime) -> Storms:
        credentials = {alert.halo_credential_id for alert in alerts}
        stored = NoiseSettings.objects.filter(halo_credential__in=credentials)
        limits = {pk: NoiseSettings(halo_credential_id=pk) for pk in credentials}
        limits |= {row.halo_credential_id: row for row in stored}
        return cls(now, limits, _made(limits, now), _going_on(limits, now))

    def of_new_ticket(self, alert: Alert) -> Storm | None:
        """The storm that the alert belongs to instead of a ticket of its own; None counts the new ticket."""
        place = (alert.halo_credential_id, alert.company_id)
        storm = self.going_on.get(place)
        if storm is None and (reason := self._too_many(place)):
            storm = self.going_on[place] = Storm(
                halo_credential_id=place[0], company_id=place[1], reason=reason, began_at=self.now
            )
            self.begun.append(storm)
        if storm is None:
            self.made[place] += 1
            return None
        storm.newest_at = self.now
        self.joined.add(place)
        return storm

    def _too_many(self, place: _Place) -> str:
        limits = self.limits[place[0]]
        mine = self.made[place]
        all_of_them = sum(number for (credential, _), number in self.made.items() if credential == place[0])
        within = f"within {limits.storm_minutes} minutes"
        if limits.storm_company and mine >= limits.storm_company:
            return f"More than {limits.storm_company} new tickets of one company {within}."
        if limits.storm_all and all_of_them >= limits.storm_all:
            return f"More than {limits.storm_all} new tickets in all {within}."
        return ""

    def store(self) -> None:
        """After the tickets of begun storms were stored."""
        for storm in self.begun:
            storm.ticket_id = storm.ticket.pk if storm.ticket else None
        Storm.objects.bulk_create(self.begun)
        old = [self.going_on[place].pk for place in self.joined if self.going_on[place] not in self.begun]
        Storm.objects.filter(pk__in=old).update(newest_at=self.now)


def _since(limits: dict[int, NoiseSettings], now: datetime, column: str) -> Q:
    """Rows of each credential within its own minutes."""
    found = Q(pk__in=())
    for pk, row in limits.items():
        found |= Q(halo_credential=pk, **{f"{column}__gt": now - timedelta(minutes=row.storm_minutes)})
    return found


def _made(limits: dict[int, NoiseSettings], now: datetime) -> Counter[_Place]:
    rows = Ticket.objects.filter(_since(limits, now, "created_at"), storm__isnull=True, is_test=False)
    return Counter(rows.values_list("halo_credential_id", "company_id"))


def _going_on(limits: dict[int, NoiseSettings], now: datetime) -> dict[_Place, Storm]:
    """Storms that something has joined lately; one that nothing joins any more is over."""
    going = Storm.objects.filter(halo_credential__in=list(limits), state=StormState.GOING_ON)
    rows = list(going.select_related("ticket__profile"))
    fresh = [row for row in rows if _is_fresh(row, limits, now)]
    if over := [row.pk for row in rows if row not in fresh]:
        going.filter(pk__in=over).update(state=StormState.OVER, ended_at=now)
    return {(row.halo_credential_id, row.company_id): row for row in fresh}


def _is_fresh(storm: Storm, limits: dict[int, NoiseSettings], now: datetime) -> bool:
    minutes = limits[storm.halo_credential_id].storm_minutes
    usable = storm.ticket is not None and storm.ticket.current
    return usable and storm.newest_at > now - timedelta(minutes=minutes)
