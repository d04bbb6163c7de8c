"""Computers and assets: matching all of them, changing one pair, taking one apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from integrations.models import (
    Computer,
    Console,
    HaloAsset,
    HaloAssetType,
    HaloCredential,
    HaloField,
    HaloSite,
)
from mappings.attributes import COLUMNS, ComputerFacts, KeyFields
from mappings.linking.states import eligible_computers
from mappings.matching import AssetKeys, Match, MatchResult, match_computers
from mappings.models import CompanyMapping, ComputerMapping, FieldMapping, MappingOrigin, RefusedPair

ROWS = 1000


# ---- matching -------------------------------------------------------------------------------


def match_computers_for(credential: HaloCredential, console: Console | None = None) -> dict[str, int]:
    """Link every unmapped, eligible computer of a mapped company with the one asset that fits it.

    Returns counts: `linked`, `ambiguous`, `unmatched`. A second call finds nothing to do and writes nothing.
    """
    results = find_matches(credential, eligible_computers(credential, console))
    counts = {"linked": 0, "ambiguous": 0, "unmatched": 0}
    for console_id, (result, computers) in results.items():
        linked = _link(credential, console_id, result.matches)
        counts["linked"] += linked
        counts["ambiguous"] += len(result.ambiguous)
        counts["unmatched"] += computers - len(result.ambiguous) - linked
    return counts


def find_matches(credential: HaloCredential, among: QuerySet[Computer]) -> dict[int, tuple[MatchResult, int]]:
    """Per console: what fits the unmapped ones of these computers, and how many they are. Reads only."""
    clients = _clients_of_companies(credential)
    by_console: dict[int, list[ComputerFacts]] = defaultdict(list)
    unmapped = among.exclude(mappings__halo_credential=credential)
    for row in unmapped.values_list(*COLUMNS).iterator(chunk_size=2000):
        facts = ComputerFacts(*row)
        by_console[facts.console_id].append(facts)
    if not by_console:
        return {}
    assets = list(_asset_keys(credential))
    refused = frozenset(
        RefusedPair.objects.filter(halo_asset__halo_credential=credential).values_list(
            "computer_id", "halo_asset_id"
        )
    )
    taken = _taken(credential)
    return {
        console_id: (
            match_computers(
                [facts.keys(clients[facts.company_id]) for facts in rows if facts.company_id in clients],
                assets,
                refused,
                taken[console_id],
            ),
            len(rows),
        )
        for console_id, rows in by_console.items()
    }


def _clients_of_companies(credential: HaloCredential) -> dict[int | None, int]:
    pairs = CompanyMapping.objects.filter(halo_credential=credential)
    return dict(pairs.values_list("company_id", "halo_client_id"))


def _taken(credential: HaloCredential) -> dict[int, set[int]]:
    """Console → assets that stand for one of its computers already."""
    taken: dict[int, set[int]] = defaultdict(set)
    mapped = ComputerMapping.objects.filter(halo_credential=credential, halo_asset__isnull=False)
    for console_id, asset_id in mapped.values_list("console_id", "halo_asset_id"):
        taken[console_id].add(asset_id)
    return taken


def _asset_keys(credential: HaloCredential) -> Iterator[AssetKeys]:
    """Keys of the active assets of all mapped clients."""
    named = HaloField.objects.filter(halo_credential=credential, kind="asset").values_list("halo_id", "name")
    mapped = FieldMapping.objects.filter(halo_credential=credential).values_list("field_id", "attribute")
    key_fields = KeyFields(named, mapped)
    types = dict(HaloAssetType.objects.filter(halo_credential=credential).values_list("pk", "key_field_ids"))
    mapped_clients = CompanyMapping.objects.filter(halo_credential=credential).values("halo_client_id")
    rows = HaloAsset.objects.filter(
        halo_credential=credential, active=True, client_id__in=mapped_clients
    ).values_list("pk", "client_id", "asset_type_id", "name", "key_field2", "key_field3", "fields")
    for pk, client_id, type_id, name, second, third, fields in rows.iterator(chunk_size=2000):
        yield key_fields.keys_of(
            pk,
            client_id,
            fields=fields,
            key_values=(name, second, third),
            key_field_ids=types.get(type_id) or (),
        )


def _link(credential: HaloCredential, console_id: int, matches: Iterable[Match]) -> int:
    """Store the pairs; one that somebody else made meanwhile stays. Returns how many are new."""
    stamp = timezone.now()
    rows = [
        ComputerMapping(
            computer_id=match.computer_id,
            console_id=console_id,
            halo_credential=credential,
            halo_asset_id=match.asset_id,
            origin=MappingOrigin.MATCHED,
            reason=match.reason[:255],
            mapped_at=stamp,
        )
        for match in matches
    ]
    if not rows:
        return 0
    # Unique constraints decide every race; whoever comes second changes nothing.
    ComputerMapping.objects.bulk_create(rows, batch_size=ROWS, ignore_conflicts=True)
    return ComputerMapping.objects.filter(
        halo_credential=credential, console_id=console_id, mapped_at=stamp, origin=MappingOrigin.MATCHED
    ).count()


# ---- one pair -------------------------------------------------------------------------------


def edit_computer_mapping(
    computer: Computer,
    credential: HaloCredential,
    *,
    halo_asset: HaloAsset | None = None,
    halo_site: HaloSite | None = None,
    asset_type: int | None = None,
    staff: Any = None,
) -> ComputerMapping:
    """Choose by hand: this asset, or (without one) export to this site with this asset type (Halo's id).

    An asset that was there keeps its own site and type. Another asset that the computer had is remembered
    as refused. Raises `ValidationError` with a sentence per field.
    """
    _check_edit(computer, credential, halo_asset, halo_site, asset_type)
    with transaction.atomic():
        mapping = ComputerMapping.objects.filter(computer=computer, halo_credential=credential).first()
        mapping = mapping or ComputerMapping(computer=computer, halo_credential=credential)
        if mapping.halo_asset_id and mapping.halo_asset_id != getattr(halo_asset, "pk", None):
            _refuse(computer, mapping.halo_asset_id, staff)
        if mapping.halo_asset_id != getattr(halo_asset, "pk", None) or mapping.pk is None:
            mapping.created_by_us, mapping.retired_at, mapping.status_before = False, None, None
        if halo_asset is not None:
            RefusedPair.objects.filter(computer=computer, halo_asset=halo_asset).delete()
        mapping.halo_asset, mapping.halo_site, mapping.asset_type = halo_asset, halo_site, asset_type
        mapping.origin, mapping.reason = MappingOrigin.CHOSEN, "Chosen by hand."
        mapping.mapped_at, mapping.mapped_by = timezone.now(), staff
        mapping.save()
    return mapping


def _check_edit(
    computer: Computer,
    credential: HaloCredential,
    asset: HaloAsset | None,
    site: HaloSite | None,
    asset_type: int | None,
) -> None:
    pair = None
    if computer.company_id is not None:
        pairs = CompanyMapping.objects.filter(company_id=computer.company_id, halo_credential=credential)
        pair = pairs.first()
    if pair is None:
        company = computer.company or "of this computer"
        raise ValidationError(
            {"computer": f"The company {company} is not mapped; only computers of mapped companies can be."}
        )
    problems: dict[str, str] = {}
    if asset is not None and (words := _problem_with_asset(computer, asset, pair)):
        problems["halo_asset"] = words
    if site is not None and site.client_id != pair.halo_client_id:
        problems["halo_site"] = f"This site is not one of the client {pair.halo_client}."
    types = HaloAssetType.objects.filter(halo_credential=credential, active=True)
    if asset_type is not None and not types.filter(halo_id=asset_type).exists():
        problems["asset_type"] = f"HaloPSA has no asset type {asset_type}."
    if problems:
        raise ValidationError(problems)


def _problem_with_asset(computer: Computer, asset: HaloAsset, pair: CompanyMapping) -> str:
    if asset.client_id != pair.halo_client_id:
        return f"This asset is not one of the client {pair.halo_client}."
    if not asset.active:
        return "This asset is inactive in HaloPSA."
    other = (
        ComputerMapping.objects.filter(halo_asset=asset, console_id=computer.console_id)
        .exclude(computer=computer)
        .select_related("computer")
        .first()
    )
    return f"This asset already stands for the computer {other.computer}." if other else ""


def _refuse(computer: Computer, asset_id: int, staff: Any) -> RefusedPair:
    pair, _ = RefusedPair.objects.get_or_create(
        computer=computer, halo_asset_id=asset_id, defaults={"refused_by": staff}
    )
    return pair


def remove_computer_mapping(mapping: ComputerMapping, staff: Any = None) -> RefusedPair | None:
    """Take a pair apart and remember it as refused: it is not matched again. The asset stays as it is."""
    with transaction.atomic():
        asset_id = mapping.halo_asset_id
        pair = _refuse(mapping.computer, asset_id, staff) if asset_id is not None else None
        mapping.delete()
    return pair
