"""Installed software is read when an asset's page is opened, or slowly for chosen groups; over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from integrations.choices import Outcome, Purpose, RunState
from integrations.management.reporting import execute_here
from integrations.models import (
    BudgetPermit,
    Entry,
    HaloAsset,
    HaloCredential,
    HaloSoftware,
    Run,
    SyncSettings,
)
from integrations.runs.request import request_background_software, request_software
from integrations.sandbox.constants import HALO_SCOPES
from integrations.sandbox.server import Sandbox
from tests.connected import connect_halo, read_halo

pytestmark = pytest.mark.django_db

HARDWARE, PERIPHERALS = 1, 3
SCOPES = f"{HALO_SCOPES} read:software"


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox.start() as running:
        yield running


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    running.reset()
    running.switches.change(rate_limit_calls=0)
    return running


@pytest.fixture
def credential(sandbox: Sandbox) -> HaloCredential:
    found = connect_halo(sandbox, scopes=SCOPES)
    read_halo(found)
    sandbox.halo.requests.clear()
    return found


def choose(credential: HaloCredential, *groups: int) -> None:
    SyncSettings.objects.update_or_create(
        halo_credential=credential, defaults={"software_groups": list(groups)}
    )


def one_with_software(sandbox: Sandbox) -> HaloAsset:
    device = next(
        row["did"]
        for row in sandbox.world.halo.software.values()
        if not sandbox.world.halo.assets[row["did"]]["inactive"]
    )
    return HaloAsset.objects.get(halo_id=device)


def asked_for(sandbox: Sandbox) -> list[int]:
    return [
        int(exchange.query.rpartition("=")[2])
        for exchange in sandbox.halo.requests
        if exchange.path == "/api/AssetSoftware"
    ]


def of_group(group: int, **values: Any) -> list[int]:
    rows = HaloAsset.objects.filter(asset_type__group_id=group, active=True, **values)
    return sorted(rows.values_list("halo_id", flat=True))


def refused(credential: HaloCredential) -> str:
    row = {"key": "read_software", "name": "Read software", "state": "refused", "grant": "read:software"}
    HaloCredential.objects.filter(pk=credential.pk).update(permissions=[row])
    return "'Read software' is refused by HaloPSA. Needed: read:software."


def result(run: Run) -> tuple[str, str]:
    entry = Entry.objects.get(run=run)
    return entry.outcome, entry.reason


# ---- one asset ------------------------------------------------------------------------------


def test_the_software_of_one_asset_is_one_call(sandbox: Sandbox, credential: HaloCredential) -> None:
    asset = one_with_software(sandbox)
    run = execute_here(request_software(asset))
    assert (run.state, run.calls) == (RunState.SUCCEEDED, 1)
    assert asked_for(sandbox) == [asset.halo_id]
    held = {
        row["id"]: row["name"] for row in sandbox.world.halo.software.values() if row["did"] == asset.halo_id
    }
    assert dict(asset.software.values_list("halo_id", "name")) == held
    assert BudgetPermit.objects.latest("pk").purpose == Purpose.MIRROR


def test_opening_a_page_twice_asks_once(sandbox: Sandbox, credential: HaloCredential) -> None:
    asset = one_with_software(sandbox)
    assert request_software(asset) == request_software(asset)


def test_an_asset_that_has_nothing_installed_any_more_is_emptied(
    sandbox: Sandbox, credential: HaloCredential
) -> None:
    asset = one_with_software(sandbox)
    execute_here(request_software(asset))
    sandbox.world.halo.software.clear()
    execute_here(request_software(asset))
    assert not asset.software.exists()


def test_an_asset_that_has_vanished_in_halo_is_no_failure(
    sandbox: Sandbox, credential: HaloCredential
) -> None:
    asset = one_with_software(sandbox)
    sandbox.halo.faults.add(path="/api/assetsoftware", what="404")
    run = execute_here(request_software(asset))
    assert run.state == RunState.SUCCEEDED
    assert result(run) == (Outcome.SKIPPED, "HaloPSA does not know this asset any more.")
    asset.refresh_from_db()
    assert asset.software_read_at is not None


def test_an_asset_that_is_deleted_here_meanwhile_is_no_failure(
    sandbox: Sandbox, credential: HaloCredential
) -> None:
    run = request_software(one_with_software(sandbox))
    HaloAsset.objects.all().delete()
    run = execute_here(run)
    assert run.state == RunState.SUCCEEDED
    assert result(run) == (Outcome.SKIPPED, "The asset is not known any more.")


def test_where_the_permission_is_known_to_be_missing_nothing_is_tried(
    sandbox: Sandbox, credential: HaloCredential
) -> None:
    reason = refused(credential)
    run = execute_here(request_software(one_with_software(sandbox)))
    assert (run.state, run.calls) == (RunState.SUCCEEDED, 0)
    assert result(run) == (Outcome.SKIPPED, reason)
    assert asked_for(sandbox) == []


def test_a_refusal_that_was_not_known_is_said(sandbox: Sandbox) -> None:
    credential = connect_halo(sandbox)
    read_halo(credential)
    HaloCredential.objects.update(permissions=[])
    run = execute_here(request_software(one_with_software(sandbox)))
    assert run.state == RunState.FAILED
    assert "403" in run.error or "refuse" in run.error


# ---- in the background ----------------------------------------------------------------------


def test_the_chosen_groups_are_read_one_call_for_each_asset_in_use(
    sandbox: Sandbox, credential: HaloCredential
) -> None:
    choose(credential, PERIPHERALS)
    run = execute_here(request_background_software(credential))
    assert run.state == RunState.SUCCEEDED
    assert sorted(asked_for(sandbox)) == of_group(PERIPHERALS)
    assert run.calls == len(of_group(PERIPHERALS)) > 5
    assert BudgetPermit.objects.latest("pk").purpose == Purpose.BACKGROUND
    assert not HaloAsset.objects.filter(asset_type__group_id=HARDWARE, software_read_at__isnull=False)


def test_what_was_never_read_comes_first_and_what_is_fresh_is_left_alone(
    sandbox: Sandbox, credential: HaloCredential
) -> None:
    choose(credential, PERIPHERALS)
    fresh, old, older, *never = of_group(PERIPHERALS)
    for halo_id, days in ((fresh, 6), (old, 8), (older, 30)):
        read_at = timezone.now() - timedelta(days=days)
        HaloAsset.objects.filter(halo_id=halo_id).update(software_read_at=read_at)
    execute_here(request_background_software(credential))
    assert asked_for(sandbox) == [*never, older, old]


def test_a_second_run_has_nothing_to_do(sandbox: Sandbox, credential: HaloCredential) -> None:
    choose(credential, PERIPHERALS)
    execute_here(request_background_software(credential))
    sandbox.halo.requests.clear()
    run = execute_here(request_background_software(credential))
    assert (run.state, run.calls, asked_for(sandbox)) == (RunState.SUCCEEDED, 0, [])


def test_it_stops_where_its_share_of_the_window_is_full_and_goes_on_later(
    sandbox: Sandbox, credential: HaloCredential
) -> None:
    choose(credential, PERIPHERALS)
    BudgetPermit.objects.all().delete()
    HaloCredential.objects.update(budget_calls=20)
    run = execute_here(request_background_software(credential))
    assert run.state == RunState.RUNNING
    assert len(asked_for(sandbox)) == 6, "30 % of a window of 20 calls"
    assert run.steps.get().not_before is not None
    HaloCredential.objects.update(budget_calls=5000)
    run.steps.update(not_before=None)
    assert execute_here(run).state == RunState.SUCCEEDED
    assert sorted(asked_for(sandbox)) == of_group(PERIPHERALS), "none was read twice"


def test_one_asset_that_fails_is_one_result_and_the_others_are_read(
    sandbox: Sandbox, credential: HaloCredential
) -> None:
    choose(credential, PERIPHERALS)
    sandbox.halo.faults.add(path="/api/assetsoftware", what="500", times=1)
    run = execute_here(request_background_software(credential))
    assert run.state == RunState.PARTIAL
    assert result(run)[0] == Outcome.FAILED
    assert sorted(set(asked_for(sandbox))) == of_group(PERIPHERALS)
    assert (
        HaloAsset.objects.filter(asset_type__group_id=PERIPHERALS, active=True)
        .filter(software_read_at__isnull=True)
        .count()
        == 1
    ), "the one that failed is due the next time"


def test_where_everything_fails_it_gives_up_soon(sandbox: Sandbox, credential: HaloCredential) -> None:
    choose(credential, PERIPHERALS)
    sandbox.halo.faults.add(path="/api/assetsoftware", what="500", times=100)
    run = execute_here(request_background_software(credential))
    assert run.state == RunState.FAILED
    assert "5 assets failed" in run.error
    assert len(asked_for(sandbox)) == 5


def test_being_asked_to_call_less_often_is_a_rest(sandbox: Sandbox, credential: HaloCredential) -> None:
    choose(credential, PERIPHERALS)
    sandbox.halo.faults.add(path="/api/assetsoftware", what="429", times=1)
    run = execute_here(request_background_software(credential))
    assert run.state == RunState.RUNNING
    assert run.steps.get().not_before is not None
    assert len(asked_for(sandbox)) == 1


def test_without_the_permission_the_background_says_so_once(
    sandbox: Sandbox, credential: HaloCredential
) -> None:
    choose(credential, PERIPHERALS)
    reason = refused(credential)
    run = execute_here(request_background_software(credential))
    assert (run.state, run.calls) == (RunState.SUCCEEDED, 0)
    assert result(run) == (Outcome.SKIPPED, reason)


def test_without_chosen_groups_nothing_is_read(sandbox: Sandbox, credential: HaloCredential) -> None:
    assert execute_here(request_background_software(credential)).calls == 0
    choose(credential)
    assert execute_here(request_background_software(credential)).calls == 0
    assert not HaloSoftware.objects.exists()
