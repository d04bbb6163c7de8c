"""A read is cut into slices and taken up again: at a page, at a detail, at a kind; over real HTTP."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from halobridge.mirror.resources import PAGED
from halobridge.tasks import execute
from integrations.choices import ReadState, Resource, RunState
from integrations.management.reporting import execute_here
from integrations.models import HaloAsset, HaloClient, HaloCredential, HaloOption, MirrorState, Run, Step
from integrations.runs.budget import BudgetGate
from integrations.runs.request import cancel, request_halo_sync
from integrations.sandbox.server import Sandbox
from integrations.sync.safety import BudgetExhausted
from tests.connected import read_halo
from tests.halobridge.mirror.looking import asked, choose, state

pytestmark = pytest.mark.django_db

STEPS = "integrations.runs.steps.STEP_LIMIT"


def to_its_end(run: Run) -> Run:
    """Rests included."""
    while execute_here(run).state in (RunState.QUEUED, RunState.RUNNING):
        time.sleep(0.05)
    return run


def pages(sandbox: Sandbox, path: str) -> list[int]:
    return [int(call["page_no"]) for call in asked(sandbox, path)]


@pytest.fixture
def small_pages(sandbox: Sandbox) -> None:
    sandbox.switches.change(page_size_cap=10)


@pytest.mark.usefixtures("small_pages")
def test_a_page_that_is_cut_silently_costs_more_calls_and_loses_nothing(
    sandbox: Sandbox, credential: HaloCredential
) -> None:
    assert read_halo(credential).state == RunState.SUCCEEDED
    assert HaloAsset.objects.count() == len(sandbox.world.halo.assets)
    assert pages(sandbox, "Asset") == list(range(1, len(pages(sandbox, "Asset")) + 1))


@pytest.mark.usefixtures("small_pages")
def test_with_time_for_one_page_a_step_each_page_is_read_once(
    sandbox: Sandbox, credential: HaloCredential, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(credential, resources=["clients", "sites", "assets"])
    monkeypatch.setattr(STEPS, 0.0)
    assert to_its_end(request_halo_sync(credential, full=True)).state == RunState.SUCCEEDED
    for path, table in (("Client", "clients"), ("Site", "sites"), ("Asset", "assets")):
        rows = len(getattr(sandbox.world.halo, table))
        assert pages(sandbox, path) == list(range(1, -(-rows // 10) + 1))
    assert HaloAsset.objects.filter(active=True, missed_reads=0).exists()
    assert state(credential, Resource.ASSETS).listed == len(sandbox.world.halo.assets)
    assert state(credential, Resource.ASSETS).calls == len(pages(sandbox, "Asset")) + 1, "one detail proves"


@pytest.mark.usefixtures("small_pages")
def test_a_worker_that_dies_has_its_page_read_again_by_the_next(
    sandbox: Sandbox, credential: HaloCredential, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(credential, resources=["clients"])
    monkeypatch.setattr(STEPS, 0.0)
    run = request_halo_sync(credential, full=True)
    dying = _dies_after(pages=2)
    with pytest.raises(KeyboardInterrupt):
        to_its_end(run)
    dying.undo()
    run.refresh_from_db()
    assert run.state == RunState.RUNNING
    Step.objects.filter(run=run).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert to_its_end(run).state == RunState.SUCCEEDED
    rows = len(sandbox.world.halo.clients)
    assert Counter(pages(sandbox, "Client")) == Counter([*range(1, -(-rows // 10) + 1), 3])
    assert HaloClient.objects.count() == rows


def test_what_rests_for_the_api_limit_goes_on_behind_what_was_read(
    sandbox: Sandbox, credential: HaloCredential, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also between the details of types and between the kinds of choices."""
    sandbox.switches.change(page_size_cap=10)
    _room_for(monkeypatch, calls=6)
    run = to_its_end(request_halo_sync(credential, full=True))
    assert run.state == RunState.SUCCEEDED
    paths = Counter(call["path"] for call in asked(sandbox))
    details = {
        path: number for path, number in paths.items() if path.startswith(("AssetType/", "TicketType/"))
    }
    assert len(details) >= len(sandbox.world.halo.asset_types)
    assert set(details.values()) == {1}
    assert paths["Priority"] == paths["Status"] == paths["Outcome"] == 1
    assert HaloAsset.objects.count() == len(sandbox.world.halo.assets)
    assert len(pages(sandbox, "Asset")) == len(set(pages(sandbox, "Asset")))


def test_too_many_requests_is_a_rest_and_no_failure(sandbox: Sandbox, credential: HaloCredential) -> None:
    sandbox.switches.change(page_size_cap=10)
    HaloCredential.objects.update(budget_seconds=1)  # what was learned from the 429 is soon forgotten
    sandbox.halo.faults.add(path="/api/asset[?]", what="429", skip=2, seconds=1)
    run = to_its_end(request_halo_sync(credential, full=True))
    assert run.state == RunState.SUCCEEDED
    assert Counter(pages(sandbox, "Asset"))[3] == 2
    assert HaloAsset.objects.count() == len(sandbox.world.halo.assets)


