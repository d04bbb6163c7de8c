"""What mappings are asked by the clock. Safe to ask any number of times, on any machine."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Max, QuerySet
from django.utils import timezone

from integrations.choices import ConnectionState, RunKind
from integrations.models import OPEN_STATES, HaloCredential, Run
from integrations.runs.request import request_run
from mappings.models import CompanyMapping, limits_of_many
from mappings.spreadsheets.purging import purge_sheets


def tick() -> None:
    """Ask for every update that is due; four statements where none is."""
    for credential in due():
        request_keeping(credential)


def nightly() -> None:
    """Drop what is older than the retention."""
    purge_sheets(timezone.now() - timedelta(days=settings.HALOBRIDGE_RETENTION_DAYS))


def request_keeping(credential: HaloCredential, requested_by: Any = None) -> Run:
    """Bring the assets of the companies that are switched on up to date."""
    return request_run(
        RunKind.KEEP_ASSETS,
        halo_credential=credential,
        requested_by=requested_by,
        slot=f"keep_assets:{credential.pk}",
    )


def keepable() -> QuerySet[HaloCredential]:
    """Credentials with companies that are switched on, and that can be worked with."""
    on = CompanyMapping.objects.in_force().filter(enable_configuration=True, company__active=True)
    return HaloCredential.objects.filter(
        pk__in=on.values("halo_credential"),
        enabled=True,
        state=ConnectionState.WORKING,
        synced_at__isnull=False,
    )


def due() -> list[HaloCredential]:
    """Credentials with companies that are switched on, whose last update is long enough ago."""
    credentials = list(keepable().select_related("instance"))
    limits = limits_of_many(credentials)
    runs = Run.objects.filter(kind=RunKind.KEEP_ASSETS, halo_credential__in=credentials).order_by()
    last = dict(runs.values_list("halo_credential").annotate(at=Max("requested_at")))
    busy = set(runs.filter(state__in=OPEN_STATES).values_list("halo_credential", flat=True))
    now = timezone.now()
    return [
        row
        for row in credentials
        if row.pk not in busy
        and (row.pk not in last or last[row.pk] <= now - timedelta(minutes=limits[row.pk].interval_minutes))
    ]
