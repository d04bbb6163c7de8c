"""What the simulated ConnectSecure holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from integrations.sandbox.world import Row


@dataclass
class ConnectSecureWorld:
    """Rows by id as text. Columns that begin with an underscore are never shown."""

    key: ClassVar[str] = "connectsecure"
    companies: dict[str, Row] = field(default_factory=dict)
    assets: dict[str, Row] = field(default_factory=dict)
    fixes: dict[str, Row] = field(default_factory=dict)
    """What is to be remedied: one row for each asset and fix."""
    events: dict[str, Row] = field(default_factory=dict)
    tickets: dict[str, Row] = field(default_factory=dict)
    """ConnectSecure's own, made of its events."""
    ad_audit: dict[str, Row] = field(default_factory=dict)
    entra_audit: dict[str, Row] = field(default_factory=dict)
    last_row: int = 0
    """The last number that an event, ticket, fix or audit entry got."""

    def next_row(self) -> int:
        self.last_row += 1
        return self.last_row
