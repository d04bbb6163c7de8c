"""Pairs are made and taken apart here: companies with clients, computers with assets."""

from mappings.linking.archiving import archive, bring_back
from mappings.linking.attached import NEEDS_PREVIEW, Above, attached_companies, is_elsewhere, nothing_above
from mappings.linking.companies import check_pair, confirm_name, map_company
from mappings.linking.company_states import (
    CompanyState,
    companies_of,
    exact_suggestions,
    in_state,
    with_company_state,
)
from mappings.linking.computers import (
    edit_computer_mapping,
    raise_edit_problems,
    remove_computer_mapping,
)
from mappings.linking.deciding import NothingToDecide, decide, decisions_for
from mappings.linking.deciding_many import Outcome, decide_many
from mappings.linking.default_sites import default_sites
from mappings.linking.found import match_computers_for
from mappings.linking.holding import release
from mappings.linking.ignored_companies import ignore_companies, unignore_companies
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
from mappings.linking.importing import (
    Imported,
    import_clients,
    importable_clients,
    importing_kinds,
    matching_clients,
    takes_imports,
)
from mappings.linking.locations import map_locations, suggest_sites
from mappings.linking.newcomers import dismiss_todos, open_todos
from mappings.linking.products import set_default_types
from mappings.linking.states import (
    ComputerState,
    computer_state,
    eligible_computers,
    in_computer_state,
    with_states,
)
from mappings.linking.suggestions import accept_suggestions, suggest_companies_for
from mappings.linking.switches import SWITCHES, set_switches, set_switches_of
from mappings.linking.unmapping import Removed, computers_of, unmap_companies, unmap_company

__all__ = [
    "NEEDS_PREVIEW",
    "SWITCHES",
    "Above",
    "CompanyState",
    "ComputerState",
    "Imported",
    "NothingToDecide",
    "Outcome",
    "Removed",
    "accept_suggestions",
    "archive",
    "attached_companies",
    "bring_back",
    "caught_by",
    "check_pair",
    "companies_of",
    "computer_state",
    "computers_of",
    "confirm_name",
    "decide",
    "decide_many",
    "decisions_for",
    "default_sites",
    "dismiss_todos",
    "edit_computer_mapping",
    "eligible_computers",
    "exact_suggestions",
    "ignore_companies",
    "ignore_computers",
    "import_clients",
    "importable_clients",
    "importing_kinds",
    "in_computer_state",
    "in_state",
    "is_elsewhere",
    "is_ignored",
    "map_company",
    "map_locations",
    "match_again",
    "match_computers_for",
    "matching_clients",
    "nothing_above",
    "open_todos",
    "raise_edit_problems",
    "refresh_ignored",
    "release",
    "remove_computer_mapping",
    "set_default_types",
    "set_switches",
    "set_switches_of",
    "stop_ignoring",
    "suggest_companies_for",
    "suggest_sites",
    "takes_imports",
    "unignore_companies",
    "unmap_companies",
    "unmap_company",
    "why_ignored",
    "with_company_state",
    "with_states",
    "without_ignored",
]
