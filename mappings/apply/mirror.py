"""What follows from a write that succeeded: mirror and mappings know it at once, not at the next sync."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from integrations.models import HaloAsset, HaloAssetType, HaloClient, HaloCredential, HaloSite, Intention
from integrations.sync.days import to_date
from mappings.apply.job import Job
from mappings.apply.placing import after_placing
from mappings.apply.settling import Held
from mappings.apply.sheets import is_of_sheet, link_sheets
from mappings.models import ComputerMapping, MappingOrigin
from mappings.planning import UNDO
from mappings.targets import Parts, apart, to_mirror

Pairs = Sequence[tuple[Intention, Held]]

_DATES = {
    "warranty_start": "warranty_starts_on",
    "warranty_end": "warranty_ends_on",
    "supplier_purchasedate": "purchased_on",
}
_KEPT = ["custom_fields", "properties", *_DATES.values()]
_WRITTEN = [
    "name",
    "client",
    "site",
    "asset_type",
    "inventory_number",
    "key_field2",
    "key_field3",
    "fields",
    "active",
    "missed_reads",
    "gone_since",
    "digest",
    "changed_at",
    *_KEPT,
]


# ---- created --------------------------------------------------------------------------------


def after_creates(job: Job, pairs: Pairs) -> dict[int, str]:
    """Store the new assets and link their computers. Remarks by intention where that was not possible."""
    places = _Places(job.credential, pairs)
    HaloAsset.objects.bulk_create(
        [places.asset(intention, held) for intention, held in pairs],
        update_conflicts=True,
        unique_fields=["halo_credential", "halo_id"],
        update_fields=_WRITTEN,
    )
    stored = HaloAsset.objects.filter(
        halo_credential=job.credential, halo_id__in=[held.halo_id for _, held in pairs]
    )
    asset_of = dict(stored.values_list("halo_id", "pk"))
    link_sheets(pairs, asset_of, made=True)
    return _link(job, [pair for pair in pairs if not is_of_sheet(pair[0])], asset_of)


def _link(job: Job, pairs: Pairs, asset_of: Mapping[int, int]) -> dict[int, str]:
    numbers = [intention.subject_id for intention, _ in pairs]
    mappings = {row.pk: row for row in ComputerMapping.objects.select_for_update().filter(pk__in=numbers)}
    in_the_way = _others_on(asset_of.values(), numbers)
    remarks: dict[int, str] = {}
    linked = []
    for intention, held in pairs:
        mapping = mappings.get(intention.subject_id)
        asset = asset_of[held.halo_id]
        if mapping is None:
            remarks[intention.pk] = "Its mapping was removed meanwhile, so nothing is linked to the asset."
        elif mapping.halo_asset_id not in (None, asset):
            remarks[intention.pk] = "The computer was linked to another asset meanwhile."
        elif (asset, mapping.console_id) in in_the_way:
            remarks[intention.pk] = "Staff linked another computer to the asset meanwhile."
        else:
            mapping.halo_asset_id, mapping.created_by_us = asset, True
            mapping.origin, mapping.reason = MappingOrigin.EXPORTED, "Exported."
            linked.append(mapping)
    ComputerMapping.objects.bulk_update(linked, ["halo_asset", "created_by_us", "origin", "reason"])
    return remarks


def _others_on(assets: object, own: Sequence[int]) -> set[tuple[int | None, int]]:
    """(asset, console) that another computer holds. A mere match is undone: the asset was made for ours."""
    others = ComputerMapping.objects.filter(halo_asset__in=assets).exclude(pk__in=own)
    others.filter(origin=MappingOrigin.MATCHED).delete()
    return set(others.values_list("halo_asset_id", "console_id"))


class _Places:
    """Our rows behind Halo's ids, for one batch: three statements."""

    def __init__(self, credential: HaloCredential, pairs: Pairs) -> None:
        self._credential = credential
        wanted = [intention.content["after"] for intention, _ in pairs]
        rows = {"halo_credential": credential}
        self._types = {
            row.halo_id: row
            for row in HaloAssetType.objects.filter(
                **rows, halo_id__in={after["asset_type_id"] for after in wanted}
            )
        }
        self._clients = dict(
            HaloClient.objects.filter(
                **rows, halo_id__in={after["client_id"] for after in wanted}
            ).values_list("halo_id", "pk")
        )
        self._sites = dict(
            HaloSite.objects.filter(**rows, halo_id__in={after["site_id"] for after in wanted}).values_list(
                "halo_id", "pk"
            )
        )

    def asset(self, intention: Intention, held: Held) -> HaloAsset:
        after = intention.content["after"]
        kind = self._types.get(after["asset_type_id"])
        parts = apart(after["fields"], to_mirror)
        sent = {str(number): value for number, value in parts.fields.items()}
        if intention.content.get("marker_field") is not None:
            sent[str(intention.content["marker_field"])] = intention.marker
        fields = sent if held.fields is None else held.fields
        keys = [fields.get(str(number), "") for number in (kind.key_field_ids if kind else [])]
        first, second, third = [*keys, "", "", ""][:3]
        # Where HaloPSA gives the tag and did not tell it, the next read does.
        tag = (after["inventory_number"] or held.tag)[:255]
        row = HaloAsset(
            halo_credential=self._credential,
            halo_id=held.halo_id,
            name=(first or tag)[:255],
            client_id=self._clients.get(after["client_id"]),
            site_id=self._sites.get(after["site_id"]),
            asset_type=kind,
            inventory_number=tag,
            key_field2=second[:255],
            key_field3=third[:255],
            fields=fields,
            # Empty: the next read compares everything anew.
            digest="",
        )
        _keep(row, parts)
        return row


