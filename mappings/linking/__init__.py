"""Pairs are made and taken apart here: companies with clients, computers with assets."""

from mappings.linking.companies import (
    accept_suggestions,
    default_sites,
    map_company,
    set_switches,
    suggest_companies_for,
)
from mappings.linking.computers import edit_computer_mapping, remove_computer_mapping
from mappings.linking.deciding import NothingToDecide, decide, decisions_for
from mappings.linking.found import match_computers_for
from mappings.linking.ignoring import (
    caught_by,
    ignore_computers,
    is_ignored,
    match_again,
    refresh_ignored,
    stop_ignoring,
    why_ignored,
    without_ignored,
)
from mappings.linking.states import ComputerState, computer_state, eligible_computers, with_states

__all__ = [
    "ComputerState",
    "NothingToDecide",
    "accept_suggestions",
    "caught_by",
    "computer_state",
    "decide",
    "decisions_for",
    "default_sites",
    "edit_computer_mapping",
    "eligible_computers",
    "ignore_computers",
    "is_ignored",
    "map_company",
    "match_again",
    "match_computers_for",
    "refresh_ignored",
    "remove_computer_mapping",
    "set_switches",
    "stop_ignoring",
    "suggest_companies_for",
    "why_ignored",
    "with_states",
    "without_ignored",
]
