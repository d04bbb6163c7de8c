"""A large account is read page by page: of each asset no more is kept than an id and two dates."""

from __future__ import annotations

import tracemalloc
from collections.abc import Mapping
from typing import Any

import pytest

from integrations.connectors.base import ConsoleAccess
from integrations.connectors.keyed import KeyedReads
from integrations.connectors.scalepad.connector import ScalePadConnector

NOTES = "n" * 2000
MOST_EACH = 1024
"""Bytes for each asset, a quarter of what its two rows take."""


def peak_of(monkeypatch: pytest.MonkeyPatch, count: int) -> float:
    """Megabytes at the most while so many assets, each with a lifecycle, are read and thrown away."""

    def get(self: KeyedReads, path: str, params: Mapping[str, Any]) -> dict[str, Any]:
        first = int(params["cursor"] or 0)
        last = min(first + params["page_size"], count)
        rows = [
            {
                "id": f"asset-{number}" if path.endswith("hardware") else None,
                "serial_number": f"SN{number}",
                "warranty_expiry_date": "2028-09-14" if path.endswith("lifecycles") else None,
                "notes": f"{number}{NOTES}",
            }
            for number in range(first, last)
        ]
        return {"data": rows, "total_count": count, "next_cursor": str(last) if last < count else None}

    monkeypatch.setattr(KeyedReads, "get", get)
    connector = ScalePadConnector(ConsoleAccess(credentials={"api_key": "key"}))
    tracemalloc.start()
    try:
        assert sum(record.warranty_ends_on is not None for record in connector.fetch_computers()) == count
        return tracemalloc.get_traced_memory()[1] / 1024**2
    finally:
        tracemalloc.stop()


def test_ten_thousand_take_little_more_than_one_thousand(monkeypatch: pytest.MonkeyPatch) -> None:
    few, many = peak_of(monkeypatch, 1_000), peak_of(monkeypatch, 10_000)

    assert (many - few) * 1024**2 < 9_000 * MOST_EACH, (
        f"{few:.1f} MB for 1,000 assets, {many:.1f} MB for 10,000"
    )