# ---- updated --------------------------------------------------------------------------------


def after_updates(job: Job, pairs: Pairs) -> dict[int, str]:
    """Bring the mirror's fields, activity and status to what was written, and remember who retired it."""
    by_id = {held.halo_id: (intention, held) for intention, held in pairs}
    rows = list(
        HaloAsset.objects.filter(halo_credential=job.credential, halo_id__in=by_id).select_related(
            "asset_type"
        )
    )
    for row in rows:
        intention, held = by_id[row.halo_id]
        _take_over(row, intention.content["after"], held)
    sent = {halo_id: intention for halo_id, (intention, _) in by_id.items()}
    after_placing(job, rows, sent)
    HaloAsset.objects.bulk_update(
        rows,
        ["name", "key_field2", "key_field3", "fields", "active", "gone_since", "digest", "client", "site",
         "asset_type", "status_id", *_KEPT],
    )  # fmt: skip
    _remember_retired(rows, sent)
    link_sheets(pairs, {row.halo_id: row.pk for row in rows}, made=False)
    if job.plan.kind == UNDO:
        subjects = [intention.subject_id for intention, _ in pairs if not is_of_sheet(intention)]
        ComputerMapping.objects.filter(pk__in=subjects).update(held=True, held_by=job.run)
    return {}


def _take_over(row: HaloAsset, after: Mapping[str, Any], held: Held) -> None:
    if "inactive" in after:
        row.active = not after["inactive"]
        row.gone_since = timezone.now() if after["inactive"] else None
    row.status_id = after.get("status_id", row.status_id)
    parts = apart(after.get("fields", {}), to_mirror)
    changed = {str(number): value for number, value in parts.fields.items()}
    row.fields = (row.fields or {}) | changed if held.fields is None else held.fields
    _keep(row, parts)
    _name_again(row)
    row.digest = ""


def _keep(row: HaloAsset, parts: Parts) -> None:
    """Custom fields and properties that were written."""
    if parts.custom_fields:
        written = {str(number): value for number, value in parts.custom_fields.items()}
        row.custom_fields = (row.custom_fields or {}) | written
    for name, value in parts.properties.items():
        if name == "status_id":
            row.status_id = int(value) if value else None
            continue
        row.properties = {**row.properties, name: value}
        setattr(row, _DATES[name], to_date(value))


def _remember_retired(rows: Sequence[HaloAsset], sent: Mapping[int, Intention]) -> None:
    """On every mapping of an asset, whichever console it is of: when we made it inactive, and from what."""
    turned = {row.pk: sent[row.halo_id] for row in rows if "inactive" in sent[row.halo_id].content["after"]}
    if not turned:
        return
    mappings = list(ComputerMapping.objects.select_for_update().filter(halo_asset__in=turned))
    for mapping in mappings:
        content = turned[mapping.halo_asset_id or 0].content
        retired = content["after"]["inactive"]
        mapping.retired_at = timezone.now() if retired else None
        mapping.status_before = content["before"].get("status_id") if retired else None
    ComputerMapping.objects.bulk_update(mappings, ["retired_at", "status_before"])


def _name_again(row: HaloAsset) -> None:
    """Key fields follow from the fields, as they do in Halo."""
    numbers = row.asset_type.key_field_ids if row.asset_type else []
    for attribute, number in zip(("name", "key_field2", "key_field3"), numbers, strict=False):
        value = (row.fields or {}).get(str(number))
        if value:
            setattr(row, attribute, str(value)[:255])
