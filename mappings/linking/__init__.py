"""Pairs are made and taken apart here: companies with clients, computers with assets."""

from mappings.linking.companies import (
    accept_suggestions,
    default_sites,
    map_company,
    set_switches,
    suggest_companies_for,
)
from mappings.linking.computers import edit_computer_mapping, match_computers_for, remove_computer_mapping
from mappings.linking.holding import release
from mappings.linking.states import ComputerState, computer_state, eligible_computers, with_states

__all__ = [
    "ComputerState",
    "accept_suggestions",
    "computer_state",
    "default_sites",
    "edit_computer_mapping",
    "eligible_computers",
    "map_company",
    "match_computers_for",
    "release",
    "remove_computer_mapping",
    "set_switches",
    "suggest_companies_for",
    "with_states",
]
