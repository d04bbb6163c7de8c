"""How the simulated NinjaOne can be made awkward."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class NinjaOneSwitches:
    ninjaone_token_seconds: int = 3600
    ninjaone_iso_times: bool = False
    """Times are ISO text in place of epoch seconds."""
    ninjaone_detailed_codes: bool = False
    """TRIGGERED and RESET stand in `status`, and `statusCode` holds what the condition is about."""
    ninjaone_most_rows: int = 1000
    """Larger pages are cut silently."""
