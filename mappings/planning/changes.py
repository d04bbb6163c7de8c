"""All changes of a plan, computed from the database alone: no network, nothing stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from integrations.models import HaloCredential, Plan
from mappings.planning.existing import changes_of_assets
from mappings.planning.markers import changes_of_markers
from mappings.planning.missing import changes_of_computers
from mappings.planning.moving import changes_of_move
from mappings.planning.offboarding import changes_of_offboard
from mappings.planning.options import read_options
from mappings.planning.rows import (
    ASSET_SHEET,
    ASSET_TYPES,
    COUNTED,
    MOVE,
    OFFBOARD,
    UNDO,
    Change,
    NotPlannable,
)
from mappings.planning.sheets import changes_of_sheet
from mappings.planning.types import changes_of_types
from mappings.planning.undo import changes_of_undo
from mappings.planning.world import Scope, read_world


@dataclass(frozen=True, slots=True)
class Computed:
    """Changes in the order in which they are shown, and counts by action, `unchanged` included.

    `company_unmapped` counts computers that are left out because their company has no client, `ignored`
    those that staff ignore.
    """

    changes: list[Change]
    counts: dict[str, int]

    def with_more(self, more: Iterable[Change]) -> Computed:
        rows = list(more)
        if not rows:
            return self
        counts = Counter(self.counts)
        counts.update(row.action for row in rows)
        return Computed(sorted([*self.changes, *rows], key=lambda row: row.place), dict(counts))


def compute_changes(plan: Plan) -> Computed:
    """Compare what Halo should hold with its mirror. Raises `NotPlannable`.

    The number of statements does not depend on the number of rows, but for one more for each 1,000 rows of
    an imported sheet.
    """
    credential = plan.halo_credential
    if credential is None:
        raise NotPlannable("Choose the HaloPSA credential whose assets are to be planned.")
    counts: Counter[str] = Counter()
    changes = list(_all_changes(plan, credential, counts))
    if plan.kind != ASSET_SHEET:  # those of a sheet stand as its rows do
        changes.sort(key=lambda row: row.place)
    counts.update(row.action for row in changes)
    names = [*(action.value for action in COUNTED), "unchanged", "company_unmapped", "ignored"]
    return Computed(changes, {**dict.fromkeys(names, 0), **counts})


def _all_changes(plan: Plan, credential: HaloCredential, counts: Counter[str]) -> Iterator[Change]:
    others = {
        UNDO: changes_of_undo,
        ASSET_TYPES: changes_of_types,
        ASSET_SHEET: changes_of_sheet,
        MOVE: changes_of_move,
        OFFBOARD: changes_of_offboard,
    }
    if plan.kind in others:
        yield from others[plan.kind](plan, credential, counts)
        return
    options = read_options(plan)
    world = read_world(credential, options.only_fields)
    scope = Scope.of(plan, credential)
    yield from changes_of_assets(world, scope, counts)
    yield from changes_of_markers(world, scope)
    yield from changes_of_computers(world, scope, counts, options)
