"""What applying a plan will cost: calls, seconds, and the fewest calls that it could take at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from typing import Any

from integrations.choices import Action, Purpose
from integrations.models import HaloAssetType, HaloCredential, Instance
from integrations.runs.window import windows_of
from mappings.planning.reads import reads_of

LARGEST_BATCH = 100
PROOF = 2
"""Objects of the batch that proves an instance."""
SECONDS_A_CALL = 1


@dataclass(frozen=True, slots=True)
class Forecast:
    """`lower_bound`: creates and updates in full batches of 100, nothing read, nothing proven first."""

    calls: int
    seconds: int
    lower_bound: int


def forecast(
    credential: HaloCredential, rows: Iterable[tuple[str, dict[str, Any], dict[str, Any]]], tickets: int = 0
) -> Forecast:
    """`rows`: (action, before, after) of the selected changes of assets; `tickets`: how many are about
    tickets, which are read and written singly. Assumes that nothing fails or is switched meanwhile, and that
    what is still to be proven proves true.

    The window is the one that is allowed at present.
    """
    chosen = list(rows)
    types = [after.get("asset_type_id") for action, _, after in chosen if action == Action.CREATE]
    changed = [row[1:] for row in chosen if row[0] in (Action.UPDATE, Action.DEACTIVATE)]
    updates = len(changed)
    marked = types_with_marker(credential)
    in_batches = sum(type_id in marked for type_id in types)
    size = batch_size(credential.instance)
    calls = len(types) - in_batches + _batches(in_batches, size)
    # New assets are sent first, so they prove for the changed ones as well.
    proven = LARGEST_BATCH if not size and in_batches >= PROOF else size
    calls += (reads_of(credential, changed) + _update_writes(updates, proven)) if changed else 0
    calls += 2 * tickets
    window = windows_of([credential.instance])[credential.instance.pk]
    windows = max(0, calls - 1) // window.room(Purpose.ASSETS)
    return Forecast(
        calls=calls,
        seconds=windows * window.seconds + calls * SECONDS_A_CALL,
        lower_bound=ceil(len(types) / LARGEST_BATCH) + ceil(updates / LARGEST_BATCH) + tickets,
    )


def batch_size(instance: Instance) -> int:
    """Objects that go in one call; 0 where this is still to be proven, 1 where it may not or cannot be."""
    return instance.batch_size if instance.batches_allowed else 1


def types_with_marker(credential: HaloCredential) -> frozenset[int]:
    """Halo's ids of the asset types whose assets can carry a bridge reference, so that batches are safe."""
    field_id = credential.instance.marker_field_id
    if field_id is None:
        return frozenset()
    types = HaloAssetType.objects.filter(halo_credential=credential).values_list("halo_id", "field_ids")
    return frozenset(halo_id for halo_id, field_ids in types if field_id in field_ids)


def _batches(objects: int, size: int) -> int:
    """Calls for creates that may go in batches. `size`: 0 unproven, 1 proven not to work."""
    if size:
        return ceil(objects / size)
    proof = min(objects, PROOF)
    return ceil(proof / PROOF) + ceil((objects - proof) / LARGEST_BATCH)


def _update_writes(objects: int, size: int) -> int:
    return ceil(objects / max(1, size))
