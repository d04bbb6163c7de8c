"""Creates of which nobody knows yet what became of them. Their computer mappings have to stay meanwhile:

the bridge reference that finds the asset again is known by them.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from integrations.choices import IntentionKind, IntentionState
from integrations.models import Intention
from mappings.models import ComputerMapping
from mappings.models.intentions import of_mappings


def on_their_way(computers: QuerySet[ComputerMapping]) -> QuerySet[Intention]:
    """Creates that are being sent, or whose answer is missing; `subject_id` is the mapping."""
    return _creates(_on_their_way(computers))


def unanswered(computers: QuerySet[ComputerMapping]) -> QuerySet[Intention]:
    """The same, and those that wait for staff, of mappings that still lack an asset."""
    without = computers.filter(halo_asset__isnull=True)
    return _creates(_on_their_way(computers) | _of(without, IntentionState.STAFF))


def _creates(which: Q) -> QuerySet[Intention]:
    return of_mappings(Intention.objects.filter(which, kind=IntentionKind.CREATE_ASSET))


def _on_their_way(computers: QuerySet[ComputerMapping]) -> Q:
    return _of(computers, IntentionState.SENDING, IntentionState.UNCERTAIN)


def _of(computers: QuerySet[ComputerMapping], *states: IntentionState) -> Q:
    return Q(state__in=states, subject_id__in=computers.order_by().values("pk"))
