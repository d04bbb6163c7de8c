"""Pairs are made and taken apart here: companies with clients, computers with assets."""

from mappings.linking.companies import computers_of, confirm_name, map_company, unmap_company
from mappings.linking.company_states import (
    CompanyState,
    companies_of,
    exact_suggestions,
    with_company_state,
)
from mappings.linking.computers import edit_computer_mapping, match_computers_for, remove_computer_mapping
from mappings.linking.default_sites import default_sites
from mappings.linking.ignoring import ignore_companies, unignore_companies
from mappings.linking.importing import (
    Imported,
    import_clients,
    importable_clients,
    matching_clients,
    takes_imports,
)
from mappings.linking.locations import map_locations, suggest_sites
from mappings.linking.newcomers import dismiss_todos, open_todos
from mappings.linking.states import ComputerState, computer_state, eligible_computers, with_states
from mappings.linking.suggestions import accept_suggestions, suggest_companies_for
from mappings.linking.switches import SWITCHES, set_switches, set_switches_of

__all__ = [
    "SWITCHES",
    "CompanyState",
    "ComputerState",
    "Imported",
    "accept_suggestions",
    "companies_of",
    "computer_state",
    "computers_of",
    "confirm_name",
    "default_sites",
    "dismiss_todos",
    "edit_computer_mapping",
    "eligible_computers",
    "exact_suggestions",
    "ignore_companies",
    "import_clients",
    "importable_clients",
    "map_company",
    "map_locations",
    "match_computers_for",
    "matching_clients",
    "open_todos",
    "remove_computer_mapping",
    "set_switches",
    "set_switches_of",
    "suggest_companies_for",
    "suggest_sites",
    "takes_imports",
    "unignore_companies",
    "unmap_company",
    "with_company_state",
    "with_states",
]
