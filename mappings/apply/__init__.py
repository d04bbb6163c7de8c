"""Applying a plan: the only place of this floor from which HaloPSA is changed, by the writer it is handed."""

from mappings.apply.run import apply_plan

__all__ = ["apply_plan"]
