"""How many computers each client has, by product and asset type: now, at months' ends, around a plan."""

from mappings.counts.months import Month, count_month_end, months_of
from mappings.counts.plans import CountLine, PlanCounts, counts_of_plan
from mappings.counts.today import left_out, present_counts

__all__ = [
    "CountLine",
    "Month",
    "PlanCounts",
    "count_month_end",
    "counts_of_plan",
    "left_out",
    "months_of",
    "present_counts",
]
