"""Assets that are made of an imported sheet: its row stands for them, as a mapping does for a computer's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from integrations.choices import Outcome
from integrations.models import HaloCredential, Intention
from mappings.apply import settling
from mappings.apply.job import Job
from mappings.apply.settling import Batch, Held
from mappings.models import SheetAsset
from mappings.models.intentions import SHEET_ASSET


def is_of_sheet(intention: Intention) -> bool:
    return intention.content.get("subject_kind") == SHEET_ASSET


def still_wanted_of_sheets(job: Job, batch: Batch) -> list[Intention]:
    """Without those whose row is gone, or has an asset already."""
    if not batch:
        return []
    rows = SheetAsset.objects.filter(pk__in=[row.subject_id for row in batch], halo_asset__isnull=True)
    waiting = set(rows.values_list("pk", flat=True))
    late = [row for row in batch if row.subject_id not in waiting]
    if late:
        settling.dropped(job, late, Outcome.CHANGED_MEANWHILE, "Its row of the sheet is gone or done.")
    return [row for row in batch if row.subject_id in waiting]


def made_of_sheets(credential: HaloCredential, halo_ids: Iterable[int]) -> set[int]:
    """Those of these assets (Halo's ids) that rows of sheets have become."""
    rows = SheetAsset.objects.filter(
        halo_asset__halo_credential=credential, halo_asset__halo_id__in=list(halo_ids)
    )
    return set(rows.values_list("halo_asset__halo_id", flat=True))


def link_sheets(pairs: Sequence[tuple[Intention, Held]], asset_of: Mapping[int, int], *, made: bool) -> None:
    """Remember which asset each row is about; `asset_of`: Halo's id → ours, `made`: we created them."""
    became = {
        intention.subject_id: asset_of[held.halo_id]
        for intention, held in pairs
        if is_of_sheet(intention) and held.halo_id in asset_of
    }
    rows = list(SheetAsset.objects.filter(pk__in=became)) if became else []
    for row in rows:
        row.halo_asset_id = became[row.pk]
        row.created_by_us = row.created_by_us or made
    SheetAsset.objects.bulk_update(rows, ["halo_asset", "created_by_us"])
