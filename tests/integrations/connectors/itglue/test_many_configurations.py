"""A large account is read page by page: memory does not grow with the number of configurations."""

from __future__ import annotations

import tracemalloc
from collections.abc import Mapping
from typing import Any

import pytest

from integrations.connectors.base import ConsoleAccess
from integrations.connectors.itglue.connector import ITGlueConnector
from integrations.connectors.keyed import KeyedReads

NOTES = "n" * 2000


def peak_of(monkeypatch: pytest.MonkeyPatch, count: int) -> float:
    """Megabytes at the most while so many configurations are read and thrown away."""

    def get(self: KeyedReads, path: str, params: Mapping[str, Any]) -> dict[str, Any]:
        first = (params["page[number]"] - 1) * params["page[size]"]
        numbers = range(first, min(first + params["page[size]"], count))
        rows = [{"id": str(n), "attributes": {"name": f"PC-{n}", "notes": f"{n}{NOTES}"}} for n in numbers]
        return {"data": rows, "meta": {"total-count": count}}

    monkeypatch.setattr(KeyedReads, "get", get)
    connector = ITGlueConnector(ConsoleAccess(credentials={"api_key": "key"}))
    tracemalloc.start()
    try:
        assert sum(1 for _ in connector.fetch_computers()) == count
        return tracemalloc.get_traced_memory()[1] / 1024**2
    finally:
        tracemalloc.stop()


def test_ten_thousand_take_little_more_than_one_thousand(monkeypatch: pytest.MonkeyPatch) -> None:
    few, many = peak_of(monkeypatch, 1_000), peak_of(monkeypatch, 10_000)

    assert many < few + 4, f"{few:.1f} MB for 1,000 configurations, {many:.1f} MB for 10,000"
