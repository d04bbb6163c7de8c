"""When scheduled asset updates are asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.module_loading import import_string

from integrations.choices import ConnectionState, RunKind, RunState
from integrations.models import HaloCredential, Run
from mappings.models import SyncLimits
from mappings.schedules import nightly, tick
from tests.mappings.builders import Scene, make_company

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    made = Scene(synced_at=timezone.now())
    made.mapping.enable_configuration = True
    made.mapping.save()
    return made


def asked() -> int:
    return Run.objects.filter(kind=RunKind.KEEP_ASSETS).count()


def test_it_is_asked_for_once_and_again_when_the_interval_is_over(scene: Scene) -> None:
    SyncLimits.objects.create(halo_credential=scene.credential, interval_minutes=30)
    tick()
    tick()
    assert asked() == 1
    runs = Run.objects.filter(kind=RunKind.KEEP_ASSETS)
    runs.update(state=RunState.SUCCEEDED, requested_at=timezone.now() - timedelta(minutes=29))
    tick()
    assert asked() == 1
    runs.update(requested_at=timezone.now() - timedelta(minutes=31))
    tick()
    assert asked() == 2


def test_one_that_runs_is_not_asked_for_again_however_long_it_takes(scene: Scene) -> None:
    tick()
    Run.objects.update(state=RunState.RUNNING, requested_at=timezone.now() - timedelta(days=1))
    tick()
    assert asked() == 1
    assert not Run.objects.get().dirty


def test_what_waits_for_an_approval_does_not_stop_the_schedule(scene: Scene) -> None:
    tick()
    Run.objects.update(state=RunState.WAITING, requested_at=timezone.now() - timedelta(days=1))
    tick()
    assert asked() == 2


def test_nothing_is_asked_for_where_nothing_is_switched_on(scene: Scene) -> None:
    scene.mapping.enable_configuration = False
    scene.mapping.save()
    tick()
    assert asked() == 0


@pytest.mark.parametrize(
    "values", [{"enabled": False}, {"state": ConnectionState.FAILED}, {"synced_at": None}], ids=str
)
def test_a_credential_that_cannot_be_used_is_left_alone(scene: Scene, values: dict[str, object]) -> None:
    HaloCredential.objects.update(**values)
    tick()
    assert asked() == 0


def test_a_credential_of_one_company_does_not_act_for_another(scene: Scene) -> None:
    scene.credential.associated_company = make_company(scene.console)
    scene.credential.save()
    tick()
    assert asked() == 0


def test_asking_costs_four_statements_where_nothing_is_due(scene: Scene) -> None:
    tick()
    with CaptureQueriesContext(connection) as queries:
        tick()
    assert len(queries) == 4


def test_the_schedule_names_it(settings: object) -> None:
    assert [import_string(name) for name in settings.HALOBRIDGE_SCHEDULES.values()] == [tick, nightly]  # type: ignore[attr-defined]
