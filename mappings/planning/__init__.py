"""Plans [previews] of assets: what Halo should hold against what it holds. Only computes."""

from mappings.planning.again import can_be_made_again, make_again
from mappings.planning.applying import NOT_THAT_ONE, apply_as_seen, can_be_applied, request_apply
from mappings.planning.being_applied import run_that_applies
from mappings.planning.changes import Computed, compute_changes
from mappings.planning.chosen import choose, clients_of, computers_of, name_computers, rows_to_choose_for
from mappings.planning.existing import GRACE
from mappings.planning.forecast import Forecast, forecast, types_with_marker
from mappings.planning.moving import Move, new_move, read_move
from mappings.planning.narrowing import TICKS, Narrowing, companies_of, left_to_staff, of_company
from mappings.planning.offboarding import new_offboard, read_offboard
from mappings.planning.plans import (
    checksum,
    credentials_for,
    new_plan,
    new_undo,
    plan_assets,
    store,
    sum_of,
    verify,
)
from mappings.planning.rows import (
    ASSET_SHEET,
    ASSET_TYPES,
    ASSETS,
    COMPANY_MAPPING,
    COMPUTER_MAPPING,
    LOCATIONS,
    MOVE,
    OFFBOARD,
    TICKET,
    UNDO,
    WRITES,
    Change,
    NotPlannable,
)
from mappings.planning.tags import HOST, NEXT, TAG_CHOICES, TEMPLATE, template_problem
from mappings.planning.ticking import take_ticks, tick
from mappings.planning.types import new_types
from mappings.planning.undo import writes_of
from mappings.planning.ways import ways

__all__ = [
    "ASSETS",
    "ASSET_SHEET",
    "ASSET_TYPES",
    "COMPANY_MAPPING",
    "COMPUTER_MAPPING",
    "GRACE",
    "HOST",
    "LOCATIONS",
    "MOVE",
    "NEXT",
    "NOT_THAT_ONE",
    "OFFBOARD",
    "TAG_CHOICES",
    "TEMPLATE",
    "TICKET",
    "TICKS",
    "UNDO",
    "WRITES",
    "Change",
    "Computed",
    "Forecast",
    "Move",
    "Narrowing",
    "NotPlannable",
    "apply_as_seen",
    "can_be_applied",
    "can_be_made_again",
    "checksum",
    "choose",
    "clients_of",
    "companies_of",
    "compute_changes",
    "computers_of",
    "credentials_for",
    "forecast",
    "left_to_staff",
    "make_again",
    "name_computers",
    "new_move",
    "new_offboard",
    "new_plan",
    "new_types",
    "new_undo",
    "of_company",
    "plan_assets",
    "read_move",
    "read_offboard",
    "request_apply",
    "rows_to_choose_for",
    "run_that_applies",
    "store",
    "sum_of",
    "take_ticks",
    "template_problem",
    "tick",
    "types_with_marker",
    "verify",
    "ways",
    "writes_of",
]
