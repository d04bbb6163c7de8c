"""Does a list of this HaloPSA tell of an asset's fields what the asset itself tells?"""

from __future__ import annotations

from collections.abc import Sequence

from halobridge.mirror.job import Job, concerns_all
from integrations.models import Instance
from integrations.net.errors import NetError
from integrations.records import AssetRecord


def prove_list_fields(job: Job, rows: Sequence[AssetRecord]) -> None:
    """At most one call in each full read, until it is proven. Then lists serve for merging fields.

    The row with the most field values of the page is compared: one without any would prove nothing. Where
    the detail can't be read, nothing is proven. Raises what concerns more than this call.
    """
    instance = job.credential.instance
    if job.since is not None or job.at.get("proved") or instance.list_fields_proven:
        return
    sample = max(rows, key=_filled)
    if not instance.list_reads_allowed or not _filled(sample):
        return
    detail = _detail(job, sample.halo_id)
    job.at["proved"] = True
    if detail and detail.fields is not None and set(detail.fields) == set(sample.fields or ()):
        Instance.objects.filter(pk=instance.pk).update(list_fields_proven=True)
        instance.list_fields_proven = True


def _detail(job: Job, halo_id: int) -> AssetRecord | None:
    try:
        return job.reader.fetch_asset(halo_id)
    except NetError as problem:
        if concerns_all(problem):
            raise
        return None


def _filled(row: AssetRecord) -> int:
    return sum(bool(field.value) for field in row.fields or ())
