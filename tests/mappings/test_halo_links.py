"""HaloPSA's own integrations keep ids of consoles on assets: connectors say where, matching reads them."""

from __future__ import annotations

import pytest

from integrations.choices import OptionKind
from integrations.halo import parse
from integrations.models import HaloOption
from integrations.registry import CONNECTORS, connector_class
from mappings.linking import match_computers_for
from mappings.linking.evidence import halo_links
from tests.mappings.builders import SERIAL, Scene, make_asset, make_client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", sorted(CONNECTORS))
def test_every_declared_property_is_one_that_is_read(kind: str) -> None:
    """A link that the mirror does not keep would never match."""
    row = {"id": 1, "client_id": 1, "assettype_id": 1} | dict.fromkeys(
        connector_class(kind).halo_asset_links, "77"
    )
    record = parse.asset(row)
    assert record is not None
    assert set(connector_class(kind).halo_asset_links) <= set(record.links)


def test_an_unknown_kind_has_none() -> None:
    assert halo_links("a kind of the future") == ()


@pytest.mark.parametrize(
    ("kind", "prop"),
    [
        ("ninjaone", "ninjarmm_id"),
        ("datto_rmm", "datto_id"),
        ("ncentral", "nable_id"),
        ("itglue", "itglue_id"),
        ("connectwise_automate", "automate_id"),
        ("connectwise_rmm", "connectwisermm_id"),
    ],
)
def test_a_computer_finds_the_asset_that_halopsa_itself_links(kind: str, prop: str) -> None:
    scene = Scene(kind=kind)
    computer = scene.computer("PC", external_id="AB-77")
    asset = make_asset(scene.client, links={prop: "ab-77"})
    make_asset(scene.client, links={"kaseya_id": "AB-77"})
    match_computers_for(scene.credential)
    mapping = computer.mappings.get()
    assert mapping.halo_asset == asset
    assert mapping.reason == f"Same ID in HaloPSA's own integration {prop} ab-77"


def test_the_link_of_another_client_counts_for_nothing() -> None:
    scene = Scene(kind="ninjaone")
    scene.computer("PC", external_id="77")
    make_asset(make_client(scene.credential), links={"ninjarmm_id": "77"})
    assert match_computers_for(scene.credential)["linked"] == 0


def test_a_kind_without_links_is_not_led_by_them() -> None:
    scene = Scene(kind="push")
    scene.computer("PC", external_id="77")
    make_asset(scene.client, links={"ninjarmm_id": "77"})
    assert match_computers_for(scene.credential)["linked"] == 0


def test_values_that_halopsa_is_told_to_ignore_never_match() -> None:
    scene = Scene()
    scene.computer("PC", serial_number="LOANER-1")
    make_asset(scene.client, {SERIAL: "loaner-1"})
    HaloOption.objects.create(
        halo_credential=scene.credential, kind=OptionKind.IGNORED_VALUE, halo_id="1", name="Loaner 1"
    )
    assert match_computers_for(scene.credential)["linked"] == 0
    HaloOption.objects.update(active=False)
    assert match_computers_for(scene.credential)["linked"] == 1


def test_matching_takes_few_statements_and_one_per_thousand_rows() -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from integrations.models import Computer, HaloAsset

    scene = Scene(computers=2500)
    rows = Computer.objects.filter(console=scene.console).values_list("serial_number", flat=True)
    HaloAsset.objects.bulk_create(
        HaloAsset(
            halo_credential=scene.credential,
            halo_id=500_000 + number,
            name=serial,
            client=scene.client,
            asset_type=scene.type,
            fields={str(SERIAL): serial},
        )
        for number, serial in enumerate(rows)
    )
    with CaptureQueriesContext(connection) as queries:
        assert match_computers_for(scene.credential)["linked"] == 2500
    statements = [q["sql"] for q in queries if "SAVEPOINT" not in q["sql"]]
    assert len(statements) <= 30 + 3
    with CaptureQueriesContext(connection) as again:
        match_computers_for(scene.credential)
    assert len(again) <= 30
