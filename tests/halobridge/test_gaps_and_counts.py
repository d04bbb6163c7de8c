"""Gaps are looked for every hour, and months counted on the day after, by runs that staff can read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from integrations.choices import RunKind, RunState
from integrations.management.reporting import execute_here
from integrations.models import Run
from integrations.runs.request import request_gaps, request_run
from integrations.schedules import hourly
from mappings.models import Gap, MonthCount
from tests.builders import make_credential
from tests.mappings.builders import Scene, make_asset, make_computer

pytestmark = pytest.mark.django_db
FIRST, SECOND = datetime(2026, 11, 1, 0, 20, tzinfo=UTC), datetime(2026, 11, 2, 0, 20, tzinfo=UTC)


def asked() -> list[str]:
    return sorted(Run.objects.values_list("kind", flat=True))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets what time it is for everything that asks Django."""

    def at(moment: datetime) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    return at


def test_a_run_finds_the_gaps_and_tells_how_many_of_each_kind() -> None:
    scene = Scene()
    make_computer(scene.company)
    make_asset(scene.client)

    run = execute_here(request_gaps(scene.credential))

    assert run.state == RunState.SUCCEEDED
    assert run.totals == {"not_in_halo": 1, "not_in_console": 1}
    assert Gap.objects.count() == 2


def test_a_run_counts_the_month_that_has_ended(clock: Any) -> None:
    scene = Scene(computers=2)
    clock(FIRST)

    run = execute_here(request_run(RunKind.COUNTS, halo_credential=scene.credential))

    assert run.totals == {"months": 1}
    assert MonthCount.objects.get().number == 2


def test_gaps_are_asked_for_every_hour_where_something_was_read(clock: Any) -> None:
    clock(SECOND)
    make_credential()
    make_credential(synced_at=SECOND, enabled=False)
    make_credential(synced_at=SECOND)

    hourly()

    assert asked() == [RunKind.GAPS]


def test_a_month_is_asked_for_on_its_day_until_it_was_counted(clock: Any) -> None:
    clock(FIRST)
    make_credential(synced_at=FIRST)
    hourly()
    assert asked() == [RunKind.COUNTS, RunKind.GAPS]
    counting = Run.objects.filter(kind=RunKind.COUNTS)

    counting.update(state=RunState.FAILED)
    hourly()
    assert counting.count() == 2
    counting.filter(state=RunState.QUEUED).update(state=RunState.SUCCEEDED)
    hourly()

    assert counting.count() == 2
