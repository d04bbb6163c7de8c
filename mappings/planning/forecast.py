"""What applying a plan will cost: calls, seconds, and the fewest calls that it could take at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from typing import Any

from integrations.choices import Action, Purpose
from integrations.models import HaloAssetType, HaloCredential, Instance
from integrations.runs.window import windows_of

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
    credential: HaloCredential, rows: Iterable[tuple[str, dict[str, Any]]], tickets: int = 0
) -> Forecast:
    """`rows`: (action, after) of the selected changes of assets; `tickets`: how many are about tickets, which
    are read and written singly. Assumes that nothing fails or is switched meanwhile.

    An update is read before it is written: counted as one read each, although list pages may save some.
    The window is the one that is allowed at present.
    """
    chosen = [(action, after.get("asset_type_id")) for action, after in rows]
    types = [type_id for action, type_id in chosen if action == Action.CREATE]
    updates = sum(action in (Action.UPDATE, Action.DEACTIVATE) for action, _ in chosen)
    marked = types_with_marker(credential)
    in_batches = sum(type_id in marked for type_id in types)
    size = batch_size(credential.instance)
    calls = len(types) - in_batches + _batches(in_batches, size) + updates + _update_writes(updates, size)
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
