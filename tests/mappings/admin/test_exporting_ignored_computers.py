"""Ignored computers that are ticked for an export: left out, counted, and exported once they are not."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from integrations.choices import Action
from integrations.models import Computer, Plan
from mappings.linking import ignore_computers, stop_ignoring
from tests.mappings.admin.test_export_dialog import COMPUTERS, page_of, plan_again, text
from tests.mappings.builders import Scene

pytestmark = pytest.mark.django_db


def ticked(browser: Client) -> Plan:
    numbers = list(Computer.objects.order_by("pk").values_list("pk", flat=True))
    answer = browser.post(reverse(COMPUTERS), {"action": "export_selected", "_selected_action": numbers})
    browser.post(answer["Location"], {})
    return plan_again(Plan.objects.latest("pk"))


def test_the_list_offers_both_exporting_and_ignoring(browser: Client) -> None:
    Scene(computers=1)
    page = text(browser.get(reverse(COMPUTERS)))
    for action in ("export_selected", "ignore_selected", "stop_ignoring_selected"):
        assert f'value="{action}"' in page


def test_an_ignored_one_among_the_ticked_is_left_out_and_counted(browser: Client) -> None:
    Scene(computers=3)
    ignore_computers([Computer.objects.order_by("pk")[0].pk], "Loaner.")
    plan = ticked(browser)
    assert plan.parameters == {"chosen": 3}
    assert [row.action for row in plan.changes.all()] == [*[Action.CREATE] * 2, Action.SKIP]
    assert plan.changes.get(action=Action.SKIP).reason == "Staff ignore it: Loaner."
    assert plan.counts["ignored"] == 1
    page = text(browser.get(page_of(plan)))
    assert "1 computer, by staff or by rule" in page


def test_once_it_is_no_longer_ignored_it_is_exported(browser: Client) -> None:
    Scene(computers=1)
    numbers = list(Computer.objects.values_list("pk", flat=True))
    ignore_computers(numbers, "Loaner.")
    assert [row.action for row in ticked(browser).changes.all()] == [Action.SKIP]
    stop_ignoring(numbers)
    assert [row.action for row in ticked(browser).changes.all()] == [Action.CREATE]
