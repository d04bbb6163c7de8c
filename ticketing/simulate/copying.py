"""What a replay needs of the real world, copied into the one apart; of much of it only what events name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from django.db.models import F, Model, QuerySet

from integrations.choices import EventStatus, WriteMode
from integrations.models import (
    Company,
    Computer,
    Console,
    Event,
    HaloClient,
    HaloCredential,
    HaloOption,
    Instance,
)
from mappings.models import CompanyMapping
from ticketing.models import (
    EventSet,
    IntegrationProfile,
    MaintenanceWindow,
    NoiseSettings,
    Simulation,
    Snooze,
    TicketRule,
)
from ticketing.simulate.apart import Apart

ALWAYS: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""In a replay tickets have always been on: nothing of it is a baseline."""

_WHOLE: Final[tuple[type[Model], ...]] = (
    Instance,
    HaloCredential,
    Console,
    HaloOption,
    CompanyMapping,
    EventSet,
    IntegrationProfile,
    TicketRule,
    MaintenanceWindow,
    Snooze,
    NoiseSettings,
)
_LINKS: Final[tuple[Any, ...]] = (
    EventSet.companies.through,
    EventSet.computers.through,
    MaintenanceWindow.companies.through,
    MaintenanceWindow.computers.through,
)


def copy_world(apart: Apart, simulation: Simulation) -> None:
    """Everything but events and what they name; then the draft is put over it."""
    rows = [list(model._default_manager.all()) for model in (*_WHOLE, *_LINKS)]
    rows.append(list(HaloClient.objects.filter(pk__in=CompanyMapping.objects.values("halo_client"))))
    with apart.here():
        for found in rows:
            _insert(found)
        HaloCredential.objects.update(write_mode=WriteMode.WRITE, enabled=True, held_since=None)
        Instance.objects.update(judged_by="", writes_stopped=False)
        CompanyMapping.objects.update(tickets_since=ALWAYS, mapped_at=ALWAYS)
        _apply_draft(simulation)


def _apply_draft(simulation: Simulation) -> None:
    """The pair becomes the first rule of its mapping (or of all of its profile's credential)."""
    _change(EventSet, simulation.event_set_id, simulation.event_set_changes)
    _change(IntegrationProfile, simulation.profile_id, simulation.profile_changes)
    event_set, profile = simulation.event_set_id, simulation.profile_id
    if event_set is None or profile is None:
        return
    # Without an order: the companies by whose names they are sorted come with their events.
    mappings = CompanyMapping.objects.filter(halo_credential__profiles=profile).order_by()
    if simulation.company_mapping_id is not None:
        mappings = mappings.filter(pk=simulation.company_mapping_id)
    numbers = list(mappings.values_list("pk", flat=True))
    CompanyMapping.objects.filter(pk__in=numbers).update(create_tickets=True)
    rules = TicketRule.objects.filter(company_mapping__in=numbers)
    rules.filter(event_set=event_set).delete()
    rules.update(position=F("position") + 1)
    TicketRule.objects.bulk_create(
        TicketRule(
            company_mapping_id=pk,
            event_set_id=event_set,
            profile_id=profile,
            position=0,
        )
        for pk in numbers
    )


def _change(model: Any, pk: int | None, changes: dict[str, Any]) -> None:
    if pk is not None and changes:
        model.objects.filter(pk=pk).update(**changes)


class Arriving:
    """Copies events as they came in, and the companies and computers that they name once."""

    def __init__(self, apart: Apart) -> None:
        self._apart = apart
        self._known: dict[type[Model], set[int]] = {Company: set(), Computer: set()}

    def bring(self, events: Sequence[Event]) -> None:
        """Called outside of the world apart; the events are new there."""
        companies = self._missing(Company, {event.company_id for event in events})
        computers = self._missing(Computer, {event.computer_id for event in events})
        companies += self._missing(Company, {computer.company_id for computer in computers})
        for event in events:
            event.status, event.reason, event.first_read = EventStatus.NEW, "", False
            # Not read: no rule asks for them.
            event.raw, event.message, event.findings = {}, "", []
        with self._apart.here():
            for found in (companies, computers, events):
                _insert(found)

    def _missing(self, model: Any, numbers: set[int | None]) -> list[Any]:
        wanted = {pk for pk in numbers if pk is not None} - self._known[model]
        self._known[model] |= wanted
        rows: QuerySet[Any] = model.objects.filter(pk__in=wanted)
        return list(rows) if wanted else []


def _insert(rows: Iterable[Any]) -> None:
    found = list(rows)
    if found:
        type(found[0])._default_manager.bulk_create(found, batch_size=500)
