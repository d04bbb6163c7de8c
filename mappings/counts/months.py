"""Counts of months' ends: counted on the first day after, never later, never again, never made up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from integrations.ingest.batches import ROWS
from integrations.models import Console, HaloCredential
from integrations.sync.lifecycle import first_of_month
from mappings.counts.today import left_out, present_counts
from mappings.models import MonthCount, MonthEnd

FRESH: Final = timedelta(days=1)
"""A console that was read within this time tells of the month's end."""
MONTHS_TOLD: Final = 24


def count_month_end(credential: HaloCredential, now: datetime | None = None) -> MonthEnd | None:
    """Count the month that ended yesterday; None on every other day, and where it was counted already.

    A month's end that nobody counted in its day stays missing: what is there later is not what was there.
    """
    now = now or timezone.now()
    today = timezone.localdate(now)
    if today.day != 1:
        return None
    with transaction.atomic():
        month, is_new = MonthEnd.objects.get_or_create(
            halo_credential=credential,
            ends_on=today - timedelta(days=1),
            defaults={
                "counted_at": now,
                "left_out": left_out(credential),
                "stale_consoles": stale_consoles(credential, now),
            },
        )
        if not is_new:
            return None
        MonthCount.objects.bulk_create(_rows(month), batch_size=ROWS)
    return month


def _rows(month: MonthEnd) -> Iterator[MonthCount]:
    for row in present_counts(month.halo_credential).iterator(chunk_size=ROWS):
        yield MonthCount(
            month_end=month,
            client_id=row["client"],
            client_halo_id=row["client_halo_id"],
            client_name=row["client_name"],
            console_id=row["console"],
            console_name=row["console_name"],
            product=row["product_name"],
            asset_type=row["asset_type"],
            asset_type_name=row["asset_type_name"],
            number=row["number"],
        )


def stale_consoles(credential: HaloCredential, now: datetime) -> list[str]:
    """Names of consoles with mapped companies that were not read lately, as far as they are read at all."""
    consoles = Console.objects.filter(
        companies__mappings__halo_credential=credential, synced_at__lt=now - FRESH
    )
    return sorted(set(consoles.values_list("name", flat=True)))


@dataclass(frozen=True, slots=True)
class Month:
    """A month since the first counted one. `counted`: None where nobody counted it."""

    ends_on: date
    counted: MonthEnd | None

    @property
    def key(self) -> str:
        return f"{self.ends_on:%Y-%m}"


def months_of(credential: HaloCredential, today: date | None = None) -> list[Month]:
    """The latest months that have ended, newest first, missing ones among them. One statement."""
    counted = {row.ends_on: row for row in MonthEnd.objects.filter(halo_credential=credential)}
    return list(_months(counted, today or timezone.localdate()))


def _months(counted: dict[date, Any], today: date) -> Iterator[Month]:
    for back in range(MONTHS_TOLD):
        ends_on = first_of_month(today, -back) - timedelta(days=1)
        if not counted or ends_on < min(counted):
            return
        yield Month(ends_on, counted.get(ends_on))
