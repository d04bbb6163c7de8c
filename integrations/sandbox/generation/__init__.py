"""The world as it is at first: the same seed makes the same world, placed in time around `now`."""

from __future__ import annotations

import random
from datetime import datetime

from integrations.sandbox.generation.assets import add_assets
from integrations.sandbox.generation.clients import add_clients
from integrations.sandbox.generation.computers import add_computers
from integrations.sandbox.generation.lifecycle import add_lifecycle
from integrations.sandbox.generation.plans import add_plans
from integrations.sandbox.generation.settings import add_settings
from integrations.sandbox.generation.software import add_licences, add_software
from integrations.sandbox.generation.tickets import add_tickets
from integrations.sandbox.moments import stamp
from integrations.sandbox.msp360.alerts import add_alerts
from integrations.sandbox.world import World


def make_world(seed: int, now: datetime) -> World:
    """Settings of the Halo, companies on both sides, computers, assets for some of them, plans, tickets."""
    world = World(seed=seed)
    chance = random.Random(seed)
    moment = stamp(now)
    add_settings(world.halo)
    pairs = add_clients(world, chance, moment)
    add_computers(world.console, chance, moment)
    add_assets(world, chance, moment, pairs)
    add_plans(world.console, chance, moment)
    add_tickets(world.halo, chance, moment)
    # Numbers of their own: what is added here leaves all the rest as it was.
    own_chance = random.Random(f"{seed}/lifecycle")
    add_lifecycle(world.halo, own_chance, moment)
    add_licences(world.halo, own_chance, moment)
    add_software(world.halo, own_chance, moment)
    add_alerts(world.console, random.Random(f"{seed}/msp360"), moment)
    return world
