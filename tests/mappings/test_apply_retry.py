"""A create whose fate nobody knows: released by staff, looked up first, sent only if it is absent."""

from __future__ import annotations

import pytest

from integrations.choices import Action, IntentionKind, IntentionState, Outcome
from integrations.models import Entry, Intention
from mappings.apply import retry_lost
from mappings.models import ComputerMapping
from tests.builders import make_intention
from tests.mappings.builders import Scene, make_asset
from tests.mappings.fake_halo import FakeHalo, never_arrived, work_off
from tests.mappings.test_apply_creates import assert_each_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_short_rests")]


def make_lost() -> tuple[Scene, FakeHalo, ComputerMapping]:
    """A computer whose create was given up after three calls."""
    scene, halo = Scene(computers=1), FakeHalo()
    halo.faults = [never_arrived] * 3
    work_off(scene.run(scene.plan()), halo)
    assert Intention.objects.get().state == IntentionState.STAFF
    halo.calls.clear()
    return scene, halo, ComputerMapping.objects.get()


def test_until_staff_try_again_it_is_skipped_with_what_to_do() -> None:
    scene, _, _ = make_lost()
    change = scene.plan().changes.get()
    assert change.action == Action.SKIP
    assert "press “Try again”" in change.reason


def test_tried_again_it_is_offered_by_the_next_preview() -> None:
    scene, _, mapping = make_lost()
    assert retry_lost(mapping)
    change = scene.plan().changes.get()
    assert (change.action, change.selected) == (Action.CREATE, True)
    assert "looked up before anything is sent" in change.reason


def test_tried_again_it_is_looked_up_and_then_sent_because_it_is_absent() -> None:
    scene, halo, mapping = make_lost()
    marker = Intention.objects.get().marker
    assert retry_lost(mapping)
    run = work_off(scene.run(scene.plan()), halo)
    assert halo.calls == ["tag", "tag", "write 1"]
    assert run.totals == {"created": 1}
    assert Intention.objects.get().marker == marker
    assert_each_once(halo, 1)


def test_tried_again_it_is_not_sent_if_halo_has_it() -> None:
    scene, halo, mapping = make_lost()
    after = Intention.objects.get().content["after"]
    fields = [{"id": number, "value": row["value"]} for number, row in after["fields"].items()]
    halo.execute(
        [
            {
                "client_id": after["client_id"],
                "assettype_id": after["asset_type_id"],
                "inventory_number": after["inventory_number"],
                "fields": fields,
            }
        ]
    )
    assert retry_lost(mapping)
    run = work_off(scene.run(scene.plan()), halo)
    assert halo.calls == ["tag"]
    assert Entry.objects.get(run=run).outcome == Outcome.DONE
    assert_each_once(halo, 1)


def test_two_clicks_release_it_once() -> None:
    _, _, mapping = make_lost()
    assert retry_lost(mapping)
    assert not retry_lost(mapping)
    left = Intention.objects.get()
    assert (left.state, left.lookups, left.attempts) == (IntentionState.UNCERTAIN, 0, 0)


def test_it_is_not_released_once_staff_have_linked_an_asset() -> None:
    scene, _, mapping = make_lost()
    ComputerMapping.objects.update(halo_asset=make_asset(scene.client))
    assert not retry_lost(mapping)
    assert Intention.objects.get().state == IntentionState.STAFF


@pytest.mark.parametrize("state", [s for s in IntentionState if s != IntentionState.STAFF])
def test_only_what_waits_for_staff_is_released(state: str) -> None:
    scene = Scene()
    mapping = scene.link(scene.computer("A"), None)
    sent = {"kind": IntentionKind.CREATE_ASSET, "subject_id": mapping.pk}
    make_intention(scene.credential, state=state, **sent)
    assert not retry_lost(mapping)
    assert Intention.objects.get().state == state


def test_a_ticket_of_the_same_number_is_left_alone() -> None:
    scene = Scene()
    mapping = scene.link(scene.computer("A"), None)
    make_intention(
        scene.credential,
        state=IntentionState.STAFF,
        kind=IntentionKind.CREATE_TICKET,
        subject_id=mapping.pk,
    )
    assert not retry_lost(mapping)
    assert Intention.objects.get().state == IntentionState.STAFF
