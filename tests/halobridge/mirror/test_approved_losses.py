"""A large loss from its first sight to its decision, over real HTTP."""

from __future__ import annotations

import pytest

from integrations.choices import Outcome, RunKind, RunState
from integrations.management.reporting import execute_here
from integrations.models import Entry, HaloAsset, HaloCredential, HeldLoss, Run
from integrations.runs.approvals import NothingToDecide, approve, dismiss, losses_of
from integrations.sandbox.server import Sandbox
from tests.connected import read_halo
from tests.halobridge.mirror.looking import choose

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(sandbox: Sandbox, credential: HaloCredential) -> HaloCredential:
    choose(credential, resources=["clients", "sites", "asset_types", "assets"])
    read_halo(credential)
    return credential


def delete(sandbox: Sandbox, share: int) -> int:
    """One in `share` of the assets in use that are still there vanishes from HaloPSA; how many."""
    rows = HaloAsset.objects.filter(active=True, halo_id__in=list(sandbox.world.halo.assets))
    ids = list(rows.order_by("halo_id").values_list("halo_id", flat=True))
    lost = ids[: len(ids) // share]
    for halo_id in lost:
        del sandbox.world.halo.assets[halo_id]
    return len(lost)


def in_use() -> int:
    return HaloAsset.objects.filter(active=True).count()


def test_what_was_approved_is_gone_after_the_next_read(sandbox: Sandbox, known: HaloCredential) -> None:
    before, lost = in_use(), delete(sandbox, 2)
    run = read_halo(known)
    assert run.state == RunState.WAITING
    (loss,) = losses_of(run)
    assert (loss.resource, loss.known, loss.missing) == ("assets", before, lost)
    following = execute_here(approve([loss], None))
    assert following.state == RunState.SUCCEEDED
    assert in_use() == before - lost
    assert not HeldLoss.objects.exists()
    run.refresh_from_db()
    assert run.state == RunState.PARTIAL
    assert "Approved" in run.error


def test_an_approval_takes_no_more_than_was_looked_at(sandbox: Sandbox, known: HaloCredential) -> None:
    before, lost = in_use(), delete(sandbox, 2)
    run = read_halo(known)
    following = approve(losses_of(run), None)
    assert delete(sandbox, 2)
    assert execute_here(following).state == RunState.WAITING
    assert in_use() == before
    loss = HeldLoss.objects.get()
    assert (loss.missing > lost, loss.approved_at) == (True, None)


def test_what_comes_back_needs_no_decision_any_more(sandbox: Sandbox, known: HaloCredential) -> None:
    kept = dict(sandbox.world.halo.assets)
    before = in_use()
    delete(sandbox, 2)
    waiting = read_halo(known)
    sandbox.world.halo.assets.update(kept)
    assert read_halo(known).state == RunState.SUCCEEDED
    assert not HeldLoss.objects.exists()
    assert in_use() == before
    waiting.refresh_from_db()
    assert waiting.state == RunState.PARTIAL
    assert "tells how it stands" in waiting.error


def test_a_waiting_run_stops_no_other_and_only_the_last_one_waits(
    sandbox: Sandbox, known: HaloCredential
) -> None:
    delete(sandbox, 2)
    for _ in range(3):
        read_halo(known)
    assert read_halo(known, full=False).state == RunState.SUCCEEDED
    runs = Run.objects.filter(kind=RunKind.SYNC_HALO)
    assert runs.filter(state=RunState.WAITING).count() == 1
    assert HeldLoss.objects.count() == 1


def test_who_keeps_everything_is_asked_again_only_if_more_is_missing(
    sandbox: Sandbox, known: HaloCredential
) -> None:
    before = in_use()
    delete(sandbox, 2)
    run = read_halo(known)
    dismiss(losses_of(run), None)
    run.refresh_from_db()
    assert run.state == RunState.PARTIAL
    again = read_halo(known)
    assert again.state == RunState.SUCCEEDED
    assert Entry.objects.get(run=again).outcome == Outcome.WARNING, "it is told all the same"
    delete(sandbox, 2)
    assert read_halo(known).state == RunState.WAITING
    assert in_use() == before


def test_a_decision_is_made_once_and_about_what_was_looked_at(
    sandbox: Sandbox, known: HaloCredential
) -> None:
    delete(sandbox, 2)
    (loss,) = losses_of(read_halo(known))
    HeldLoss.objects.update(missing=loss.missing + 1)
    with pytest.raises(NothingToDecide, match="changed"):
        approve([loss], None)
    (loss,) = HeldLoss.objects.all()
    approve([loss], None)
    for decide in (approve, dismiss):
        with pytest.raises(NothingToDecide):
            decide([loss], None)
    with pytest.raises(NothingToDecide, match="Nothing waits"):
        approve([], None)
