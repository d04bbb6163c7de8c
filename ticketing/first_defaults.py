"""The first event set, and the first profile of a credential, are the default without being asked to."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet

from ticketing.models import EventSet, IntegrationProfile


def choose_first_set(row: EventSet) -> bool:
    """Whether the set has become the default: only where it is the only one."""
    return _choose(row, EventSet.objects.all())


def choose_first_profile(row: IntegrationProfile) -> bool:
    """The same of a profile among those of its credential."""
    return _choose(row, IntegrationProfile.objects.filter(halo_credential=row.halo_credential_id))


def _choose(row: Model, rows: QuerySet[Any]) -> bool:
    # With others there, having no default is somebody's decision; nothing happens to it by surprise.
    if rows.exclude(pk=row.pk).exists():
        return False
    try:
        with transaction.atomic():
            return bool(rows.filter(pk=row.pk, is_default=False).update(is_default=True))
    except IntegrityError:
        # Another first one was saved at the same moment, and is the default now.
        return False
