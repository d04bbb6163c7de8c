"""Imported sheets are forgotten by the nightly clean-up: files and rows after a day, the rest later."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import Schedule

from integrations.choices import UploadState
from integrations.models import HaloCredential
from integrations.schedules import ensure_schedules
from mappings.models import MappingSheet, SheetRow
from mappings.schedules import nightly
from tests.builders import make_credential
from tests.mappings.sheets import make_sheet

pytestmark = pytest.mark.django_db


@pytest.fixture
def credential() -> HaloCredential:
    return make_credential()


def old(credential: HaloCredential, days: float, state: str) -> MappingSheet:
    created = timezone.now() - timedelta(days=days)
    return make_sheet(credential, state=state, created_at=created, content=b"packed")


def test_what_was_never_applied_is_forgotten_after_a_day(credential: HaloCredential) -> None:
    old(credential, 1.1, UploadState.READY)
    young = old(credential, 0.9, UploadState.READY)

    nightly()

    assert list(MappingSheet.objects.all()) == [young]


def test_of_what_was_applied_a_line_stays_without_file_and_rows(credential: HaloCredential) -> None:
    sheet = old(credential, 2, UploadState.APPLIED)

    nightly()

    sheet.refresh_from_db()
    assert bytes(sheet.content) == b""
    assert not SheetRow.objects.exists()


def test_past_the_retention_nothing_stays(credential: HaloCredential) -> None:
    old(credential, 91, UploadState.APPLIED)

    nightly()

    assert not MappingSheet.objects.exists()


def test_the_clean_up_is_scheduled_for_every_night() -> None:
    ensure_schedules()

    schedule = Schedule.objects.get(name="halobridge: mappings nightly")
    assert (schedule.func, schedule.schedule_type) == ("mappings.schedules.nightly", Schedule.DAILY)
