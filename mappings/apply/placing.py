"""Moving an asset and changing its type: compared with what the plan saw, sent, and known at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from integrations.models import HaloAsset, HaloAssetType, HaloClient, HaloSite, Intention
from integrations.records import AssetRecord
from mappings.apply.job import Job
from mappings.models import ComputerMapping

SENT_AS: Final[Mapping[str, str]] = {
    # in a plan's row and in a record: what HaloPSA calls it
    "client_id": "client_id",
    "site_id": "site_id",
    "asset_type_id": "assettype_id",
}
_CALLED: Final = {"client_id": "client", "site_id": "site", "asset_type_id": "asset type"}


def properties(intention: Intention) -> dict[str, Any]:
    """What goes to HaloPSA beside the fields. A place goes as a whole: a site alone may move nothing."""
    after = intention.content["after"]
    return {SENT_AS[name]: after[name] for name in SENT_AS if after.get(name) is not None}


def is_there(intention: Intention, record: AssetRecord) -> bool:
    """The asset stands already where the plan wants it."""
    after = intention.content["after"]
    return all(getattr(record, name) == after[name] for name in SENT_AS if name in after)


def why_elsewhere(intention: Intention, record: AssetRecord) -> str:
    """A sentence if somebody has moved or retyped the asset since the plan was made; else ''."""
    before, after = intention.content["before"], intention.content["after"]
    for name in SENT_AS:
        if name in after and getattr(record, name) not in (before[name], after[name]):
            return f"The {_CALLED[name]} of the asset was changed in HaloPSA meanwhile."
    return ""


def after_placing(job: Job, rows: Sequence[HaloAsset], intention_of: Mapping[int, Intention]) -> None:
    """Set the new place and type on mirrored assets (unsaved), and forget that staff wanted it."""
    changed = {row.pk: intention_of[row.halo_id].content["after"] for row in rows}
    changed = {pk: after for pk, after in changed.items() if any(name in after for name in SENT_AS)}
    if not changed:
        return
    columns = {"client_id": HaloClient, "site_id": HaloSite, "asset_type_id": HaloAssetType}
    for name, model in columns.items():
        wanted = {after[name] for after in changed.values() if name in after}
        known = model._default_manager.filter(halo_credential=job.credential, halo_id__in=wanted)  # type: ignore[attr-defined]
        ours = dict(known.values_list("halo_id", "pk"))
        for row in rows:
            if name in changed.get(row.pk, {}):
                setattr(row, name, ours.get(changed[row.pk][name]))
    mine = ComputerMapping.objects.filter(halo_credential=job.credential)
    for name, column in (("site_id", "wanted_site"), ("asset_type_id", "wanted_type")):
        done = [pk for pk, after in changed.items() if name in after]
        mine.filter(halo_asset__in=done).update(**{column: None})
