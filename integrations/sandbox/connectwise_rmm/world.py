"""What the simulated ConnectWise RMM holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from integrations.sandbox.world import Row


@dataclass
class AsioWorld:
    """The simulated ConnectWise RMM: companies and sites by number, endpoints by GUID."""

    key: ClassVar[str] = "connectwise_rmm"
    companies: dict[str, Row] = field(default_factory=dict)
    sites: dict[str, Row] = field(default_factory=dict)
    endpoints: dict[str, Row] = field(default_factory=dict)
