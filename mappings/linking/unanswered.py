"""Creates of which nobody knows yet what became of them. Their computer mappings have to stay meanwhile:

the bridge reference that finds the asset again is known by them.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from integrations.choices import IntentionKind, IntentionState
from integrations.models import Intention
from mappings.models import ComputerMapping
from mappings.models.intentions import of_mappings

_ON_THEIR_WAY = (IntentionState.SENDING, IntentionState.UNCERTAIN)


def on_their_way(computers: QuerySet[ComputerMapping]) -> QuerySet[Intention]:
    """Creates that are being sent, or whose answer is missing; `subject_id` is the mapping."""
    creates = Intention.objects.filter(kind=IntentionKind.CREATE_ASSET, state__in=_ON_THEIR_WAY)
    return of_mappings(creates.filter(subject_id__in=computers.order_by().values("pk")))


def unanswered(computers: QuerySet[ComputerMapping]) -> QuerySet[Intention]:
    """The same, and those that wait for staff, of mappings that still lack an asset."""
    without = computers.filter(halo_asset__isnull=True).order_by()
    creates = Intention.objects.filter(kind=IntentionKind.CREATE_ASSET).filter(
        Q(state__in=_ON_THEIR_WAY, subject_id__in=computers.order_by().values("pk"))
        | Q(state=IntentionState.STAFF, subject_id__in=without.values("pk"))
    )
    return of_mappings(creates)
