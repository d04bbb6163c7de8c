"""A large account is read page by page: memory does not grow with the number of devices, calls hardly do."""

from __future__ import annotations

import tracemalloc
from collections.abc import Mapping
from typing import Any

import pytest

from integrations.connectors.base import ConsoleAccess
from integrations.connectors.datto_rmm.client import DEVICES, SITES, DattoRmmClient
from integrations.connectors.datto_rmm.connector import DattoRmmConnector
from integrations.connectors.turns import AT_ONCE

NOTES = "n" * 2000


class Account:
    """Answers reads from memory and counts them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, devices: int) -> None:
        self.devices, self.calls = devices, 0
        monkeypatch.setattr(DattoRmmClient, "_read_once", lambda _, path, params: self.read(path, params))

    def read(self, path: str, params: Mapping[str, Any]) -> dict[str, Any]:
        self.calls += 1
        if path == SITES:
            return {"pageDetails": {"totalCount": 0}, "sites": []}
        if path != DEVICES:
            return {"max": 250, "bios": {"serialNumber": path[-12:]}}
        first = params["page"] * params["max"]
        numbers = range(first, min(first + params["max"], self.devices))
        rows = [{"uid": f"d-{n}", "notes": f"{n}{NOTES}", "lastAuditDate": 1772580000000} for n in numbers]
        return {"pageDetails": {"totalCount": self.devices}, "devices": rows}

    def connector(self, **credentials: str) -> DattoRmmConnector:
        return DattoRmmConnector(ConsoleAccess("https://merlot-api.centrastage.net", credentials))


def peak_of(monkeypatch: pytest.MonkeyPatch, devices: int) -> float:
    """Megabytes at the most while so many devices are read and thrown away."""
    connector = Account(monkeypatch, devices).connector(read_audits="no")
    tracemalloc.start()
    try:
        assert sum(1 for _ in connector.fetch_computers()) == devices
        return tracemalloc.get_traced_memory()[1] / 1024**2
    finally:
        tracemalloc.stop()


def test_ten_thousand_devices_take_little_more_than_one_thousand(monkeypatch: pytest.MonkeyPatch) -> None:
    few, many = peak_of(monkeypatch, 1_000), peak_of(monkeypatch, 10_000)

    assert many < few + 4, f"{few:.1f} MB for 1,000 devices, {many:.1f} MB for 10,000"


def test_ten_thousand_devices_whose_hardware_is_known_take_a_few_hundred_calls(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    account = Account(monkeypatch, 10_000)
    connector = account.connector()
    connector.known_hardware = frozenset(f"d-{n}" for n in range(10_000))

    assert sum(1 for _ in connector.fetch_computers()) == 10_000
    assert 42 < account.calls < 42 + 450


def test_the_first_read_of_ten_thousand_devices_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    account = Account(monkeypatch, 10_000)
    connector = account.connector()
    found = list(connector.fetch_computers())

    assert account.calls == 42 + AT_ONCE
    assert sum(record.serial_number is not None for record in found) == AT_ONCE
    assert connector.warnings == ["Hardware data of 9500 computers: left to the next reads."]
