"""What a person can make happen in the simulated ScalePad."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta

from integrations.sandbox.clock import Clock
from integrations.sandbox.events import LOOK_SYNC
from integrations.sandbox.life import NothingFound
from integrations.sandbox.scalepad.world import ScalePadWorld
from integrations.sandbox.world import Row

YEAR = timedelta(days=365)


class ScalePadEvents:
    """`known` are the events by name; each takes `{"computer"}` and tells what it did."""

    def __init__(self, pad: ScalePadWorld, clock: Clock, chance: random.Random) -> None:
        self._pad = pad
        self._clock = clock
        self._chance = chance
        self.known: dict[str, Callable[[Row], Row]] = {
            "scalepad-remove": self._remove,
            "scalepad-warranty": self._extend,
        }

    def _remove(self, asked: Row) -> Row:
        row = self._asset(asked)
        del self._pad.hardware[row["id"]]
        self._pad.lifecycles.pop(row["id"], None)
        return self._told(row, "has left the list")

    def _extend(self, asked: Row) -> Row:
        """By a year from its end, or from today where none was known."""
        row = self._asset(asked)
        lifecycle = self._pad.lifecycles.get(row["id"])
        if lifecycle is None:
            raise NothingFound(
                f"ScalePad knows no serial number of {row['name']!r}, so it finds no warranty."
            )
        ends = lifecycle["warranty_expiry_date"]
        begins = date.fromisoformat(ends) if ends else self._clock.now().date()
        lifecycle["warranty_expiry_date"] = (begins + YEAR).isoformat()
        return self._told(row, f"has warranty until {lifecycle['warranty_expiry_date']}")

    def _asset(self, asked: Row) -> Row:
        """The one of that id, name or serial number, or any."""
        wanted = str(asked.get("computer") or "").strip().casefold()
        rows = list(self._pad.hardware.values())
        if not wanted:
            return self._chance.choice([row for row in rows if row["id"] in self._pad.lifecycles])
        for row in rows:
            names = (row["id"], row["name"] or "", row["serial_number"] or "")
            if wanted in {name.strip().casefold() for name in names}:
                return row
        raise NothingFound(f"ScalePad has no hardware asset {asked['computer']!r}.")

    def _told(self, row: Row, what: str) -> Row:
        return {"did": f"ScalePad: {row['name']} {what}.", "look": LOOK_SYNC, "asset": row["id"]}
