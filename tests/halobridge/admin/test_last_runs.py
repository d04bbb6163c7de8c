"""The last runs of the overview are those that somebody would look for."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from integrations.choices import RunKind, RunState
from integrations.models import Run
from tests.integrations.admin import made

pytestmark = pytest.mark.django_db


def last_runs(browser: Client) -> list[Run]:
    return list(browser.get(reverse("admin:index")).context["last_runs"])


def test_an_export_is_still_there_after_an_hour_of_routine(browser: Client) -> None:
    export = made.make_run(RunKind.APPLY_ASSETS)
    for _ in range(60):
        for kind in (RunKind.EVENTS, RunKind.ROUTE, RunKind.DELIVER):
            made.make_run(kind)

    assert last_runs(browser) == [export]


def test_routine_that_fails_or_that_staff_asked_for_is_shown(browser: Client, admin_user: User) -> None:
    failed = made.make_run(RunKind.DELIVER, state=RunState.FAILED, error="HaloPSA did not answer.")
    asked = made.make_run(RunKind.EVENTS, requested_by=admin_user)
    made.make_run(RunKind.WATCH)

    assert last_runs(browser) == [asked, failed]


def test_what_came_of_a_run_is_told_as_in_the_list_of_runs(browser: Client) -> None:
    made.make_run(RunKind.APPLY_ASSETS, totals={"created": 7, "refused": 1, "updated": 0})

    for address in (reverse("admin:index"), reverse("admin:integrations_run_changelist")):
        assert "7 created, 1 refused by HaloPSA" in browser.get(address).content.decode()
