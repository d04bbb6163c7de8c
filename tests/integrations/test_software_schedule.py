"""The slow reading of installed software is asked for when something is due, and once an hour at most."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from integrations.choices import ConnectionState, RunKind, RunState
from integrations.ingest.software_due import credentials_with_software_due
from integrations.models import HaloAsset, HaloAssetType, HaloCredential, Run, SyncSettings
from integrations.runs.request import request_software
from integrations.schedules import tick
from tests.builders import make_credential
from tests.integrations.ingest.builders import statements_of

pytestmark = pytest.mark.django_db


def make_reading(group: int = 1, chosen: tuple[int, ...] = (1,), **values: Any) -> HaloCredential:
    """A credential with one asset of a group and with chosen groups."""
    credential = make_credential(synced_at=timezone.now(), **values)
    kind = HaloAssetType.objects.create(halo_credential=credential, halo_id=1, name="PC", group_id=group)
    HaloAsset.objects.create(halo_credential=credential, halo_id=1, name="PC-1", asset_type=kind)
    SyncSettings.objects.create(halo_credential=credential, software_groups=list(chosen))
    return credential


def asked() -> list[int | None]:
    runs = Run.objects.filter(kind=RunKind.SOFTWARE, parameters={"background": True}).order_by("id")
    return list(runs.values_list("halo_credential", flat=True))


def test_a_tick_asks_where_something_is_due_and_not_again_while_it_runs() -> None:
    credential = make_reading()
    tick()
    assert asked() == [credential.pk]
    Run.objects.update(state=RunState.RUNNING, requested_at=timezone.now() - timedelta(days=1))
    tick()
    assert asked() == [credential.pk]
    assert not Run.objects.filter(kind=RunKind.SOFTWARE, dirty=True).exists()


def test_what_could_not_be_read_is_asked_for_again_after_an_hour() -> None:
    credential = make_reading()
    tick()
    Run.objects.update(state=RunState.FAILED)
    tick()
    assert len(asked()) == 1
    Run.objects.update(requested_at=timezone.now() - timedelta(minutes=61))
    tick()
    assert asked() == [credential.pk] * 2


@pytest.mark.parametrize("days", [0, 6])
def test_what_is_fresh_is_not_asked_for(days: int) -> None:
    make_reading()
    HaloAsset.objects.update(software_read_at=timezone.now() - timedelta(days=days))
    tick()
    assert asked() == []
    HaloAsset.objects.update(software_read_at=timezone.now() - timedelta(days=8))
    tick()
    assert len(asked()) == 1


def test_other_groups_other_credentials_and_what_is_not_in_use_make_nothing_due() -> None:
    make_reading(group=2, chosen=(1,))
    make_reading(group=1, chosen=(2,))
    make_reading(chosen=())
    make_reading(enabled=False)
    make_reading(state=ConnectionState.FAILED)
    make_reading(permissions=[{"key": "read_software", "state": "refused", "name": "x", "grant": "y"}])
    gone = make_reading()
    HaloAsset.objects.filter(halo_credential=gone).update(active=False)
    tick()
    assert asked() == []


def test_a_page_that_was_opened_does_not_hold_the_background_up() -> None:
    credential = make_reading()
    request_software(HaloAsset.objects.get(halo_credential=credential))
    tick()
    assert asked() == [credential.pk]


def test_looking_takes_two_statements_for_any_number_of_credentials() -> None:
    make_reading()
    now = timezone.now()
    assert statements_of(lambda: credentials_with_software_due(now)) == 2
    for _ in range(5):
        make_reading()
    assert statements_of(lambda: credentials_with_software_due(now)) == 2
    assert len(credentials_with_software_due(now)) == 6
    SyncSettings.objects.update(software_groups=[])
    assert statements_of(lambda: credentials_with_software_due(now)) == 1