def test_read_in_slices_or_at_once_the_same_is_stored(
    sandbox: Sandbox, credential: HaloCredential, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read_halo(credential).state == RunState.SUCCEEDED
    before = _content()
    monkeypatch.setattr(STEPS, 0.0)
    run = to_its_end(request_halo_sync(credential, full=True))
    assert run.state == RunState.SUCCEEDED
    assert {what: n for what, n in run.totals.items() if n and not what.endswith("unchanged")} == {}
    assert _content() == before


@pytest.mark.usefixtures("small_pages")
def test_limits_that_change_in_the_middle_of_a_list_wait_for_the_next_one(
    sandbox: Sandbox, credential: HaloCredential, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else what was not asked for at first would be missing at the end."""
    read_halo(credential)
    in_use = HaloAsset.objects.filter(active=True)
    before = in_use.count()
    choose(credential, resources=["assets"], asset_groups=[1])
    monkeypatch.setattr(STEPS, 0.0)
    for _ in range(2):
        run = request_halo_sync(credential, full=True)
        for _ in range(3):
            _one_step(run)
        choose(credential, asset_groups=[])
        sandbox.halo.requests.clear()
        to_its_end(run)
        assert {call.get("assetgroups") for call in asked(sandbox, "Asset")} == {"1"}
        assert state(credential, Resource.ASSETS).limits["groups"] == [1]
        choose(credential, asset_groups=[1])
    assert in_use.filter(missed_reads=0).count() == before


# ---- what staff see meanwhile ---------------------------------------------------------------


@pytest.mark.usefixtures("small_pages")
def test_each_resource_shows_how_far_it_is(
    sandbox: Sandbox, credential: HaloCredential, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(credential, resources=["clients", "sites"])
    monkeypatch.setattr(STEPS, 0.0)
    run = request_halo_sync(credential, full=True)
    shown = []
    while run.state in (RunState.QUEUED, RunState.RUNNING):
        _one_step(run)
        shown.append([(row.state, row.done, row.total) for row in MirrorState.objects.order_by("id")[:2]])
    clients, sites = (len(getattr(sandbox.world.halo, name)) for name in ("clients", "sites"))
    waiting = (ReadState.QUEUED, 0, None)
    assert shown[1] == [waiting, waiting]
    assert shown[2] == [(ReadState.READING, 10, clients), waiting]
    assert shown[3] == [(ReadState.READING, 20, clients), waiting]
    assert shown[-1] == [(ReadState.DONE, clients, clients), (ReadState.DONE, sites, sites)]


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("before", [True, False], ids=["read before", "never read"])
def test_a_cancelled_sync_leaves_nothing_as_if_it_were_still_being_read(
    sandbox: Sandbox, credential: HaloCredential, monkeypatch: pytest.MonkeyPatch, before: bool
) -> None:
    if before:
        read_halo(credential)
    monkeypatch.setattr(STEPS, 0.0)
    run = request_halo_sync(credential, full=True)
    for _ in range(3):
        _one_step(run)
    assert state(credential, Resource.FIELDS).state == ReadState.READING
    cancel(run)
    assert to_its_end(run).state == RunState.CANCELLED
    fields, sites = state(credential, Resource.FIELDS), state(credential, Resource.SITES)
    assert (fields.state, fields.reason) == (ReadState.FAILED, "The sync was cancelled.")
    assert sites.state == (ReadState.DONE if before else ReadState.NEVER)
    assert sites.reason == "Its turn did not come: The sync was cancelled."


def test_a_halo_that_goes_away_fails_what_was_being_read(
    sandbox: Sandbox, credential: HaloCredential
) -> None:
    sandbox.halo.faults.add(path="/api/users", what="503", times=None)
    run = read_halo(credential)
    assert run.state == RunState.FAILED
    assert state(credential, Resource.SITES).state == ReadState.DONE
    users, assets = state(credential, Resource.USERS), state(credential, Resource.ASSETS)
    assert (users.state, users.reason) == (ReadState.FAILED, run.error)
    assert (assets.state, assets.reason) == (ReadState.NEVER, f"Its turn did not come: {run.error}")


# ---- full or not ----------------------------------------------------------------------------


def test_a_full_sync_that_is_asked_for_in_the_middle_of_another_follows_it(
    sandbox: Sandbox, credential: HaloCredential, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(credential, resources=["clients", "sites"])
    read_halo(credential)
    monkeypatch.setattr(STEPS, 0.0)
    run = request_halo_sync(credential)
    for _ in range(3):
        _one_step(run)
    assert request_halo_sync(credential, full=True) == run
    request_halo_sync(credential)
    sandbox.halo.requests.clear()
    assert to_its_end(run).state == RunState.SUCCEEDED
    asks = [(call["path"], "lastupdatefromdate" in call) for call in asked(sandbox)]
    assert asks == [("Site", True), ("Client", False), ("Site", False)]
    run.refresh_from_db()
    assert run.parameters["full"] is False


def _one_step(run: Run) -> None:
    execute(run.pk)
    run.refresh_from_db()


def _content() -> list[Any]:
    assets = HaloAsset.objects.order_by("halo_id").values_list("halo_id", "digest", "active", "changed_at")
    options = HaloOption.objects.order_by("kind", "parent", "halo_id")
    return [list(assets), list(options.values_list("kind", "halo_id", "name", "active", "changed_at"))]


def _dies_after(pages: int) -> pytest.MonkeyPatch:
    """The process ends while it stores the page after so many."""
    left = [pages]
    store = PAGED[Resource.CLIENTS].store

    def dying(credential: Any, parts: Any, seen: Any = None) -> Any:
        def watched() -> Any:
            for part in parts:
                if not left[0]:
                    raise KeyboardInterrupt
                left[0] -= 1
                yield part

        return store(credential, watched(), seen=seen)

    own = pytest.MonkeyPatch()
    own.setitem(PAGED, Resource.CLIENTS, replace(PAGED[Resource.CLIENTS], store=dying))
    return own


def _room_for(monkeypatch: pytest.MonkeyPatch, calls: int) -> None:
    """An API limit that is used up again and again after so many calls."""
    taken = [0]

    def take(gate: BudgetGate) -> None:
        taken[0] += 1
        if taken[0] % (calls + 1) == 0:
            raise BudgetExhausted(0.01)

    monkeypatch.setattr(BudgetGate, "take", take)
