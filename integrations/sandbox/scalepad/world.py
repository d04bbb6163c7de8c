"""What the simulated ScalePad holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from integrations.sandbox.world import Row


@dataclass
class ScalePadWorld:
    """Clients and hardware by id, under the vendor's names; the lifecycle of an asset by its id."""

    key: ClassVar[str] = "scalepad"
    clients: dict[str, Row] = field(default_factory=dict)
    hardware: dict[str, Row] = field(default_factory=dict)
    lifecycles: dict[str, Row] = field(default_factory=dict)
