"""A large server is read page by page: memory does not grow with the number of computers."""

from __future__ import annotations

import tracemalloc
from typing import Any

import pytest

from integrations.connectors.base import ConsoleAccess
from integrations.connectors.connectwise_automate.client import PAGE_SIZE, AutomateClient
from integrations.connectors.connectwise_automate.connector import ConnectWiseAutomateConnector

NOTES = "n" * 2000


def peak_of(monkeypatch: pytest.MonkeyPatch, computers: int) -> float:
    """Megabytes at the most while so many computers are read and thrown away."""

    def read(self: AutomateClient, path: str, what: str, number: int) -> list[dict[str, Any]]:
        first = (number - 1) * PAGE_SIZE + 1
        numbers = range(first, min(first + PAGE_SIZE, computers + 1))
        return [{"Id": str(n), "ComputerName": f"PC-{n}", "Comment": f"{n}{NOTES}"} for n in numbers]

    monkeypatch.setattr(AutomateClient, "_page", read)
    connector = ConnectWiseAutomateConnector(ConsoleAccess(base_url="https://msp.hostedrmm.com"))
    tracemalloc.start()
    try:
        assert sum(1 for _ in connector.fetch_computers()) == computers
        return tracemalloc.get_traced_memory()[1] / 1024**2
    finally:
        tracemalloc.stop()


def test_ten_thousand_computers_take_little_more_than_one_thousand(monkeypatch: pytest.MonkeyPatch) -> None:
    few, many = peak_of(monkeypatch, 1_000), peak_of(monkeypatch, 10_000)

    assert many < few + 4, f"{few:.1f} MB for 1,000 computers, {many:.1f} MB for 10,000"
