"""Alerts → wanted tickets, notes and closings, stored as intentions. No network."""

from ticketing.planning.baseline import choose_baseline, mark_baseline
from ticketing.planning.tickets import plan_tickets

__all__ = ["choose_baseline", "mark_baseline", "plan_tickets"]
