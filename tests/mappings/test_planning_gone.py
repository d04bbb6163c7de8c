from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.choices import Action
from integrations.models import Computer
from mappings.models import ComputerMapping
from mappings.planning import GRACE
from tests.builders import make_console
from tests.mappings.builders import Scene, make_asset, make_company, make_computer, rows_of

pytestmark = pytest.mark.django_db

LONG_AGO = GRACE + timedelta(hours=1)


def make_gone(scene: Scene, ago: timedelta = LONG_AGO, **values: object) -> ComputerMapping:
    computer = scene.computer("A", active=False, gone_since=timezone.now() - ago)
    # Others are there, so that this one is no large loss.
    for _ in range(4):
        scene.link(scene.computer(), make_asset(scene.client), created_by_us=True)
    asset = make_asset(scene.client)
    return scene.link(computer, asset, **{"created_by_us": True, **values})


def only_row(scene: Scene) -> tuple[str, str]:
    rows = [(a, reason) for a, subject, reason in rows_of(scene.plan()) if subject.startswith("A ")]
    assert len(rows) == 1
    return rows[0]


def test_our_asset_of_a_gone_computer_is_made_inactive_after_the_grace_days() -> None:
    scene = Scene(kind="msp360")
    mapping = make_gone(scene)
    change = scene.plan().changes.get(action=Action.DEACTIVATE)
    assert change.subject_id == mapping.pk
    assert mapping.halo_asset is not None
    assert change.before == {"halo_id": mapping.halo_asset.halo_id, "inactive": False}
    assert change.after == {"inactive": True}
    assert change.selected


def test_within_the_grace_days_it_waits() -> None:
    scene = Scene(kind="msp360")
    make_gone(scene, ago=GRACE - timedelta(hours=1))
    action, reason = only_row(scene)
    assert action == Action.SKIP
    assert "made inactive when that has lasted 7 days" in reason


def test_a_merely_linked_asset_is_flagged_and_left_alone() -> None:
    scene = Scene(kind="msp360")
    make_gone(scene, created_by_us=False)
    action, reason = only_row(scene)
    assert action == Action.SKIP
    assert "was not created here" in reason


def test_a_list_that_proves_nothing_makes_nothing_inactive() -> None:
    scene = Scene(kind="push")
    make_gone(scene)
    action, reason = only_row(scene)
    assert action == Action.SKIP
    assert "may only be asleep" in reason


def test_it_has_to_be_gone_from_every_console() -> None:
    scene = Scene(kind="msp360")
    mapping = make_gone(scene)
    company = make_company(make_console(kind="msp360"))
    scene.map(company, scene.client, scene.site)
    scene.link(make_computer(company, "A"), mapping.halo_asset)
    assert not scene.plan().changes.filter(action=Action.DEACTIVATE).exists()


def test_an_asset_that_is_inactive_already_is_no_row() -> None:
    scene = Scene(kind="msp360")
    mapping = make_gone(scene)
    assert mapping.halo_asset is not None
    mapping.halo_asset.active = False
    mapping.halo_asset.save()
    assert not scene.plan().changes.filter(subject_id=mapping.pk).exists()


def test_a_large_loss_waits_for_approval() -> None:
    scene = Scene(kind="msp360", computers=12)
    for computer in Computer.objects.all():
        scene.link(computer, make_asset(scene.client), created_by_us=True)
    some = Computer.objects.values("pk")[:6]
    Computer.objects.filter(pk__in=some).update(active=False, gone_since=timezone.now() - LONG_AGO)
    rows = scene.plan().changes.filter(action=Action.DEACTIVATE)
    assert rows.count() == 6
    assert not rows.filter(selected=True).exists()
    assert all("held back" in row.reason for row in rows)


def test_nothing_happens_to_assets_of_companies_that_are_no_longer_mapped() -> None:
    scene = Scene(kind="msp360")
    make_gone(scene)
    scene.mapping.delete()
    assert rows_of(scene.plan()) == []
