"""What the simulated Datto RMM holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from integrations.sandbox.world import Row


@dataclass
class DattoWorld:
    """The simulated Datto RMM: sites, devices, their audits and alerts, by uid; alerts oldest first."""

    key: ClassVar[str] = "datto_rmm"
    sites: dict[str, Row] = field(default_factory=dict)
    devices: dict[str, Row] = field(default_factory=dict)
    audits: dict[str, Row] = field(default_factory=dict)
    alerts: dict[str, Row] = field(default_factory=dict)

    def site_of(self, device: Row) -> Row:
        return self.sites[device["siteUid"]]

    def alerts_of(self, device: Row) -> list[Row]:
        """Those that are on."""
        return [
            row
            for row in self.alerts.values()
            if not row["resolved"] and row["alertSourceInfo"]["deviceUid"] == device["uid"]
        ]
