"""Ten thousand endpoints are read company by company: what is kept of them is their ids."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from integrations.connectors.base import ConsoleAccess
from integrations.connectors.connectwise_rmm.client import AsioClient
from integrations.connectors.connectwise_rmm.connector import ConnectWiseRmmConnector

COMPANIES = 20
NOTES = "n" * 2000


def peak_of(monkeypatch: pytest.MonkeyPatch, endpoints: int) -> float:
    """Megabytes at the most while so many endpoints are read and thrown away."""
    each = endpoints // COMPANIES

    def fetch_companies(self: AsioClient) -> list[dict[str, Any]]:
        return [{"id": str(number), "name": f"Company {number}"} for number in range(COMPANIES)]

    def fetch_devices(self: AsioClient, company_ids: Sequence[str]) -> Iterator[list[dict[str, Any]]]:
        (company,) = company_ids
        yield [
            {"endpointId": f"{company}-{n}", "hostName": "PC", "notes": f"{n}{NOTES}"} for n in range(each)
        ]

    monkeypatch.setattr(AsioClient, "fetch_companies", fetch_companies)
    monkeypatch.setattr(AsioClient, "fetch_devices", fetch_devices)
    connector = ConnectWiseRmmConnector(ConsoleAccess("https://openapi.service.itsupport247.net"))
    tracemalloc.start()
    try:
        assert sum(1 for _ in connector.fetch_computers()) == endpoints
        return tracemalloc.get_traced_memory()[1] / 1024**2
    finally:
        tracemalloc.stop()


def test_ten_thousand_endpoints_take_little_more_than_one_thousand(monkeypatch: pytest.MonkeyPatch) -> None:
    few, many = peak_of(monkeypatch, 1_000), peak_of(monkeypatch, 10_000)

    assert many < few + 5, f"{few:.1f} MB for 1,000 endpoints, {many:.1f} MB for 10,000"
