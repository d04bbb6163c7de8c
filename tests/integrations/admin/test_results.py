"""The page of one result says what changed, field by field."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from integrations.choices import Action, Outcome, RunKind
from integrations.models import Entry, Run

pytestmark = pytest.mark.django_db


def test_before_and_after_are_shown_by_the_name_of_the_field(browser: Client) -> None:
    entry = Entry.objects.create(
        run=Run.objects.create(kind=RunKind.APPLY_ASSETS),
        action=Action.UPDATE,
        outcome=Outcome.DONE,
        subject="PC-1",
        before={"halo_id": 7, "fields": {"3": {"name": "Model", "value": "Old"}}},
        after={"fields": {"3": {"name": "Model", "value": "New"}}},
    )
    page = browser.get(reverse("admin:integrations_entry_change", args=(entry.pk,))).content.decode()

    assert '<span class="hb-muted">Model</span> <del>Old</del> → <ins>New</ins>' in page
    assert "halo_id" not in page


def test_a_result_that_changed_nothing_says_so(browser: Client) -> None:
    entry = Entry.objects.create(
        run=Run.objects.create(kind=RunKind.APPLY_ASSETS),
        action=Action.SKIP,
        outcome=Outcome.DONE,
        subject="PC-1",
        reason="Held until released.",
    )
    page = browser.get(reverse("admin:integrations_entry_change", args=(entry.pk,))).content.decode()

    assert "Held until released." in page
    assert "hb-diff" not in page
