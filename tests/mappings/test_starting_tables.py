"""Starting the common table from the well-known fields changes nothing by itself."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from integrations.models import HaloCredential
from mappings.models import FieldMapping, FieldOwner
from mappings.starting import start_common_table
from tests.mappings.builders import (
    MAC,
    MAKER,
    MARKER,
    MODEL,
    NAME,
    SERIAL,
    SYSTEM,
    Scene,
    make_asset,
    make_asset_type,
)

pytestmark = pytest.mark.django_db


def planned(scene: Scene) -> list[tuple[Any, ...]]:
    return list(scene.plan().changes.order_by("position").values_list("action", "subject", "before", "after"))


def test_the_common_table_starts_with_what_is_filled_without_one() -> None:
    scene = Scene(marker=True)

    made = start_common_table(scene.credential)

    assert [(row.asset_type, row.field_id, row.attribute, row.owner) for row in made] == [
        (None, MAKER, "manufacturer", FieldOwner.CONSOLE),
        (None, MODEL, "model", FieldOwner.CONSOLE),
        (None, SYSTEM, "os_name", FieldOwner.CONSOLE),
        (None, MAC, "mac_addresses", FieldOwner.CONSOLE),
    ]
    assert start_common_table(scene.credential) == []


def test_plans_are_the_same_before_and_after() -> None:
    scene = Scene(computers=2)
    told = {
        "manufacturer": "Dell",
        "model": "XPS",
        "serial_number": "5CG1",
        "mac_addresses": ["001122334455"],
    }
    linked = scene.computer("RENAMED", **told)
    scene.link(linked, make_asset(scene.client, {NAME: "by hand", MODEL: "old"}, site=scene.site))
    before = planned(scene)

    start_common_table(scene.credential)

    assert planned(scene) == before
    assert len(before) == 3
    assert any(row[3]["fields"].get(str(MODEL), {}).get("value") == "XPS" for row in before)


def test_rows_that_are_there_stay() -> None:
    scene = Scene()
    FieldMapping.objects.create(halo_credential=scene.credential, attribute="os_version", field_id=SYSTEM)

    start_common_table(scene.credential)

    assert FieldMapping.objects.get(field_id=SYSTEM).attribute == "os_version"


def test_a_serial_number_that_is_no_key_field_gets_a_row_of_that_type_which_fills_only() -> None:
    scene = Scene()
    scene.type.key_field_ids = [NAME]
    scene.type.save()
    make_asset_type(scene.credential, 120, "Server")

    made = start_common_table(scene.credential)

    own = [(row.asset_type, row.field_id, row.owner) for row in made if row.asset_type is not None]
    assert own == [(scene.type.halo_id, SERIAL, FieldOwner.FILL)]


def test_the_bridge_reference_is_never_one_of_them() -> None:
    scene = Scene(marker=True)
    scene.credential.instance.marker_field_id = MODEL
    scene.credential.instance.save()

    made = start_common_table(scene.credential)

    assert not {MODEL, MARKER} & {row.field_id for row in made}


def test_before_the_first_sync_there_is_nothing_to_start_from() -> None:
    scene = Scene()
    scene.type.delete()

    with pytest.raises(ValidationError, match="sync HaloPSA in full"):
        start_common_table(HaloCredential.objects.select_related("instance").get())
