"""What the simulated NinjaOne holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from integrations.sandbox.world import Row


@dataclass
class NinjaOneWorld:
    """The simulated NinjaOne: rows by id as text, alerts that are on by uid, activities oldest first."""

    key: ClassVar[str] = "ninjaone"
    organisations: dict[str, Row] = field(default_factory=dict)
    devices: dict[str, Row] = field(default_factory=dict)
    alerts: dict[str, Row] = field(default_factory=dict)
    activities: list[Row] = field(default_factory=list)
    webhook: Row = field(default_factory=dict)
    """What the API app asked for; empty: nothing."""
    last_activity_id: int = 0
