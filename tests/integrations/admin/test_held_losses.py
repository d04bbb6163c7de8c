"""Losses that wait: listed, asked about, and decided by who may."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from integrations.choices import RunKind, RunState
from integrations.models import HeldLoss, Run
from tests.integrations.admin.made import make_console, make_credential, make_staff

pytestmark = pytest.mark.django_db


def make_loss(**values: object) -> HeldLoss:
    told = {"resource": "assets", "known": 40, "missing": 30, "reason": "30 of 40 Halo assets are missing."}
    if "console" not in values:
        values["halo_credential"] = make_credential("Desk")
    return HeldLoss.objects.create(**{**told, **values})


def url(loss: HeldLoss, page: str) -> str:
    return reverse(f"admin:integrations_heldloss_{page}", args=(loss.pk,))


def test_the_list_says_what_is_missing_of_whom(browser: Client) -> None:
    make_loss()
    make_loss(console=make_console("Backup"), resource="computers")
    page = browser.get(reverse("admin:integrations_heldloss_changelist")).content.decode()
    assert "30 of 40 Halo assets are missing." in page
    assert "Computers" in page
    assert "Backup" in page


def test_approving_asks_first_and_says_what_will_happen(browser: Client) -> None:
    loss = make_loss()
    question = browser.get(url(loss, "take_away")).content.decode()
    assert "up to 30 of the 40 assets of Desk" in question
    assert "nothing is deleted" in question
    loss.refresh_from_db()
    assert loss.is_open
    answer = browser.post(url(loss, "take_away"))
    loss.refresh_from_db()
    assert loss.approved_at
    run = Run.objects.get(kind=RunKind.SYNC_HALO)
    assert run.parameters["full"] is True
    assert answer["Location"].endswith(f"/run/{run.pk}/change/")


def test_keeping_everything_closes_the_run_that_waited(browser: Client) -> None:
    loss = make_loss()
    run = Run.objects.create(
        kind=RunKind.SYNC_HALO, halo_credential=loss.halo_credential, state=RunState.WAITING
    )
    page = browser.get(reverse("admin:integrations_run_change", args=(run.pk,))).content.decode()
    assert url(loss, "change") in page
    browser.post(url(loss, "keep"))
    run.refresh_from_db()
    assert run.state == RunState.PARTIAL
    assert "keep everything" in run.error
    assert not Run.objects.exclude(pk=run.pk).exists()


def test_a_second_decision_changes_nothing_and_says_so(browser: Client) -> None:
    loss = make_loss()
    browser.post(url(loss, "keep"))
    answer = browser.post(url(loss, "take_away"), follow=True)
    assert "not possible any more" in answer.content.decode()
    assert not Run.objects.exists()


def test_who_may_only_look_sees_no_buttons_and_decides_nothing(client: Client) -> None:
    loss = make_loss()
    client.force_login(make_staff("helper", "integrations.view_heldloss", "integrations.change_heldloss"))
    page = client.get(url(loss, "change")).content.decode()
    assert "30 of 40" in page
    assert "Approve: mark as gone" not in page
    assert client.post(url(loss, "take_away")).status_code == 403


def test_the_overview_names_what_waits(browser: Client) -> None:
    loss = make_loss()
    page = browser.get(reverse("admin:index")).content.decode()
    assert "30 of 40 Halo assets are missing. Decide whether they are gone." in page
    assert url(loss, "change") in page
