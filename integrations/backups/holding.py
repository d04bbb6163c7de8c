"""Credentials that are held back: the database is a copy, so nobody knows what HaloPSA got meanwhile."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from integrations.choices import IntentionState, ReadState, Resource
from integrations.models import HaloCredential, Intention, MirrorState

NEEDED = (Resource.CLIENTS, Resource.ASSETS)
"""What has to be read anew, so that computers find assets that were made in the lost time."""


class NotHeld(Exception):
    """Somebody has released it already, or it never was held."""


def hold(reason: str, unknown_since: datetime) -> int:
    """Hold every credential back, whatever its write mode; how many. One that is held already keeps its
    reason and the earlier time."""
    free = HaloCredential.objects.filter(held_since__isnull=True)
    HaloCredential.objects.filter(held_since__isnull=False, unknown_since__gt=unknown_since).update(
        unknown_since=unknown_since
    )
    return free.update(held_since=timezone.now(), held_reason=reason, unknown_since=unknown_since)


def why_not_read(credential: HaloCredential, since: datetime) -> str:
    """The sentence for staff if something that a release needs was not read whole since then; else ''."""
    rows = MirrorState.objects.filter(halo_credential=credential, resource__in=NEEDED)
    states = {row.resource: row for row in rows}
    for resource in NEEDED:
        row = states.get(resource)
        if row is not None and row.state == ReadState.OFF:
            continue
        if row is None or row.full_at is None or row.full_at < since:
            words = f" {row.reason}" if row and row.reason else ""
            return f"Not released: {resource.label.lower()} could not be read whole.{words}"
    return ""


def release(credential: HaloCredential) -> int:
    """Let it write again as its write mode says; how many writes are looked up first. Raises `NotHeld`.

    What was planned before it was held may have been sent in the time that this database does not know:
    it is looked up by its bridge reference like a write whose answer was lost.
    """
    with transaction.atomic():
        row = HaloCredential.objects.select_for_update().get(pk=credential.pk)
        if row.held_since is None:
            raise NotHeld(f"{row} is not held back.")
        planned = Intention.objects.filter(
            halo_credential=row, state=IntentionState.PLANNED, created_at__lt=row.held_since
        )
        doubtful = planned.update(
            state=IntentionState.UNCERTAIN,
            not_before=timezone.now(),
            lookups=0,
            free_repeat=True,
            answer="The database was restored: it may have been sent before.",
        )
        HaloCredential.objects.filter(pk=row.pk).update(held_since=None, held_reason="")
    return doubtful
