"""Whose installed software is to be read in the background: asset groups, longest unread first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F, Q, QuerySet

from integrations.choices import ConnectionState
from integrations.models import HaloAsset, HaloCredential, SyncSettings

FRESH: Final = timedelta(days=7)
"""So long a list of installed software counts as known."""


def assets_due(credential: HaloCredential, now: datetime) -> QuerySet[HaloAsset]:
    """Assets in use of the chosen groups whose software was not read for a week, never-read ones first."""
    chosen = SyncSettings.objects.filter(halo_credential=credential).first()
    groups = chosen.software_groups if chosen else []
    due = HaloAsset.objects.filter(_not_fresh(now), halo_credential=credential, active=True)
    of_groups = due.filter(asset_type__group_id__in=groups)
    return of_groups.order_by(F("software_read_at").asc(nulls_first=True), "pk")


def credentials_with_software_due(
    now: datetime, *, without: Iterable[int | None] = ()
) -> list[HaloCredential]:
    """Working credentials for which something is due; at most two statements, however many there are.

    Those to which HaloPSA refuses installed software are left out, and those in `without` (our ids).
    """
    settings = SyncSettings.objects.exclude(software_groups=[]).filter(
        halo_credential__enabled=True, halo_credential__state=ConnectionState.WORKING
    )
    rows = settings.exclude(halo_credential__in=without).select_related("halo_credential__instance")
    chosen = {
        (row.halo_credential_id, group): row.halo_credential
        for row in rows
        if not row.halo_credential.lacks("read_software")
        for group in row.software_groups
    }
    found = _groups_due(now, chosen) if chosen else ()
    by_id = {pair[0]: chosen[pair] for pair in found if pair in chosen}
    return [by_id[pk] for pk in sorted(by_id)]


def _groups_due(now: datetime, chosen: Iterable[tuple[int, int]]) -> Iterable[tuple[int, int | None]]:
    """(Our id of the credential, asset group) with at least one asset that is due."""
    credentials, groups = {pair[0] for pair in chosen}, {pair[1] for pair in chosen}
    due = HaloAsset.objects.filter(
        _not_fresh(now), active=True, halo_credential__in=credentials, asset_type__group_id__in=groups
    )
    return due.order_by().values_list("halo_credential_id", "asset_type__group_id").distinct()


def _not_fresh(now: datetime) -> Q:
    return Q(software_read_at__isnull=True) | Q(software_read_at__lt=now - FRESH)
