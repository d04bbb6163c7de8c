"""What a person can make happen in the simulated ConnectWise Automate."""

from __future__ import annotations

import random
from collections.abc import Callable

from integrations.sandbox.connectwise_automate.world import AutomateWorld
from integrations.sandbox.life import NothingFound
from integrations.sandbox.world import Row

LOOK = "HaloBridge sees it at the next sync of a console of the kind ConnectWise Automate."


class AutomateEvents:
    """`known` are the events by name; each takes `{"computer"}` and tells what it did."""

    def __init__(self, automate: AutomateWorld) -> None:
        self._automate = automate
        self._chance = random.Random()
        self.known: dict[str, Callable[[Row], Row]] = {
            "automate-retire": self._retire,
            "automate-move": self._move,
        }

    def _retire(self, asked: Row) -> Row:
        computer = self._computer(asked)
        del self._automate.computers[computer["Id"]]
        return self._told(computer, "is retired")

    def _move(self, asked: Row) -> Row:
        """To the first location of another client."""
        computer = self._computer(asked)
        owner = self._automate.locations[computer["_location"]]["_client"]
        places = [row for row in self._automate.locations.values() if row["_client"] != owner]
        computer["_location"] = places[0]["Id"]
        name = self._automate.clients[places[0]["_client"]]["Name"].strip()
        return self._told(computer, f"now belongs to {name}")

    def _computer(self, asked: Row) -> Row:
        """The one of that name or id, or any."""
        wanted = str(asked.get("computer") or "").strip().casefold()
        if not wanted:
            return self._chance.choice(list(self._automate.computers.values()))
        for number, row in self._automate.computers.items():
            if wanted in (number, row["ComputerName"].strip().casefold()):
                return row
        raise NothingFound(f"ConnectWise Automate has no computer {asked['computer']!r}.")

    def _told(self, computer: Row, what: str) -> Row:
        name = computer["ComputerName"] or computer["Id"]
        return {"did": f"ConnectWise Automate: {name} {what}.", "look": LOOK, "computer": computer["Id"]}
