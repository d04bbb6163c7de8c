"""The bridge reference of an asset that staff took apart from its computer: it is cleared, by a plan."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef

from integrations.choices import Action, IntentionKind
from integrations.ingest.batches import batches
from integrations.models import Intention
from mappings.models import ComputerMapping, RefusedPair
from mappings.planning.rows import Change, subject_of
from mappings.planning.world import Scope, World

REASON = "Its mapping was removed: the bridge reference that we wrote is cleared, all else stays."


def changes_of_markers(world: World, scope: Scope) -> Iterator[Change]:
    """One for each asset that stands for no computer any more and still carries a reference of ours."""
    field_id = world.known.marker_field_id
    if field_id is None:
        return
    target = world.known.targets.get(str(field_id))
    name = target.name if target else "Bridge reference"
    seen: set[int] = set()
    for batch in batches(_pairs(scope)):
        marked = [(row, str((row[2] or {}).get(str(field_id)) or "")) for row in batch]
        ours = _ours({marker for _, marker in marked if marker})
        for (pair, halo_id, _, computer, company), marker in marked:
            if marker not in ours or halo_id in seen:
                continue
            seen.add(halo_id)
            yield Change(
                Action.UPDATE.value,
                subject_of(computer, company or ""),
                "refused_pair",
                pair,
                {"halo_id": halo_id, "fields": {str(field_id): {"name": name, "value": marker}}},
                {"fields": {str(field_id): {"name": name, "value": ""}}},
                REASON,
            )


def _pairs(scope: Scope) -> Iterator[tuple[int, int, dict[str, str] | None, str, str | None]]:
    in_use = ComputerMapping.objects.filter(halo_asset=OuterRef("halo_asset"))
    rows = RefusedPair.objects.filter(
        ~Exists(in_use),
        computer__in=scope.computers(),
        halo_asset__halo_credential=scope.credential,
        halo_asset__active=True,
    ).order_by("pk")
    columns = ("pk", "halo_asset__halo_id", "halo_asset__fields", "computer__name", "computer__company__name")
    yield from rows.values_list(*columns).iterator(chunk_size=2000)


def _ours(markers: set[str]) -> set[str]:
    """A reference that somebody else wrote into that field is not ours to clear."""
    sent = Intention.objects.filter(kind=IntentionKind.CREATE_ASSET, marker__in=markers)
    return set(sent.values_list("marker", flat=True)) if markers else set()
