"""Installed software: the whole list of one asset → rows, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from integrations.ingest.batches import ROWS
from integrations.ingest.stored import Stored
from integrations.models import HaloAsset, HaloSoftware
from integrations.records import SoftwareRecord
from integrations.sync.storable import storable_text

COLUMNS: Final = ("name", "version", "licence_id", "installed_on", "last_used_on")
_LONGEST: Final = 255


@transaction.atomic
def store_software(asset: HaloAsset, records: Iterable[SoftwareRecord]) -> Stored:
    """Replace what is stored of an asset, and note that it was read; at most four statements.

    Only what differs is written; of two records of one id the first counts. (SQLite takes very long lists in
    parts.)
    """
    wanted: dict[int, dict[str, Any]] = {}
    for record in records:
        wanted.setdefault(record.halo_id, _columns(record))
    of_asset = HaloSoftware.objects.filter(asset=asset).order_by()
    known = {row.pop("halo_id"): row for row in of_asset.values("halo_id", *COLUMNS)}
    gone = known.keys() - wanted.keys()
    different = {halo_id: row for halo_id, row in wanted.items() if known.get(halo_id) != row}
    if gone:
        of_asset.filter(halo_id__in=gone).delete()
    _write(asset, different)
    mark_as_read(asset)
    created = len(different.keys() - known.keys())
    updated = len(different) - created
    return Stored(created, updated, len(wanted) - len(different), len(gone))


def mark_as_read(asset: HaloAsset) -> None:
    """Note that it was asked for, be it that Halo does not know this asset any more."""
    HaloAsset.objects.filter(pk=asset.pk).update(software_read_at=timezone.now())


def _write(asset: HaloAsset, rows: dict[int, dict[str, Any]]) -> None:
    HaloSoftware.objects.bulk_create(
        [HaloSoftware(asset=asset, halo_id=halo_id, **row) for halo_id, row in sorted(rows.items())],
        batch_size=ROWS,
        update_conflicts=True,
        unique_fields=["asset", "halo_id"],
        update_fields=COLUMNS,
    )


def _columns(record: SoftwareRecord) -> dict[str, Any]:
    row = asdict(record)
    del row["halo_id"]
    for name in ("name", "version"):
        row[name] = storable_text(row[name], _LONGEST)
    return row
