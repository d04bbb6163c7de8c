"""Ten thousand agents are read client by client: what is kept of them is their ids."""

from __future__ import annotations

import tracemalloc
from typing import Any

from integrations.connectors.base import ConsoleAccess
from integrations.connectors.tactical_rmm.client import TacticalClient
from integrations.connectors.tactical_rmm.connector import TacticalRmmConnector
from integrations.connectors.turns import AT_ONCE

CLIENTS, AGENTS_EACH = 100, 100
MOST = 6 * 1024 * 1024


class ManyAgents(TacticalClient):
    def fetch_clients(self) -> list[Any]:
        site = {"id": 1, "name": "Main", "agent_count": AGENTS_EACH}
        return [{"id": number, "name": f"Client {number}", "sites": [site]} for number in range(CLIENTS)]

    def fetch_agents(self, client_id: str) -> list[Any]:
        """Each with a text as long as all the fields that we do not read."""
        return [
            {"agent_id": f"{client_id:0>20}{number:0>20}", "hostname": "PC", "rest": "x" * 1500 + str(number)}
            for number in range(AGENTS_EACH)
        ]


def test_ten_thousand_computers_take_little_memory() -> None:
    access = ConsoleAccess("https://api.msp.example", {"api_key": "key"})
    connector = TacticalRmmConnector(access)
    vars(connector)["_client"] = ManyAgents(access, access.base_url)
    tracemalloc.start()
    try:
        count = sum(1 for _ in connector.fetch_computers())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert count == CLIENTS * AGENTS_EACH
    assert peak < MOST, f"{peak / 2**20:.1f} MiB"


def test_full_records_of_ten_thousand_computers_are_read_by_turns() -> None:
    access = ConsoleAccess("https://api.msp.example", {"api_key": "key", "full_records": "yes"})
    connector, asked = TacticalRmmConnector(access), list[str]()

    class Counting(ManyAgents):
        def fetch_agent(self, agent_id: str) -> Any:
            asked.append(agent_id)
            return {"agent_id": agent_id, "hostname": "PC"}

    vars(connector)["_client"] = Counting(access, access.base_url)
    assert sum(1 for _ in connector.fetch_computers()) == CLIENTS * AGENTS_EACH
    assert len(asked) == AT_ONCE
    assert connector.warnings == ["MAC addresses of 9500 computers: left to the next reads."]
