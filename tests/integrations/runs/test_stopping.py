"""A queue that is being stopped begins nothing, and what is at work hands back where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from django_q.models import OrmQ

from integrations.choices import RunKind, RunState, StepState
from integrations.models import Run, Step
from integrations.runs.request import request_run
from integrations.runs.steps import Again, Done, Result, Work, work
from integrations.runs.stopping import STOP_FILE, is_stopping

pytestmark = pytest.mark.django_db


@pytest.fixture
def stop_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "stopping"
    monkeypatch.setenv(STOP_FILE, str(path))
    return path


def test_nobody_stops_before_the_file_is_there(stop_file: Path) -> None:
    assert not is_stopping()
    stop_file.touch()
    assert is_stopping()


def test_what_is_at_work_hands_back_where_it_stands_and_is_woken_for_the_next(stop_file: Path) -> None:
    run = request_run(RunKind.CANARY)
    before = OrmQ.objects.count()

    def read(doing: Work) -> Result:
        page = doing.cursor.get("page", 0)
        while not doing.time_is_up:
            page += 1
            if page == 3:
                stop_file.touch()
        return Again({"page": page})

    work(run.pk, {RunKind.CANARY: {"start": read}})
    step = Step.objects.get()
    assert (step.state, step.cursor, step.lease_until) == (StepState.QUEUED, {"page": 3}, None)
    assert OrmQ.objects.count() == before + 1


def test_nothing_is_begun_while_the_queue_stops_and_all_of_it_afterwards(stop_file: Path) -> None:
    run = request_run(RunKind.CANARY)
    table = {RunKind.CANARY: {"start": lambda doing: Done()}}
    stop_file.touch()
    work(run.pk, table)  # type: ignore[arg-type]
    assert Run.objects.get().state == RunState.QUEUED
    assert Step.objects.get().claims == 0
    stop_file.unlink()
    work(run.pk, table)  # type: ignore[arg-type]
    assert Run.objects.get().state == RunState.SUCCEEDED
