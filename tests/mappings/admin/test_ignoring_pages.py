"""Ignoring computers in the admin: ticked ones with a reason, and rules with a preview."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from integrations.models import Computer
from mappings.models import IgnoredComputer, IgnoreRule
from tests.integrations.admin.made import make_staff
from tests.mappings.builders import Scene, make_asset

pytestmark = pytest.mark.django_db

COMPUTERS = "admin:integrations_computer_changelist"
PREVIEW = "admin:mappings_ignorerule_preview"


@pytest.fixture
def scene() -> Scene:
    made = Scene()
    made.link(made.computer("TEST-1"), make_asset(made.client))
    made.computer("TEST-2")
    made.computer("PC-1")
    return made


def act(browser: Client, action: str, *computers: Computer, **more: Any) -> str:
    typed = {"action": action, "_selected_action": [row.pk for row in computers], **more}
    return browser.post(reverse(COMPUTERS), typed, follow=True).content.decode()


def test_ticked_computers_are_ignored_after_a_question(browser: Client, scene: Scene) -> None:
    one = Computer.objects.get(name="PC-1")
    question = act(browser, "ignore_selected", one)
    assert "Ignore 1 computer?" in question
    assert "Assets in HaloPSA stay as they are" in question
    assert not IgnoredComputer.objects.exists()
    page = act(browser, "ignore_selected", one, confirmed="1", reason="Loaner.")
    assert "1 computer is ignored from now on." in page
    row = IgnoredComputer.objects.get()
    assert (row.computer, row.reason, row.ignored_by.username) == (one, "Loaner.", "admin")
    assert "Loaner." in browser.get(reverse(COMPUTERS), {"mapping_state": "ignored"}).content.decode()


def test_all_of_a_filter_can_be_ignored(browser: Client, scene: Scene) -> None:
    one = Computer.objects.get(name="TEST-2")
    address = f"{reverse(COMPUTERS)}?mapping_state=unmapped"
    typed = {"action": "ignore_selected", "_selected_action": [one.pk], "select_across": "1"}
    browser.post(address, {**typed, "confirmed": "1", "reason": ""}, follow=True)
    assert set(IgnoredComputer.objects.values_list("computer__name", flat=True)) == {"TEST-2", "PC-1"}


def test_ignoring_is_taken_back(browser: Client, scene: Scene) -> None:
    one = Computer.objects.get(name="PC-1")
    act(browser, "ignore_selected", one, confirmed="1")
    page = act(browser, "stop_ignoring_selected", one)
    assert "1 computer is no longer ignored by hand." in page
    assert not IgnoredComputer.objects.exists()


def test_the_preview_tells_how_many_before_anything_is_saved(browser: Client, scene: Scene) -> None:
    told = browser.get(reverse(PREVIEW), {"name_pattern": "test-*"}).content.decode()
    assert "<strong" in told
    assert "2</strong> computers" in told
    assert "1</strong> of them with an asset" in told
    assert "TEST-1, TEST-2" in told
    assert not IgnoreRule.objects.exists()


def test_the_preview_of_nothing_asks_for_a_condition(browser: Client, scene: Scene) -> None:
    assert "Set at least one condition" in browser.get(reverse(PREVIEW)).content.decode()
    assert browser.get(reverse(PREVIEW), {"console": "x", "company": "9" * 30}).status_code == 200


def test_saving_a_rule_ignores_at_once_and_deleting_it_stops(browser: Client, scene: Scene) -> None:
    typed = {"name": "Test bench", "enabled": "on", "name_pattern": "TEST-*"}
    page = browser.post(reverse("admin:mappings_ignorerule_add"), typed, follow=True).content.decode()
    assert "ignores 2 computers by now" in page
    assert "2 computers" in page
    rule = IgnoreRule.objects.get()
    assert rule.created_by.username == "admin"
    browser.post(reverse("admin:mappings_ignorerule_delete", args=(rule.pk,)), {"post": "yes"})
    assert not IgnoredComputer.objects.exists()


def test_a_rule_without_a_condition_is_not_saved(browser: Client, scene: Scene) -> None:
    typed = {"name": "All", "enabled": "on"}
    page = browser.post(reverse("admin:mappings_ignorerule_add"), typed).content.decode()
    assert "all computers would be ignored" in page
    assert not IgnoreRule.objects.exists()


def test_who_is_ignored_is_listed_with_the_reason(browser: Client, scene: Scene) -> None:
    rule = IgnoreRule.objects.create(name="Test bench", name_pattern="TEST-*")
    IgnoredComputer.objects.create(computer=Computer.objects.get(name="TEST-1"), rule=rule)
    page = browser.get(reverse("admin:mappings_ignoredcomputer_changelist")).content.decode()
    assert "TEST-1" in page
    assert "Rule “Test bench”" in page


def test_each_action_has_its_permission(client: Client, scene: Scene) -> None:
    client.force_login(make_staff("auditor", "integrations.view_computer", "mappings.view_ignorerule"))
    act(client, "ignore_selected", Computer.objects.get(name="PC-1"), confirmed="1")
    assert not IgnoredComputer.objects.exists()
    assert client.get(reverse(PREVIEW), {"tag": "x"}).status_code == 200
    assert client.get(reverse("admin:mappings_ignorerule_add")).status_code == 403
    client.force_login(make_staff("nobody"))
    assert client.get(reverse(PREVIEW), {"tag": "x"}).status_code == 403
