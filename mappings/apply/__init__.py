"""Applying a plan: the only place of this floor from which HaloPSA is changed, by the writer it is handed."""

from mappings.apply.lost import lost_creates, retry_lost
from mappings.apply.run import apply_plan, has_done_something

__all__ = ["apply_plan", "has_done_something", "lost_creates", "retry_lost"]
