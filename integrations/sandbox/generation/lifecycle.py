"""When the assets were bought, how long their warranty lasts, and what people have noted about their life."""

from __future__ import annotations

import random

from integrations.sandbox.moments import later
from integrations.sandbox.world import HaloWorld

STAGE, DISPOSAL, ENCRYPTED = 311, 312, 313
IN_USE, TO_REPLACE, DISPOSED = 1, 2, 3
TERMS = (365, 1095, 1095, 1095, 1825)
"""Days that a warranty lasts; three years are usual."""


def add_lifecycle(halo: HaloWorld, chance: random.Random, now: str) -> None:
    """Half of the assets have an end of warranty already: most of those get a start and a day of purchase.

    Of the others a few are known to have been bought, long ago.
    """
    for row in halo.assets.values():
        if row["warranty_end"] is not None:
            begins = later(row["warranty_end"], days=-chance.choice(TERMS))
            row["warranty_start"] = begins if chance.random() < 0.8 else None
            bought = later(begins, days=-chance.randrange(0, 21))
            row["supplier_purchasedate"] = bought if chance.random() < 0.7 else None
        elif chance.random() < 0.3:
            row["supplier_purchasedate"] = later(now, days=-chance.randrange(1500, 3000))
        stage = DISPOSED if row["inactive"] else chance.choice([IN_USE, IN_USE, IN_USE, TO_REPLACE])
        row["customfields"][STAGE] = stage
        row["customfields"][ENCRYPTED] = chance.random() < 0.6
        if stage == DISPOSED:
            row["customfields"][DISPOSAL] = f"{later(now, days=-chance.randrange(1, 400))[:10]}T00:00:00"
