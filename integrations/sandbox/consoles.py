"""The simulated consoles beside MSP360, in the order in which they are shown."""

from __future__ import annotations

from datetime import datetime

from integrations.sandbox.connectsecure.console import ConnectSecureApplication
from integrations.sandbox.connectwise_automate.console import AutomateApplication
from integrations.sandbox.connectwise_rmm.console import AsioApplication
from integrations.sandbox.datto_rmm.console import DattoApplication
from integrations.sandbox.itglue.console import ITGlueApplication
from integrations.sandbox.moments import stamp
from integrations.sandbox.ncentral.console import NCentralApplication
from integrations.sandbox.ninjaone.console import NinjaOneApplication
from integrations.sandbox.scalepad.console import ScalePadApplication
from integrations.sandbox.simulated import Simulated
from integrations.sandbox.tactical_rmm.console import TacticalApplication
from integrations.sandbox.world import World

CONSOLES: tuple[type[Simulated], ...] = (
    NinjaOneApplication,
    TacticalApplication,
    NCentralApplication,
    ITGlueApplication,
    ScalePadApplication,
    DattoApplication,
    AsioApplication,
    AutomateApplication,
    ConnectSecureApplication,
)


def complete(world: World, now: datetime) -> None:
    """Add what the consoles hold at first; a world saved by an older sandbox lacks the newer ones."""
    for console in CONSOLES:
        console.fill(world, stamp(now))
