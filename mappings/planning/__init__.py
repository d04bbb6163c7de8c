"""Plans [previews] of assets: what Halo should hold against what it holds. Only computes."""

from mappings.planning.changes import Computed, compute_changes
from mappings.planning.existing import GRACE
from mappings.planning.forecast import Forecast, forecast, types_with_marker
from mappings.planning.plans import checksum, credentials_for, new_plan, plan_assets, tick, verify
from mappings.planning.rows import ASSETS, UNDO, WRITES, Change, NotPlannable
from mappings.planning.ways import ways

__all__ = [
    "ASSETS",
    "GRACE",
    "UNDO",
    "WRITES",
    "Change",
    "Computed",
    "Forecast",
    "NotPlannable",
    "checksum",
    "compute_changes",
    "credentials_for",
    "forecast",
    "new_plan",
    "plan_assets",
    "tick",
    "types_with_marker",
    "verify",
    "ways",
]
