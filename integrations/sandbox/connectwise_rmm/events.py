"""What a person can make happen in the simulated ConnectWise RMM."""

from __future__ import annotations

import random
from collections.abc import Callable

from integrations.sandbox.connectwise_rmm.world import AsioWorld
from integrations.sandbox.life import NothingFound
from integrations.sandbox.world import Row

LOOK = "HaloBridge sees it at the next sync of a console of the kind ConnectWise RMM."


class AsioEvents:
    """`known` are the events by name; each takes `{"computer"}` and tells what it did."""

    def __init__(self, asio: AsioWorld) -> None:
        self._asio = asio
        self._chance = random.Random()
        self.known: dict[str, Callable[[Row], Row]] = {
            "asio-remove": self._remove,
            "asio-rename": self._rename,
        }

    def _remove(self, asked: Row) -> Row:
        endpoint = self._endpoint(asked)
        del self._asio.endpoints[endpoint["endpointId"]]
        return self._told(endpoint, "has no agent any more")

    def _rename(self, asked: Row) -> Row:
        endpoint = self._endpoint(asked)
        name = str(asked.get("message") or f"{endpoint['hostName'] or 'PC'}-NEW")
        told = self._told(endpoint, f"is now called {name}")
        endpoint["friendlyName"] = endpoint["hostName"] = name
        return told

    def _endpoint(self, asked: Row) -> Row:
        """The one of that name or id, or any."""
        wanted = str(asked.get("computer") or "").strip().casefold()
        if not wanted:
            return self._chance.choice(list(self._asio.endpoints.values()))
        for key, row in self._asio.endpoints.items():
            if wanted in (key, (row["hostName"] or "").strip().casefold()):
                return row
        raise NothingFound(f"ConnectWise RMM has no endpoint {asked['computer']!r}.")

    def _told(self, endpoint: Row, what: str) -> Row:
        name = endpoint["hostName"] or endpoint["endpointId"]
        return {"did": f"ConnectWise RMM: {name} {what}.", "look": LOOK, "computer": endpoint["endpointId"]}
