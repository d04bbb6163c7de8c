"""What an undo does to the counts, and that a plan of asset types says nothing about computers."""

from __future__ import annotations

import pytest

from integrations.choices import OptionKind
from integrations.models import HaloOption
from mappings.counts import counts_of_plan
from mappings.planning import new_types, plan_assets
from tests.mappings.builders import Scene
from tests.mappings.fake_halo import FakeHalo
from tests.mappings.test_undo import export, undo_plan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_short_rests")]


def test_the_assets_that_an_undo_makes_inactive_are_taken_off() -> None:
    scene = Scene(computers=3)
    counts = counts_of_plan(undo_plan(export(scene, FakeHalo())))
    assert counts is not None
    assert (counts.before, counts.after) == (3, 0)


def test_a_plan_of_asset_types_counts_no_computers() -> None:
    scene = Scene(computers=3)
    HaloOption.objects.create(
        halo_credential=scene.credential, kind=OptionKind.ASSET_GROUP, halo_id="3", name="Hardware"
    )
    plan = new_types(scene.credential, ["Kiosk"], 3)
    plan_assets(plan)
    assert plan.counts["create"] == 1
    assert counts_of_plan(plan) is None
