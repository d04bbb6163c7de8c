"""Calls and SQL statements of a mirror; over real HTTP."""

from __future__ import annotations

from math import ceil

import pytest

from halobridge.mirror.resources import INCREMENTAL
from integrations.choices import OptionKind, RunState
from integrations.models import HaloCredential, Instance, MirrorState
from integrations.sandbox.server import Sandbox
from integrations.sync.rights import FIELD_NEEDS
from tests.connected import read_halo
from tests.halobridge.mirror.looking import asked, choose
from tests.integrations.ingest.builders import captured_sql

pytestmark = pytest.mark.django_db

SHARE = 1.05
OF_A_PAGE = 11
"""Statements of an unchanged page all in all: 4 for the permit, 3 to show progress and keep the lease, the
rest to compare it with what is stored (at most 6 where rows have changed)."""

OF_A_ROUND = 170
"""Statements of a sync that reads changes only, with its steps, what follows from it and the requests."""


def bound(sandbox: Sandbox) -> int:
    """List pages, one detail per asset type and ticket type, one call per look-up kind."""
    world = sandbox.world.halo
    tables = (world.clients, world.sites, world.users, world.licences, world.assets)
    pages = sum(max(1, ceil(len(table) / 100)) for table in tables)
    kinds = len(OptionKind) - 2 + len(FIELD_NEEDS)
    return pages + 1 + len(world.asset_types) + len(world.ticket_types) + kinds


def test_a_full_mirror_costs_little_more_than_its_lower_bound(
    sandbox: Sandbox, credential: HaloCredential
) -> None:
    run = read_halo(credential)
    assert run.state == RunState.SUCCEEDED
    assert run.calls == len(asked(sandbox)), "the token is shared with the test of the credential"
    assert bound(sandbox) <= run.calls <= bound(sandbox) * SHARE
    assert sum(MirrorState.objects.values_list("calls", flat=True)) == run.calls
    assert Instance.objects.get().list_fields_proven
    again = read_halo(credential)
    assert again.calls == bound(sandbox), "what was proven is not proven again"


def test_nothing_is_proven_where_staff_do_not_want_lists_to_be_used(
    sandbox: Sandbox, credential: HaloCredential
) -> None:
    Instance.objects.update(list_reads_allowed=False)
    assert read_halo(credential).calls == bound(sandbox)
    assert not Instance.objects.get().list_fields_proven


def test_an_asset_that_can_not_be_read_by_itself_proves_nothing_and_breaks_nothing(
    sandbox: Sandbox, credential: HaloCredential
) -> None:
    sandbox.halo.faults.add(path="/api/asset/", what="500")
    assert read_halo(credential).state == RunState.SUCCEEDED
    assert not Instance.objects.get().list_fields_proven


def test_a_list_that_tells_less_than_the_asset_is_tried_once_in_each_full_read(
    sandbox: Sandbox, credential: HaloCredential
) -> None:
    sandbox.switches.change(list_fields_differ=True, page_size_cap=10)
    for number in (1, 2):
        read_halo(credential)
        details = [call for call in asked(sandbox) if call["path"].startswith("Asset/")]
        assert len(details) == number
    assert not Instance.objects.get().list_fields_proven
    first_page = [row for _, row in sorted(sandbox.world.halo.assets.items())[:10]]
    fullest = max(first_page, key=lambda row: sum(map(bool, row["fields"].values())))
    assert details[0]["path"] == f"Asset/{fullest['id']}", "the one that proves the most"


def test_a_page_costs_a_constant_number_of_statements(sandbox: Sandbox, credential: HaloCredential) -> None:
    choose(credential, resources=["assets"])
    counted = {}
    for size in (10, 40):
        sandbox.switches.change(page_size_cap=size)
        read_halo(credential)
        with captured_sql() as sql:
            assert read_halo(credential).state == RunState.SUCCEEDED
        counted[size] = len(sql.statements)
    rows = len(sandbox.world.halo.assets)
    more_pages = ceil(rows / 10) - ceil(rows / 40)
    assert (counted[10] - counted[40]) / more_pages <= OF_A_PAGE


def test_a_sync_with_nothing_changed_costs_so_many_statements(
    sandbox: Sandbox, credential: HaloCredential
) -> None:
    """However large HaloPSA is."""
    read_halo(credential)
    sandbox.clock.advance(400 * 24 * 3600)
    read_halo(credential, full=False)
    sandbox.clock.advance(1200)
    with captured_sql() as sql:
        run = read_halo(credential, full=False)
    assert run.calls == len(INCREMENTAL)
    assert len(sql.statements) <= OF_A_ROUND
