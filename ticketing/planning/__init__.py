"""Alerts → wanted tickets, notes and closings, stored as intentions. No network."""

from ticketing.planning.baseline import choose_baseline, mark_baseline, mark_baselines
from ticketing.planning.moving import companies_with_open_tickets, rows_of_tickets
from ticketing.planning.tickets import plan_tickets

__all__ = [
    "choose_baseline",
    "companies_with_open_tickets",
    "mark_baseline",
    "mark_baselines",
    "plan_tickets",
    "rows_of_tickets",
]
