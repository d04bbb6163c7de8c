from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from integrations.models import HaloCredential, Instance, Intention
from integrations.records import AssetRecord
from mappings.apply.fresh import FreshAssets
from mappings.apply.job import Job
from tests.mappings.builders import Scene, make_asset, make_client
from tests.mappings.fake_halo import FakeHalo
from tests.mappings.test_apply_updates import make_outdated

pytestmark = pytest.mark.django_db


def make_job(scene: Scene, halo: FakeHalo) -> Job:
    work: Any = SimpleNamespace(run=None)
    credential = HaloCredential.objects.get(pk=scene.credential.pk)
    return Job(work, scene.plan(), credential, halo, halo)


def intentions_for(halo: FakeHalo) -> list[Intention]:
    return [Intention(content={"before": {"halo_id": number}}) for number in sorted(halo.assets)]


def test_a_record_older_than_a_minute_is_read_again() -> None:
    scene = Scene()
    halo = make_outdated(scene, 2)
    clock = SimpleNamespace(now=0.0)
    fresh = FreshAssets(make_job(scene, halo), lambda: clock.now)
    rows = intentions_for(halo)
    fresh.read(rows, 2)
    clock.now = 59
    fresh.read(rows, 2)
    assert halo.calls == ["asset", "asset"]
    clock.now = 61
    fresh.read(rows, 2)
    assert halo.calls == ["asset"] * 4


def test_what_was_read_too_long_ago_is_not_handed_out() -> None:
    class SlowHalo(FakeHalo):
        def fetch_asset(self, halo_id: int) -> AssetRecord | None:
            clock.now += 40
            return super().fetch_asset(halo_id)

    clock = SimpleNamespace(now=0)
    scene = Scene()
    make_outdated(scene, 2)
    halo = SlowHalo().adopt_mirror()
    fresh = FreshAssets(make_job(scene, halo), lambda: clock.now)
    assert set(fresh.read(intentions_for(halo), 2)) == {max(halo.assets)}


def test_it_takes_the_way_with_the_fewest_calls() -> None:
    scene = Scene()
    make_outdated(scene, 150)
    for _ in range(130):
        make_asset(make_client(scene.credential))
    Instance.objects.update(list_fields_proven=True)
    halo = FakeHalo().adopt_mirror()
    rows = intentions_for(halo)

    def calls(some: list[Intention]) -> list[str]:
        halo.calls.clear()
        FreshAssets(make_job(scene, halo)).read(some, len(some))
        return list(halo.calls)

    assert calls(rows[:2]) == ["asset"] * 2
    assert calls(rows[:3]) == ["page"] * 2, "the list of the one client"
    assert calls(rows[-2:]) == ["asset"] * 2
    assert calls(rows[-4:]) == ["page"] * 3, "the whole list"


def test_an_asset_that_the_list_does_not_hold_is_told_as_absent() -> None:
    scene = Scene()
    halo = make_outdated(scene, 3)
    Instance.objects.update(list_fields_proven=True)
    rows = intentions_for(halo)
    gone = min(halo.assets)
    del halo.assets[gone]
    records = FreshAssets(make_job(scene, halo)).read(rows, 3)
    assert records[gone] is None
    assert all(records[number] for number in halo.assets)


@pytest.mark.parametrize("denied", [False, True], ids=["left out of lists", "empty in lists"])
def test_a_list_is_never_believed_about_custom_fields(denied: bool) -> None:
    scene = Scene()
    make_outdated(scene, 20)
    Instance.objects.update(list_fields_proven=True)
    halo = FakeHalo().adopt_mirror()
    halo.lists_deny_custom_fields = denied
    rows = intentions_for(halo)
    first = rows[0].content["before"]["halo_id"]
    halo.assets[first]["customfields"] = [{"id": 310, "value": "PO 7"}]
    rows[0].content["after"] = {"fields": {"custom:311": {"name": "Stage", "value": "In use"}}}
    fresh = FreshAssets(make_job(scene, halo))
    fresh.read(rows[1:], len(rows))
    assert halo.calls == ["page"]
    record = fresh.read(rows, len(rows))[first]
    assert halo.calls == ["page", "asset"]
    assert record is not None and record.custom_stored == {310: "PO 7"}
