"""What the simulated Tactical RMM holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from integrations.sandbox.world import Row


@dataclass
class TacticalWorld:
    """The simulated Tactical RMM: clients, sites and alerts by number, agents by agent id."""

    key: ClassVar[str] = "tactical"
    clients: dict[str, Row] = field(default_factory=dict)
    sites: dict[str, Row] = field(default_factory=dict)
    agents: dict[str, Row] = field(default_factory=dict)
    alerts: dict[str, Row] = field(default_factory=dict)
    last_alert: int = 0
