"""A time is never told without its zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django_q.models import Schedule, Success

from integrations.backups.marking import Mark
from integrations.choices import ConnectionState
from tests.integrations.admin import made
from ticketing.models import Storm

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 27, 11, 18, tzinfo=UTC)
BARE = re.compile(r"\d{4}, \d+(?::\d+)? [ap]\.m\.")
""""27 Nov 2026, 11:18 a.m.", as Django writes it."""
ZONED = re.compile(r'<time class="hb-time" datetime="2026-11-27T11:18:00\+00:00">2026-11-27 \d\d:18 \w+<')


def read(browser: Client, page: str, *args: Any) -> str:
    return browser.get(reverse(f"admin:{page}", args=args)).content.decode()


def test_an_account_tells_its_dates_with_their_zone(browser: Client) -> None:
    eve = User.objects.create_user("eve", is_staff=True, last_login=AT, date_joined=AT)

    page = read(browser, "auth_user_change", eve.pk)

    assert len(ZONED.findall(page)) == 2
    assert not BARE.search(page)


def test_the_queue_tells_its_times_with_their_zone(browser: Client) -> None:
    schedule = Schedule.objects.create(name="halobridge: tick", func="f", next_run=AT)
    task = Success.objects.create(id="t1", name="tick", func="f", started=AT, stopped=AT, success=True)
    pages = (
        ("django_q_schedule_changelist", (), 1),
        ("django_q_schedule_change", (schedule.pk,), 1),
        ("django_q_success_changelist", (), 2),
        ("django_q_success_change", (task.pk,), 2),
    )
    for name, args, times in pages:
        page = read(browser, name, *args)
        assert len(ZONED.findall(page)) == times, name
        assert not BARE.search(page), name


def test_sentences_tell_the_zone_of_their_times(browser: Client) -> None:
    credential = made.make_credential("Desk", state=ConnectionState.FAILED, failing_since=AT)
    storm = Storm(halo_credential=credential, began_at=AT)
    told = [item.text for item in browser.get(reverse("admin:index")).context["attention"]]

    for sentence in (str(storm), Mark(AT).reason, "\n".join(told)):
        assert re.search(r"2026-11-27 \d\d:18 [A-Z]+", sentence), sentence
