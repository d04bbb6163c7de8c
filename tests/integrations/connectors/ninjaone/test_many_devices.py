"""A large account is read page by page: memory does not grow with the number of devices."""

from __future__ import annotations

import tracemalloc
from collections.abc import Mapping
from typing import Any

import pytest

from integrations.connectors.base import ConsoleAccess
from integrations.connectors.ninjaone.client import NinjaOneClient
from integrations.connectors.ninjaone.connector import NinjaOneConnector

NOTES = "n" * 2000


def peak_of(monkeypatch: pytest.MonkeyPatch, devices: int) -> float:
    """Megabytes at the most while so many devices are read and thrown away."""

    def read(self: NinjaOneClient, path: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
        first = int(params["after"] or 0) + 1
        numbers = range(first, min(first + params["pageSize"], devices + 1))
        return [
            {"id": n, "displayName": f"PC-{n}", "nodeClass": "MAC", "notes": f"{n}{NOTES}"} for n in numbers
        ]

    monkeypatch.setattr(NinjaOneClient, "_read", read)
    connector = NinjaOneConnector(ConsoleAccess(base_url="https://eu.ninjarmm.com"))
    tracemalloc.start()
    try:
        assert sum(1 for _ in connector.fetch_computers()) == devices
        return tracemalloc.get_traced_memory()[1] / 1024**2
    finally:
        tracemalloc.stop()


def test_ten_thousand_devices_take_little_more_than_one_thousand(monkeypatch: pytest.MonkeyPatch) -> None:
    few, many = peak_of(monkeypatch, 1_000), peak_of(monkeypatch, 10_000)

    assert many < few + 4, f"{few:.1f} MB for 1,000 devices, {many:.1f} MB for 10,000"
