"""A mapping stays while nobody knows whether HaloPSA made its asset, or the next export makes a second."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from integrations.choices import IntentionState, RunKind
from integrations.models import Intention, Run, Step
from integrations.runs.steps import work
from mappings.apply import apply_plan
from mappings.apply.lost import retry_lost
from mappings.linking import edit_computer_mapping, remove_computer_mapping, unmap_company
from mappings.models import CompanyMapping, ComputerMapping
from tests.integrations.admin.made import make_superuser
from tests.integrations.api.clients import make_caller
from tests.mappings.builders import Scene, make_asset
from tests.mappings.fake_halo import FakeHalo, lost_answer, never_arrived, work_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_short_rests")]

NOT_TOLD = "HaloPSA has not told yet whether it made an asset for"


def some_steps(run: Run, halo: FakeHalo, until: str) -> None:
    """As much of an export as it takes until its only write is in this state."""
    table: Any = {
        RunKind.APPLY_ASSETS: {"start": lambda doing: apply_plan(doing, doing.run.plan, halo, halo)}
    }
    for _ in range(20):
        if until in Intention.objects.values_list("state", flat=True):
            return
        work(run.pk, table)
    raise AssertionError(f"The write never was {until}.")


def never_arrives(halo: FakeHalo) -> None:
    def again(payloads: Any, execute: Any) -> Any:
        halo.faults.append(again)
        return never_arrived(payloads, execute)

    halo.faults = [again]


def test_one_whose_answer_was_lost_can_be_removed_once_it_was_found(settings: Any) -> None:
    scene, halo = Scene(computers=1), FakeHalo()
    halo.faults = [lost_answer]
    run = scene.run(scene.plan())
    settings.HALOBRIDGE_PAUSE_FACTOR = 1.0
    some_steps(run, halo, IntentionState.UNCERTAIN)

    with pytest.raises(ValidationError, match=NOT_TOLD):
        remove_computer_mapping(ComputerMapping.objects.get())
    with pytest.raises(ValidationError, match=NOT_TOLD):
        unmap_company(scene.mapping)
    settings.HALOBRIDGE_PAUSE_FACTOR = 0.0002
    Intention.objects.update(not_before=None)
    Step.objects.filter(run=run).update(not_before=None)
    work_off(run, halo)

    assert len(halo.assets) == 1
    remove_computer_mapping(ComputerMapping.objects.get())
    work_off(scene.run(scene.plan()), halo)
    assert len({row["inventory_number"] for row in halo.assets.values()}) == len(halo.assets)


def test_one_that_waits_for_staff_stays_until_it_was_tried_again() -> None:
    scene, halo = Scene(computers=1), FakeHalo()
    never_arrives(halo)
    work_off(scene.run(scene.plan()), halo)
    assert Intention.objects.get().state == IntentionState.STAFF
    mapping = ComputerMapping.objects.get()

    with pytest.raises(ValidationError, match="press “Try again”"):
        remove_computer_mapping(mapping)
    with pytest.raises(ValidationError, match="press “Try again”"):
        unmap_company(scene.mapping)
    assert CompanyMapping.objects.exists()
    halo.faults = []
    assert retry_lost(mapping)
    work_off(scene.run(scene.plan()), halo)

    assert len(halo.assets) == 1
    remove_computer_mapping(ComputerMapping.objects.get())


def test_or_until_staff_have_chosen_the_asset_that_they_found() -> None:
    scene, halo = Scene(computers=1), FakeHalo()
    never_arrives(halo)
    work_off(scene.run(scene.plan()), halo)
    mapping = ComputerMapping.objects.get()
    edit_computer_mapping(mapping.computer, scene.credential, halo_asset=make_asset(scene.client))
    mapping.refresh_from_db()
    remove_computer_mapping(mapping)
    assert not ComputerMapping.objects.exists()


@pytest.fixture
def waiting() -> ComputerMapping:
    """A mapping whose create waits for staff."""
    scene, halo = Scene(computers=1), FakeHalo()
    never_arrives(halo)
    work_off(scene.run(scene.plan()), halo)
    return ComputerMapping.objects.get()


def test_the_page_says_why_the_mapping_stays(client: Client, waiting: ComputerMapping) -> None:
    client.force_login(make_superuser())
    both = (waiting.halo_credential_id, waiting.computer_id)
    answer = client.post(reverse("admin:integrations_computer_remove_mapping", args=both), follow=True)
    assert NOT_TOLD in answer.content.decode()
    assert "has no asset any more" not in answer.content.decode()
    assert ComputerMapping.objects.exists()


def test_programs_are_told_the_same_as_a_conflict(waiting: ComputerMapping) -> None:
    answer = make_caller().delete(f"/api/v1/computer-mappings/{waiting.pk}/")
    assert answer.status_code == 409
    assert NOT_TOLD in answer.json()["detail"]
    assert ComputerMapping.objects.exists()


def test_programs_let_it_be_tried_again_once(waiting: ComputerMapping) -> None:
    address = f"/api/v1/computer-mappings/{waiting.pk}/retry/"
    assert make_caller().post(address).status_code == 200
    assert Intention.objects.get().state == IntentionState.UNCERTAIN
    again = make_caller().post(address)
    assert again.status_code == 409
    assert "waits for staff (any more)" in again.json()["detail"]
