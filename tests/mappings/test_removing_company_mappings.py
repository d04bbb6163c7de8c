"""Removing a mapping: computers become unmapped, assets stay, and the history is kept."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from integrations.choices import IntentionKind, IntentionState
from integrations.models import HaloAsset, Intention
from mappings.linking import map_company, set_switches, unmap_company
from mappings.models import CompanyChange, CompanyMapping, ComputerMapping, RefusedPair
from tests.mappings.builders import Scene, make_asset, make_client

pytestmark = pytest.mark.django_db


def test_its_computers_become_unmapped_and_their_assets_stay() -> None:
    scene = Scene()
    scene.link(scene.computer(), make_asset(scene.client))
    scene.link(scene.computer(), None)
    assert unmap_company(scene.mapping) == 2
    assert not ComputerMapping.objects.exists()
    assert HaloAsset.objects.filter(active=True).count() == 1
    assert not RefusedPair.objects.exists(), "mapped again, it may be matched again"


def test_it_waits_while_assets_are_being_created() -> None:
    scene = Scene()
    pair = scene.link(scene.computer(), None)
    Intention.objects.create(
        instance=scene.credential.instance,
        halo_credential=scene.credential,
        sequence=1,
        kind=IntentionKind.CREATE_ASSET,
        state=IntentionState.UNCERTAIN,
        subject_id=pair.pk,
        lane=f"computer_mapping:{pair.pk}",
    )
    with pytest.raises(ValidationError, match="just being created"):
        unmap_company(scene.mapping)
    assert CompanyMapping.objects.exists() and ComputerMapping.objects.exists()


def test_every_change_is_told_and_outlives_the_mapping() -> None:
    scene = Scene()
    other = make_client(scene.credential, "Birch")
    mapping = map_company(scene.company, other)
    set_switches(mapping, create_tickets=True)
    set_switches(mapping, create_tickets=True)
    unmap_company(mapping)
    told = list(CompanyChange.objects.order_by("pk").values_list("text", flat=True))
    assert told == [
        "Client: Alder Dental Group → Birch.",
        "Default site: Main → none.",
        "Create tickets: on.",
        "Mapping to Birch removed; 0 computers unmapped.",
    ]
