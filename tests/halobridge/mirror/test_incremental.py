"""Between full reads only what has changed is read, by Halo's own clock; over real HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from halobridge.mirror.rounds import OVERLAP
from integrations.choices import ReadState, Resource, RunState
from integrations.models import HaloAsset, HaloClient, HaloCredential, MirrorState, Run
from integrations.sandbox.server import Sandbox
from tests.connected import read_halo
from tests.halobridge.mirror.looking import asked, choose, since, state
from tests.integrations.sandbox.callers import HaloCaller

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(sandbox: Sandbox, credential: HaloCredential) -> HaloCredential:
    """All of it has been read a while ago."""
    assert read_halo(credential).state == RunState.SUCCEEDED
    sandbox.clock.advance(3600)
    sandbox.halo.requests.clear()
    return credential


def changes_only(credential: HaloCredential) -> Run:
    return read_halo(credential, full=False)


def test_with_nothing_changed_each_incremental_resource_is_one_call(
    sandbox: Sandbox, known: HaloCredential
) -> None:
    changes_only(known)  # rows that were generated with times of today come once more
    sandbox.clock.advance(400 * 24 * 3600)
    changes_only(known)
    sandbox.halo.requests.clear()
    sandbox.clock.advance(1200)
    run = changes_only(known)
    assert run.state == RunState.SUCCEEDED
    assert [call["path"] for call in asked(sandbox)] == ["Client", "Site", "Users", "Asset"]
    assert run.calls == 4
    assert {name: number for name, number in run.totals.items() if "unchanged" not in name and number} == {}


def test_changes_are_read_from_a_while_before_the_first_answer_of_the_last_read(
    sandbox: Sandbox, known: HaloCredential
) -> None:
    position = state(known, Resource.CLIENTS).position
    assert position is not None
    assert abs(position - timezone.now()) < timedelta(minutes=1), "Halo's clock at that time"
    changes_only(known)
    assert since(sandbox, "Client") == position - OVERLAP
    later = state(known, Resource.CLIENTS).position
    assert later is not None
    assert timedelta(minutes=59) < later - position < timedelta(minutes=62), "by Halo's clock"


def test_what_points_to_something_is_read_from_when_that_was_read(
    sandbox: Sandbox, known: HaloCredential
) -> None:
    """The last round rested for hours between clients and assets; a client was made in the meantime."""
    position = state(known, Resource.CLIENTS).position
    assert position is not None
    MirrorState.objects.filter(resource=Resource.CLIENTS).update(position=position - timedelta(hours=3))
    changes_only(known)
    assert since(sandbox, "Asset") == position - timedelta(hours=3) - OVERLAP


def test_what_was_changed_and_what_is_new_comes(
    sandbox: Sandbox, known: HaloCredential, administrator: HaloCaller
) -> None:
    asset = HaloAsset.objects.filter(active=True).first()
    assert asset is not None
    administrator.write("Asset", {"id": asset.halo_id, "inventory_number": "NEW-TAG"})
    made = administrator.write("Client", {"name": "Brand New Ltd", "toplevel_id": 1})
    run = changes_only(known)
    assert run.state == RunState.SUCCEEDED
    asset.refresh_from_db()
    assert asset.inventory_number == "NEW-TAG"
    assert HaloClient.objects.get(halo_id=made["id"]).name == "Brand New Ltd"


def test_it_never_marks_anything_as_gone(
    sandbox: Sandbox, known: HaloCredential, administrator: HaloCaller
) -> None:
    asset = HaloAsset.objects.filter(active=True).first()
    assert asset is not None
    del sandbox.world.halo.assets[asset.halo_id]
    for _ in range(3):
        changes_only(known)
    asset.refresh_from_db()
    assert (asset.active, asset.missed_reads) == (True, 0)


def test_what_comes_back_is_active_again(
    sandbox: Sandbox, known: HaloCredential, administrator: HaloCaller
) -> None:
    asset = HaloAsset.objects.filter(active=True).first()
    assert asset is not None
    for inactive in (True, False):
        administrator.write("Asset", {"id": asset.halo_id, "inactive": inactive})
        changes_only(known)
        asset.refresh_from_db()
        assert asset.active is not inactive


def test_what_only_full_reads_can_see_waits_for_one(sandbox: Sandbox, known: HaloCredential) -> None:
    before = {row.resource: row.read_at for row in MirrorState.objects.all()}
    changes_only(known)
    after = {row.resource: row.read_at for row in MirrorState.objects.all()}
    again = {name for name in after if after[name] != before[name]}
    assert again == {Resource.CLIENTS, Resource.SITES, Resource.USERS, Resource.ASSETS}
    assert set(MirrorState.objects.values_list("state", flat=True)) == {ReadState.DONE}


def test_all_of_it_is_read_again_when_its_hours_are_over(sandbox: Sandbox, known: HaloCredential) -> None:
    long_ago = timezone.now() - timedelta(hours=25)
    MirrorState.objects.filter(resource=Resource.SITES).update(full_at=long_ago)
    changes_only(known)
    assert "lastupdatefromdate" not in asked(sandbox, "Site")[0]
    assert "lastupdatefromdate" in asked(sandbox, "Client")[0]
    full_at = state(known, Resource.SITES).full_at
    assert full_at is not None
    assert full_at > long_ago


def test_all_of_it_is_read_each_time_where_staff_want_that(sandbox: Sandbox, known: HaloCredential) -> None:
    choose(known, mode="full")
    changes_only(known)
    assert not any("lastupdatefromdate" in call for call in asked(sandbox))


def test_a_halo_that_does_not_know_the_filter_breaks_nothing(sandbox: Sandbox, known: HaloCredential) -> None:
    sandbox.switches.change(update_filter_ignored=True)
    in_use = HaloAsset.objects.filter(active=True)
    before, listed = in_use.count(), HaloAsset.objects.count() - 1
    deleted = in_use.first()
    assert deleted is not None
    del sandbox.world.halo.assets[deleted.halo_id]
    run = changes_only(known)
    assert run.state == RunState.SUCCEEDED
    assert run.totals["Halo assets unchanged"] == listed
    assert in_use.filter(missed_reads=0).count() == before


def test_the_position_stays_where_it_was_when_a_read_breaks_off(
    sandbox: Sandbox, known: HaloCredential
) -> None:
    before = state(known, Resource.SITES).position
    sandbox.halo.faults.add(path="/api/site", what="html")
    run = changes_only(known)
    assert run.state == RunState.PARTIAL
    broken = state(known, Resource.SITES)
    assert (broken.state, broken.position) == (ReadState.FAILED, before)
    assert broken.reason
    assert state(known, Resource.USERS).state == ReadState.DONE
    changes_only(known)
    assert state(known, Resource.SITES).state == ReadState.DONE


def test_where_halo_tells_no_time_at_all_everything_is_read(
    sandbox: Sandbox, credential: HaloCredential, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.halo.session.to_http_time", lambda text: None)
    read_halo(credential)
    assert state(credential, Resource.CLIENTS).position is None
    sandbox.halo.requests.clear()
    assert changes_only(credential).state == RunState.SUCCEEDED
    assert "lastupdatefromdate" not in asked(sandbox, "Client")[0]
