"""One status, two who may set it: the rule for gone assets while it is gone, the field mapping otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.models import HaloAsset
from tests.mappings.builders import Scene, rows_of
from tests.mappings.fake_halo import FakeHalo
from tests.mappings.test_asset_lifecycle import (
    IN_USE,
    RETIRED,
    come_back,
    export,
    make_gone,
    make_rules,
    row,
)
from tests.mappings.test_field_problems import make_row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_short_rests")]

STATUS: dict[str, Any] = {"target": "property", "field_id": None, "property": "status_id"}


def make_scene(mapped: str, **rules: Any) -> tuple[Scene, FakeHalo]:
    scene = Scene(kind="msp360")
    make_rules(scene, **rules)
    make_row(scene, **STATUS, source="constant", text=mapped)
    return scene, make_gone(scene)


def status(halo: FakeHalo) -> int:
    number: int = halo.assets[HaloAsset.objects.get(name="A").halo_id]["status_id"]
    return number


def test_while_it_is_gone_the_rule_decides() -> None:
    scene, halo = make_scene("In use", gone_status=RETIRED)
    assert row(scene).after == {"inactive": True, "status_id": RETIRED, "status_name": "Retired"}
    export(scene, halo)
    assert status(halo) == RETIRED
    assert rows_of(scene.plan()) == []


def test_back_again_it_has_its_earlier_status_and_nothing_is_left_to_do() -> None:
    scene, halo = make_scene("In use", gone_status=RETIRED)
    export(scene, halo)
    come_back()
    change = row(scene)
    assert (change.before["status_id"], change.after["status_id"]) == (RETIRED, IN_USE)
    assert change.after["fields"] == {}
    export(scene, halo)
    assert status(halo) == IN_USE
    assert rows_of(scene.plan()) == []


def test_what_is_mapped_to_the_status_counts_again_once_it_is_back() -> None:
    """Two writes of one status in one row would be a riddle: first as it was, then as it is mapped."""
    scene, halo = make_scene("In use", gone_status=RETIRED)
    export(scene, halo)
    scene.credential.field_mappings.filter(property="status_id").update(text="Retired")
    come_back()
    assert row_of_a(scene).after["status_id"] == IN_USE
    assert "property:status_id" not in row_of_a(scene).after["fields"]
    export(scene, halo)
    assert row_of_a(scene).after["fields"]["property:status_id"]["value"] == str(RETIRED)


def row_of_a(scene: Scene) -> Any:
    return scene.plan().changes.get(subject__startswith="A ")


def test_without_a_status_in_the_rules_the_mapping_sets_it_as_it_comes_back() -> None:
    scene, halo = make_scene("In use")
    export(scene, halo)
    HaloAsset.objects.filter(name="A").update(status_id=RETIRED)
    halo.assets[HaloAsset.objects.get(name="A").halo_id]["status_id"] = RETIRED
    come_back()
    change = row(scene)
    assert change.after["inactive"] is False
    assert change.after["fields"]["property:status_id"]["value"] == str(IN_USE)
    export(scene, halo)
    assert status(halo) == IN_USE
    assert HaloAsset.objects.get(name="A").active


def test_a_status_that_people_gave_it_in_between_is_the_mappings_again() -> None:
    scene, halo = make_scene("In use", gone_status=RETIRED)
    export(scene, halo)
    HaloAsset.objects.filter(name="A").update(status_id=5)
    halo.assets[HaloAsset.objects.get(name="A").halo_id]["status_id"] = 5
    come_back()
    after = row(scene).after
    assert "status_id" not in after
    assert after["fields"]["property:status_id"]["value"] == str(IN_USE)
