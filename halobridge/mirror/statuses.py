"""Asset statuses. HaloPSA API: no resource lists them; asset types and the assets themselves reveal them."""

from __future__ import annotations

from halobridge.mirror.job import Job
from integrations.choices import OptionKind
from integrations.ingest import halo_side
from integrations.ingest.stored import Stored
from integrations.models import HaloAsset, HaloOption
from integrations.records import OptionRecord


def store_asset_statuses(job: Job, *, complete: bool) -> Stored:
    """What the asset types have told, and what an asset in use has. A name that was known once is kept.

    Not `complete` where the details of the types were not read: then nothing can be missing.
    """
    told = dict(job.at.get("statuses", {}))
    for status in job.reader.fetch_options(OptionKind.ASSET_STATUS):
        told.setdefault(status.halo_id, status.name)
    known = _known(job)
    for status_id in _used(job):
        told.setdefault(status_id, known.get(status_id) or f"#{status_id}")
    records = [OptionRecord(OptionKind.ASSET_STATUS, number, name) for number, name in sorted(told.items())]
    return halo_side.store_options(job.credential, OptionKind.ASSET_STATUS, records, complete=complete)


def _known(job: Job) -> dict[str, str]:
    rows = HaloOption.objects.filter(halo_credential=job.credential, kind=OptionKind.ASSET_STATUS)
    return dict(rows.values_list("halo_id", "name"))


def _used(job: Job) -> list[str]:
    rows = HaloAsset.objects.filter(halo_credential=job.credential, active=True, status_id__isnull=False)
    return [str(number) for number in rows.order_by().values_list("status_id", flat=True).distinct()]
