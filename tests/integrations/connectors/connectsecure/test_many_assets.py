"""A large tenant is read page by page: memory does not grow with assets, nor with what they need."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from integrations.connectors.base import ConsoleAccess
from integrations.connectors.connectsecure import client as calls
from integrations.connectors.connectsecure.client import ConnectSecureClient
from integrations.connectors.connectsecure.connector import ConnectSecureConnector

NOTES = "n" * 2000


def make_connector(**settings: str) -> ConnectSecureConnector:
    return ConnectSecureConnector(ConsoleAccess("https://pod1.myconnectsecure.com", settings))


def peak_of(read: Callable[[], object]) -> float:
    """Megabytes at the most."""
    tracemalloc.start()
    try:
        read()
        return tracemalloc.get_traced_memory()[1] / 1024**2
    finally:
        tracemalloc.stop()


def serve(monkeypatch: pytest.MonkeyPatch, path: str, count: int, **fields: Any) -> None:
    """So many rows at this path; one company, and nothing of anything else."""

    def rows(
        self: ConnectSecureClient, asked: str, what: str, params: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        if asked == calls.COMPANIES:
            return [] if params["skip"] else [{"id": 1, "name": "One"}]
        numbers = range(params["skip"], min(params["skip"] + params["limit"], count)) if asked == path else ()
        return [{"id": n, "asset_id": n, "company_id": 1, "notes": f"{n}{NOTES}", **fields} for n in numbers]

    monkeypatch.setattr(ConnectSecureClient, "_rows", rows)


def test_ten_thousand_assets_take_little_more_than_one_thousand(monkeypatch: pytest.MonkeyPatch) -> None:
    def peak(assets: int) -> float:
        serve(monkeypatch, calls.ASSETS, assets)
        counted: list[int] = []
        found = peak_of(lambda: counted.append(sum(1 for _ in make_connector().fetch_computers())))
        assert counted == [assets]
        return found

    few, many = peak(1_000), peak(10_000)

    assert many < few + 4, f"{few:.1f} MB for 1,000 assets, {many:.1f} MB for 10,000"


def test_twelve_thousand_fixes_of_a_company_take_little_more_than_two_pages_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def peak(fixes: int) -> float:
        serve(monkeypatch, calls.REMEDIATION, fixes, product="Chrome", severity="high")
        counted: list[int] = []

        def read() -> None:
            connector = make_connector(remediation_by="company")
            counted.extend(event.raw["fixes"] for event in connector.fetch_events())

        found = peak_of(read)
        assert counted == [fixes]
        return found

    few, many = peak(2 * calls.FIXES_AT_ONCE), peak(12_000)

    assert many < few + 5, f"{few:.1f} MB for two pages, {many:.1f} MB for 12,000 fixes"
