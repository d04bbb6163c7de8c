"""A HaloPSA that changes while its lists are read, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integrations.halo.reader import HaloReader
from integrations.sandbox.server import Sandbox
from tests.integrations.halo.test_against_sandbox import make_reader


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start() as running:
        running.switches.change(rate_limit_calls=0, page_size_cap=20)
        yield running


def read_assets(sandbox: Sandbox, reader: HaloReader, gone_after_page_2: list[int]) -> set[int]:
    """All ids of a full read in the middle of which some assets are deleted."""
    found: set[int] = set()
    for number, page in enumerate(reader.fetch_assets(), 1):
        found |= {record.halo_id for record in page}
        if number == 2:
            with sandbox.lock:
                for halo_id in gone_after_page_2:
                    del sandbox.world.halo.assets[halo_id]
    return found


@pytest.mark.parametrize("count", [1, 7, 20])
def test_assets_behind_deleted_ones_are_not_missing_in_the_read(sandbox: Sandbox, count: int) -> None:
    first = sorted(sandbox.world.halo.assets)[:count]
    reader = make_reader(sandbox)
    pages = -(-len(sandbox.world.halo.assets) // 20)
    found = read_assets(sandbox, reader, first)
    assert set(sandbox.world.halo.assets) <= found
    listed = [exchange for exchange in sandbox.halo.requests if exchange.path == "/api/Asset"]
    assert len(listed) <= pages + 1, "one call more, whatever slipped"


def test_a_quiet_list_costs_no_call_more(sandbox: Sandbox) -> None:
    reader = make_reader(sandbox)
    found = read_assets(sandbox, reader, [])
    assert found == set(sandbox.world.halo.assets)
    listed = [exchange for exchange in sandbox.halo.requests if exchange.path == "/api/Asset"]
    assert len(listed) == -(-len(found) // 20)
