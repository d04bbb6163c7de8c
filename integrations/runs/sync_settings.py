"""What staff want to be read with a credential, and when; a credential without a row has the defaults."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings as project

from integrations.choices import ReadState, Resource, SyncMode
from integrations.models import HaloCredential, MirrorState, SyncSettings


def settings_of(credential: HaloCredential) -> SyncSettings:
    """The credential's sync settings; unsaved defaults where nobody has changed any."""
    return settings_of_many([credential])[credential.pk]


def settings_of_many(credentials: Iterable[HaloCredential]) -> dict[int, SyncSettings]:
    """Settings by the credential's id, in one query."""
    wanted = list(credentials)
    stored = {row.halo_credential_id: row for row in SyncSettings.objects.filter(halo_credential__in=wanted)}
    return {row.pk: stored.get(row.pk) or SyncSettings(halo_credential=row) for row in wanted}


def interval_of(settings: SyncSettings) -> timedelta:
    """Time between two syncs."""
    return timedelta(minutes=settings.interval_minutes or project.HALOBRIDGE_SYNC_INTERVAL)


def full_is_due(settings: SyncSettings, states: Iterable[MirrorState], now: datetime) -> bool:
    """Whether the next sync has to read everything: what is wanted was last read in full too long ago.

    A resource that fails or is switched off does not make the others be read in full again and again; it is
    itself read in full as soon as it can be. A credential of which nothing was ever read is due.
    """
    if settings.mode == SyncMode.FULL:
        return True
    unusable = (ReadState.FAILED, ReadState.OFF)
    read = [
        state.full_at
        for state in states
        if state.full_at and state.resource in settings.resources and state.state not in unusable
    ]
    return not read or min(read) <= now - timedelta(hours=settings.full_hours)


POINTS_TO: Final[dict[str, tuple[str, ...]]] = {
    Resource.SITES: (Resource.CLIENTS,),
    Resource.USERS: (Resource.SITES,),
    Resource.LICENCES: (Resource.CLIENTS,),
    Resource.ASSETS: (Resource.CLIENTS, Resource.SITES, Resource.ASSET_TYPES),
}
"""What has to be read, too, for the rows of a resource to have their place."""


def problems_of(resources: Iterable[str]) -> list[str]:
    """Sentences about a choice of resources that can't be read like that; none where it can."""
    chosen = set(resources)
    if not chosen:
        return ["Choose at least one resource. To read nothing at all switch the credential off."]
    unknown = chosen - set(Resource.values)
    found = [f"There is no resource {name!r}." for name in sorted(unknown)]
    for name in Resource.values:
        missing = [target for target in POINTS_TO.get(name, ()) if target not in chosen]
        if name in chosen and missing:
            needed = " and ".join(Resource(target).label.split(" [")[0].lower() for target in missing)
            found.append(f"{Resource(name).label.split(' [')[0]} need {needed} to be read, too.")
    return found
