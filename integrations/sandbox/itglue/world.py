"""What the simulated IT Glue holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from integrations.sandbox.world import Row


@dataclass
class ITGlueWorld:
    """Attributes of organisations, locations and configurations by id, under the vendor's names."""

    key: ClassVar[str] = "itglue"
    organizations: dict[str, Row] = field(default_factory=dict)
    locations: dict[str, Row] = field(default_factory=dict)
    configurations: dict[str, Row] = field(default_factory=dict)
