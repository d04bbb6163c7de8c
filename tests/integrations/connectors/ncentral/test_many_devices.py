"""A large server is read page by page: memory does not grow with the number of devices."""

from __future__ import annotations

import tracemalloc
from collections.abc import Mapping
from typing import Any

import pytest

from integrations.connectors.base import ConsoleAccess
from integrations.connectors.ncentral.client import NCentralClient
from integrations.connectors.ncentral.connector import NCentralConnector
from integrations.connectors.turns import AT_ONCE

NOTES = "n" * 2000
PROGRAMS = [{"displayname": f"Program {number}"} for number in range(50)]


def peak_of(monkeypatch: pytest.MonkeyPatch, devices: int) -> float:
    """Megabytes at the most while so many devices are read and thrown away."""

    def read(self: NCentralClient, path: str, params: Mapping[str, Any]) -> dict[str, Any]:
        if path.endswith("/assets"):
            return {"data": {"computersystem": {"serialnumber": path[-20:-7]}, "application": PROGRAMS[:]}}
        first = (params["pageNumber"] - 1) * params["pageSize"] + 1
        numbers = range(first, min(first + params["pageSize"], devices + 1))
        rows = [{"deviceId": n, "longName": f"PC-{n}", "description": f"{n}{NOTES}"} for n in numbers]
        return {"data": rows, "totalItems": devices}

    monkeypatch.setattr(NCentralClient, "_read_once", read)
    connector = NCentralConnector(ConsoleAccess("https://ncentral.msp.example", {"token": "marked-secret"}))
    tracemalloc.start()
    try:
        found = sum(record.serial_number is not None for record in connector.fetch_computers())
        assert found == min(devices, AT_ONCE)
        return tracemalloc.get_traced_memory()[1] / 1024**2
    finally:
        tracemalloc.stop()


def test_ten_thousand_devices_take_little_more_than_one_thousand(monkeypatch: pytest.MonkeyPatch) -> None:
    few, many = peak_of(monkeypatch, 1_000), peak_of(monkeypatch, 10_000)

    assert many < few + 4, f"{few:.1f} MB for 1,000 devices, {many:.1f} MB for 10,000"


def test_devices_whose_asset_data_is_known_are_asked_for_by_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def read(self: NCentralClient, path: str, params: Mapping[str, Any]) -> dict[str, Any]:
        if path.endswith("/assets"):
            asked.append(path)
            return {"data": {"computersystem": {"serialnumber": "S1"}}}
        return {"data": [{"deviceId": n, "longName": f"PC-{n}"} for n in range(1, 401)], "totalItems": 400}

    monkeypatch.setattr(NCentralClient, "_read_once", read)
    connector = NCentralConnector(ConsoleAccess("https://ncentral.msp.example", {"token": "marked-secret"}))
    connector.known_hardware = frozenset(str(n) for n in range(2, 401))
    found = list(connector.fetch_computers())

    assert "/api/devices/1/assets" in asked
    assert 1 < len(asked) < 40
    unread = [record for record in found if "serial_number" in record.raw["unread"]]
    assert len(unread) == 400 - len(asked), "what was not asked for keeps what is stored"
