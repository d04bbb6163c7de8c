"""Which computer is which Halo asset. Pure: no database, no network."""

from mappings.matching.keys import (
    STEP_NAMES,
    AssetKeys,
    ComputerKeys,
    Ignored,
    Key,
    Step,
    host_key,
    link_key,
    mac_key,
    serial_key,
    shown,
)
from mappings.matching.matcher import Holder, Side, match_computers, match_consoles
from mappings.matching.results import MOST_NAMED, Ambiguous, Doubt, Match, MatchResult
from mappings.matching.twins import first_of_twins

__all__ = [
    "MOST_NAMED",
    "STEP_NAMES",
    "Ambiguous",
    "AssetKeys",
    "ComputerKeys",
    "Doubt",
    "Holder",
    "Ignored",
    "Key",
    "Match",
    "MatchResult",
    "Side",
    "Step",
    "first_of_twins",
    "host_key",
    "link_key",
    "mac_key",
    "match_computers",
    "match_consoles",
    "serial_key",
    "shown",
]
