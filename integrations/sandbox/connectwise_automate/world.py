"""What the simulated ConnectWise Automate holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from integrations.sandbox.world import Row


@dataclass
class AutomateWorld:
    """The simulated ConnectWise Automate: rows by their id as text."""

    key: ClassVar[str] = "connectwise_automate"
    clients: dict[str, Row] = field(default_factory=dict)
    locations: dict[str, Row] = field(default_factory=dict)
    computers: dict[str, Row] = field(default_factory=dict)
