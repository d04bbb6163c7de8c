"""Creates whose fate nobody knows after repeated tries: they wait for staff, and go on when staff say so."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from integrations.choices import IntentionKind, IntentionState
from integrations.models import Intention
from mappings.models import ComputerMapping
from mappings.models.intentions import of_mappings


def lost_creates() -> QuerySet[Intention]:
    """Creates that wait for staff, of mappings that still lack an asset; `subject_id` is the mapping."""
    lost = Intention.objects.filter(
        kind=IntentionKind.CREATE_ASSET,
        state=IntentionState.STAFF,
        subject_id__in=ComputerMapping.objects.filter(halo_asset__isnull=True).values("pk"),
    )
    return of_mappings(lost)


def retry_lost(mapping: ComputerMapping) -> bool:
    """Let the next export take this create up again; False if none waits for staff (any more).

    It keeps its bridge reference and is looked up first: it is sent again only if HaloPSA does not have it.
    By conditional update, so that two clicks release it once.
    """
    lost = lost_creates().filter(subject_id=mapping.pk)
    return bool(
        lost.order_by().update(
            state=IntentionState.UNCERTAIN, lookups=0, attempts=0, not_before=timezone.now()
        )
    )
