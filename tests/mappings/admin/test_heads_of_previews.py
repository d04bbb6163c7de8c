"""What the head of a preview says is true of its rows: what stays, why, and why it waits."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from integrations.choices import Action
from integrations.models import HaloAsset, Plan
from mappings.planning import new_offboard, new_undo, plan_assets, tick
from tests.builders import make_console
from tests.mappings.builders import Scene, make_company, make_computer
from tests.mappings.fake_halo import FakeHalo, work_off
from tests.mappings.test_moving_companies import Moving
from tests.mappings.test_scheduled_updates import Kept

pytestmark = pytest.mark.django_db


def made(plan: Plan) -> Plan:
    plan_assets(plan)
    plan.refresh_from_db()
    return plan


def words_of(browser: Client, plan: Plan) -> str:
    page = browser.get(reverse("admin:integrations_plan_change", args=(plan.pk,))).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def share(scene: Scene, *assets: HaloAsset) -> None:
    """A company of the same name in NinjaOne, with computers of the same names, still has these assets."""
    company = make_company(make_console(name="NinjaOne"), "Alder Dental")
    scene.map(company, scene.client, scene.site)
    for asset in assets:
        scene.link(make_computer(company, asset.name), asset)


def tick_all_of_these(browser: Client, plan: Plan) -> None:
    address = reverse("admin:integrations_plan_keep_ticks", args=(plan.pk,))
    browser.post(address, {"checksum": plan.checksum, "all": "asked"})
    plan.refresh_from_db()


def test_offboarding_says_how_many_assets_stay_and_ticks_them_with_one_click(browser: Client) -> None:
    scene = Moving()
    scene.linked("MINE", created_by_us=True)
    share(scene, scene.ours)
    plan = made(new_offboard(scene.mapping))

    words = words_of(browser, plan)
    assert "1 of 2 assets stays active, because another console still has it: it is not ticked." in words
    assert "become inactive where they are ticked below" in words
    reason = plan.changes.get(action=Action.DEACTIVATE, selected=False).reason
    assert f"It also stands for {scene.ours.name} of Alder Dental in NinjaOne: tick it" in reason

    tick_all_of_these(browser, plan)

    assert not plan.changes.filter(action=Action.DEACTIVATE, selected=False).exists()
    words = words_of(browser, plan)
    assert "Another console still has 1 of 2 assets; it is ticked all the same." in words


def test_a_move_says_how_many_assets_stay_and_ticks_them_with_one_click(browser: Client) -> None:
    scene = Moving()
    more = [scene.linked(name, created_by_us=True) for name in ("ONE", "TWO")]
    share(scene, scene.ours, *more)
    plan = made(scene.move())

    words = words_of(browser, plan)
    assert "3 of 3 assets stay where they are, because another console still has them" in words
    assert "of Alder Dental in NinjaOne, which is not mapped to Birch Ltd: tick it" in words

    tick_all_of_these(browser, plan)

    assert plan.changes.filter(action=Action.UPDATE, selected=True).count() == 3


def test_an_undo_says_how_many_assets_stay_and_ticks_them_with_one_click(browser: Client) -> None:
    scene, halo = Scene(computers=3), FakeHalo()
    run = work_off(scene.run(scene.plan()), halo)
    share(scene, *HaloAsset.objects.order_by("pk")[:2])
    plan = made(new_undo(run))

    words = words_of(browser, plan)
    assert "2 of 3 assets stay active, because another console still has them" in words
    assert "of Alder Dental in NinjaOne (another console): tick it" in words

    tick_all_of_these(browser, plan)

    assert plan.counts["selected"] == 3


def test_only_what_another_console_has_is_ticked_with_these(browser: Client) -> None:
    scene, halo = Scene(computers=3), FakeHalo()
    run = work_off(scene.run(scene.plan()), halo)
    share(scene, HaloAsset.objects.order_by("pk")[0])
    plan = made(new_undo(run))
    unticked = plan.changes.filter(selected=True).order_by("position")[0]
    plan = tick(plan, [unticked.position], False)

    assert "1 of 3 assets stays active" in words_of(browser, plan)
    tick_all_of_these(browser, plan)

    assert list(plan.changes.filter(selected=False)) == [unticked]


def test_where_no_other_console_has_an_asset_nothing_is_said(browser: Client) -> None:
    assert "another console" not in words_of(browser, made(new_offboard(Moving().mapping)))


@pytest.mark.usefixtures("_short_rests")
def test_a_scheduled_update_that_waits_says_what_it_is_and_why(browser: Client) -> None:
    scene = Kept(30)
    scene.upgrade(30)
    run = scene.update()
    assert run.plan is not None

    words = words_of(browser, run.plan)

    assert "What the scheduled update would do" in words
    assert "What an export would do" not in words
    assert f"It waits for you. {run.error}" in words
    assert "Apply its preview" in run.error


def test_what_is_ticked_and_cannot_be_unticked_is_told_apart(browser: Client) -> None:
    plan = made(Moving().move())
    told = words_of(browser, plan)
    assert "3 changes ticked in all. 2 of them change only the bridge itself" in told
    assert "Tick all 1" in told
