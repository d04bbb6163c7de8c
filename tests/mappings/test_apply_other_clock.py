"""Halo's clock is not ours: what it made is found again by its own times."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.choices import RunState
from integrations.models import HaloAsset, Instance
from tests.mappings.builders import Scene, make_asset
from tests.mappings.fake_halo import FakeHalo, lost_answer, work_off
from tests.mappings.test_apply_creates import assert_each_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_short_rests")]
MINUTE = timedelta(minutes=1)


def make_scene(behind: timedelta) -> tuple[Scene, FakeHalo]:
    """A batch of three whose answer gets lost, in a HaloPSA whose clock is that far behind ours."""
    scene, halo = Scene(computers=3, marker=True), FakeHalo()
    Instance.objects.update(batch_size=100)
    halo.clock_behind = behind
    halo.faults = [lost_answer]
    return scene, halo


def export(scene: Scene, halo: FakeHalo) -> None:
    run = work_off(scene.run(scene.plan()), halo)
    assert run.state == RunState.SUCCEEDED
    assert halo.writes() == ["write 3"]
    assert_each_once(halo, 3)


def test_a_lost_batch_is_found_though_halos_clock_is_five_minutes_behind() -> None:
    scene, halo = make_scene(5 * MINUTE)
    make_asset(scene.client, updated_at=halo.now())
    export(scene, halo)


def test_a_lost_batch_is_found_though_halos_clock_is_hours_behind() -> None:
    scene, halo = make_scene(180 * MINUTE)
    make_asset(scene.client, updated_at=halo.now())
    export(scene, halo)


def test_a_lost_batch_is_found_where_the_mirror_tells_nothing_of_halos_clock() -> None:
    scene, halo = make_scene(180 * MINUTE)
    assert not HaloAsset.objects.filter(updated_at__isnull=False).exists()
    export(scene, halo)


def test_a_change_that_was_mirrored_after_sending_does_not_hide_the_lost_batch() -> None:
    scene, halo = make_scene(5 * MINUTE)
    make_asset(scene.client, updated_at=timezone.now() + 120 * MINUTE)
    export(scene, halo)


def test_the_clock_of_another_credential_says_nothing() -> None:
    scene, halo = make_scene(180 * MINUTE)
    make_asset(Scene().client, updated_at=timezone.now())
    export(scene, halo)
