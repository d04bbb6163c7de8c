"""How the simulated Tactical RMM can be made awkward."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class TacticalSwitches:
    tactical_webhook_url: str = ""
    """Where the action of its alert template posts."""
    tactical_key_refused: bool = False
    """The key has expired or was deleted."""
    tactical_old_times: bool = False
    """Some times as servers before 2022 wrote them."""
    tactical_cut_agents: int = 0
    """Above 0: each list of agents breaks off after so many, as if nothing were wrong."""
    tactical_cut_alerts: int = 0
