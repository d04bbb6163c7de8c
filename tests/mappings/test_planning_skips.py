from __future__ import annotations

import pytest

from integrations.choices import Action, IntentionKind, IntentionState
from integrations.models import HaloField, Product
from mappings.linking import edit_computer_mapping, remove_computer_mapping
from tests.builders import make_intention
from tests.mappings.builders import SERIAL, SYSTEM, Scene, make_asset, rows_of

pytestmark = pytest.mark.django_db


def reason_of(scene: Scene, **values: object) -> str:
    """The reason of the only row, which has to be a skip."""
    ((action, _, reason),) = rows_of(scene.plan(**values))
    assert action == Action.SKIP
    return reason


def test_it_asks_for_the_type_of_an_unmapped_product() -> None:
    scene = Scene()
    scene.computer("A", product=Product.objects.create(console=scene.console, name="Server"))
    words = "Asset type required: map the product “Server” to an asset type, or choose one."
    assert reason_of(scene) == words


def test_it_asks_for_a_type_where_there_is_no_product() -> None:
    scene = Scene()
    scene.computer("A", product=None)
    assert reason_of(scene).startswith("Asset type required: this computer has no product")


def test_it_says_that_an_asset_type_vanished() -> None:
    scene = Scene()
    scene.type.active = False
    scene.type.save()
    scene.computer("A")
    words = "The asset type Workstation no longer exists in HaloPSA: choose another one"
    assert reason_of(scene) == f"{words} for the product “Desktop”."


def test_it_says_why_a_computer_is_not_eligible() -> None:
    scene = Scene()
    scene.computer("A", eligible=False, ineligible_reason="It has neither backup nor RMM agent.")
    assert reason_of(scene) == "It has neither backup nor RMM agent."


def test_it_holds_what_is_held() -> None:
    scene = Scene()
    scene.link(scene.computer("A"), None, held=True)
    assert reason_of(scene) == "Held until released."


def test_it_asks_for_a_site() -> None:
    scene = Scene()
    scene.mapping.halo_site = None
    scene.mapping.save()
    scene.computer("A")
    assert reason_of(scene) == "No site: choose a default site for Alder Dental."


def test_it_says_that_a_client_is_no_longer_active() -> None:
    scene = Scene()
    scene.client.active = False
    scene.client.save()
    scene.computer("A")
    assert reason_of(scene) == "The Halo client Alder Dental Group is no longer active."


def test_it_says_that_a_key_field_would_be_too_long() -> None:
    scene = Scene()
    HaloField.objects.filter(halo_id=SERIAL).update(data_length=10)
    scene.computer("A", serial_number="5CG1234567890")
    words = "Serial number has 13 characters; Halo's field “Serial Number” takes 10."
    assert reason_of(scene) == words


def test_another_value_that_is_too_long_is_left_out_and_told() -> None:
    scene = Scene()
    HaloField.objects.filter(halo_id=SYSTEM).update(data_length=10)
    scene.computer("A", os_name="Windows Server 2022")
    ((action, _, reason),) = rows_of(scene.plan())
    assert action == Action.CREATE
    words = "Left out: Operating system has 19 characters; Halo's field “Operating System” takes 10."
    assert reason.endswith(words)


def test_it_does_not_double_what_looks_like_two_assets() -> None:
    scene = Scene()
    scene.computer("A", serial_number="5CG1")
    make_asset(scene.client, {SERIAL: "5CG1"})
    make_asset(scene.client, {SERIAL: "5CG1"})
    assert reason_of(scene).startswith("2 assets of the client have the same serial number 5CG1.")


def test_a_chosen_export_counts_more_than_a_doubt() -> None:
    scene = Scene()
    computer = scene.computer("A", serial_number="5CG1")
    make_asset(scene.client, {SERIAL: "5CG1"})
    make_asset(scene.client, {SERIAL: "5CG1"})
    edit_computer_mapping(computer, scene.credential)
    assert scene.plan().changes.get().action == Action.CREATE


def test_it_tells_a_match_that_nobody_has_linked_yet() -> None:
    scene = Scene()
    scene.computer("A", serial_number="5CG1")
    asset = make_asset(scene.client, {SERIAL: "5CG1"})
    change = scene.plan().changes.get()
    assert (change.action, change.selected) == (Action.LINK, False)
    assert change.after == {"halo_id": asset.halo_id, "name": asset.name}
    assert change.reason == "Same serial number 5CG1; matching links it."


def test_what_was_sent_without_an_answer_waits_for_staff() -> None:
    scene = Scene()
    mapping = scene.link(scene.computer("A"), None)
    sent = {"kind": IntentionKind.CREATE_ASSET, "subject_id": mapping.pk}
    intention = make_intention(scene.credential, state=IntentionState.UNCERTAIN, **sent)
    assert "looked up before anything is sent" in scene.plan().changes.get().reason
    intention.state = IntentionState.STAFF
    intention.save()
    assert reason_of(scene).startswith("Sent several times without a readable answer")


def test_a_computer_that_was_taken_apart_from_an_asset_is_left_unticked_with_the_reason() -> None:
    scene = Scene()
    computer = scene.computer("A")
    asset = make_asset(scene.client, name="OLD-A")
    remove_computer_mapping(scene.link(computer, asset))
    change = scene.plan().changes.get()
    assert (change.action, change.selected) == (Action.CREATE, False)
    assert "taken apart from the asset “OLD-A”" in change.reason
