"""What a complete read does not hold: little is asked for by id, much waits; over real HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from halobridge.mirror.closing import MOST_LOOK_UPS
from integrations.choices import ChangeKind, Outcome, ReadState, Resource, RunState
from integrations.models import Entry, HaloAsset, HaloChange, HaloCredential
from integrations.sandbox.server import Sandbox
from tests.connected import read_halo
from tests.halobridge.mirror.looking import asked, choose, state

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(sandbox: Sandbox, credential: HaloCredential) -> HaloCredential:
    choose(credential, resources=["clients", "sites", "asset_types", "assets"])
    assert read_halo(credential).state == RunState.SUCCEEDED
    sandbox.halo.requests.clear()
    return credential


def delete(sandbox: Sandbox, number: int) -> list[int]:
    """So many assets in use vanish from HaloPSA; their ids."""
    in_use = HaloAsset.objects.filter(active=True).order_by("halo_id")
    ids = list(in_use.values_list("halo_id", flat=True)[:number])
    for halo_id in ids:
        del sandbox.world.halo.assets[halo_id]
    return ids


def looked_up(sandbox: Sandbox) -> list[int]:
    paths = [call["path"] for call in asked(sandbox)]
    return [int(path.removeprefix("Asset/")) for path in paths if path.startswith("Asset/")]


def gone() -> list[int]:
    rows = HaloAsset.objects.filter(active=False, gone_since__isnull=False, missed_reads__gt=0)
    return sorted(rows.values_list("halo_id", flat=True))


@pytest.mark.parametrize("empty", [False, True], ids=["404", "empty object"])
def test_a_few_are_asked_for_and_gone_at_once(sandbox: Sandbox, known: HaloCredential, empty: bool) -> None:
    sandbox.switches.change(unknown_id_is_empty=empty)
    ids = delete(sandbox, 3)
    run = read_halo(known)
    assert run.state == RunState.SUCCEEDED
    assert looked_up(sandbox) == ids
    assert gone() == ids
    assert HaloChange.objects.filter(kind=ChangeKind.GONE).count() == 3
    read_halo(known)
    assert looked_up(sandbox) == ids, "asked once"


def test_what_halo_still_has_is_not_gone(
    sandbox: Sandbox, known: HaloCredential, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if it had slipped from one page to the other while the list was read."""
    slipped = HaloAsset.objects.filter(active=True).first()
    assert slipped is not None
    _hide(monkeypatch, slipped.halo_id)
    assert read_halo(known).state == RunState.SUCCEEDED
    assert looked_up(sandbox) == [slipped.halo_id]
    slipped.refresh_from_db()
    assert (slipped.active, slipped.missed_reads) == (True, 0)
    assert not HaloChange.objects.exists()


def test_more_than_a_few_have_to_be_missing_twice(sandbox: Sandbox, known: HaloCredential) -> None:
    ids = delete(sandbox, MOST_LOOK_UPS + 1)
    read_halo(known)
    assert gone() == []
    read_halo(known)
    assert gone() == ids
    assert looked_up(sandbox) == []


def test_where_halo_does_not_say_it_counts_as_missing_once(sandbox: Sandbox, known: HaloCredential) -> None:
    ids = delete(sandbox, 2)
    sandbox.halo.faults.add(path="/api/asset/", what="500", times=None)
    assert read_halo(known).state == RunState.SUCCEEDED
    assert gone() == []
    read_halo(known)
    assert gone() == ids


def test_a_list_that_is_shorter_than_it_says_takes_nothing_away(
    sandbox: Sandbox, known: HaloCredential, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = delete(sandbox, 5)
    _promise_more(monkeypatch, "assets")
    for _ in range(2):
        run = read_halo(known)
        assert run.state == RunState.PARTIAL
        assert "ended after" in Entry.objects.get(run=run).reason
    assert HaloAsset.objects.filter(halo_id__in=ids, active=True, missed_reads=0).count() == 5
    assert state(known, Resource.ASSETS).state == ReadState.FAILED
    assert state(known, Resource.CLIENTS).state == ReadState.DONE


def test_a_large_loss_is_held_back_and_says_so(sandbox: Sandbox, known: HaloCredential) -> None:
    in_use = HaloAsset.objects.filter(active=True)
    before = in_use.count()
    delete(sandbox, before // 2)
    for _ in range(2):
        run = read_halo(known)
        assert run.state == RunState.WAITING
        assert "held back" in Entry.objects.get(run=run, outcome=Outcome.HELD).reason
    assert in_use.filter(missed_reads=0).count() == before
    assert "held back" in state(known, Resource.ASSETS).reason


def _hide(monkeypatch: pytest.MonkeyPatch, halo_id: int) -> None:
    """Lists leave one row out and count without it, its own page still shows it."""
    from integrations.halo import lists

    rows_of, total_of = lists.rows_of, lists.total_of

    def without(body: Any, key: str) -> Any:
        return [row for row in rows_of(body, key) if key != "assets" or row["id"] != halo_id]

    def fewer(body: Any) -> int | None:
        total = total_of(body)
        return total - 1 if total and isinstance(body, dict) and "assets" in body else total

    monkeypatch.setattr(lists, "rows_of", without)
    monkeypatch.setattr(lists, "total_of", fewer)


def _promise_more(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    from integrations.halo import lists

    total_of = lists.total_of

    def more(body: Any) -> int | None:
        total = total_of(body)
        return total + 1 if total and isinstance(body, dict) and key in body else total

    monkeypatch.setattr(lists, "total_of", more)
