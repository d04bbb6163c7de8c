"""A worker dies during a scheduled update: its changes are applied or asked about, by one preview each."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.utils.module_loading import import_string

from integrations.choices import PlanState, RunKind, RunState
from integrations.models import OPEN_STATES, Computer, Plan, Run
from integrations.runs.claim import MOST_CLAIMS
from integrations.runs.steps import work
from mappings.models import CompanyMapping
from mappings.schedules import request_keeping
from tests.mappings.fake_halo import Killed
from tests.mappings.test_scheduled_updates import TABLE, Kept

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_short_rests")]

MODULE = "mappings.keeping.scheduled"
WHILE_ASKING = {
    "before the preview is filled": (f"{MODULE}.store", False),
    "when the preview is made": (f"{MODULE}._new", True),
    "before earlier previews are superseded": (f"{MODULE}.supersede", False),
    "when all is asked": (f"{MODULE}._ask", True),
}


def dies(patch: pytest.MonkeyPatch, place: str, *, done: bool, times: int = 1) -> None:
    """The process ends so many times where this is called: before it did anything, or when it is done."""
    real, deaths = import_string(place), []

    def dying(*args: Any, **values: Any) -> Any:
        if len(deaths) == times:
            return real(*args, **values)
        deaths.append(place)
        if done:
            real(*args, **values)
        raise Killed

    patch.setattr(place, dying)


def work_off(run: Run) -> int:
    """Whoever dies is followed by another worker. Returns how many died."""
    died = 0
    for _ in range(200):
        try:
            work(run.pk, TABLE)
        except Killed:
            died += 1
        run.refresh_from_db()
        if run.state not in OPEN_STATES:
            return died
        time.sleep(0.005)
    raise AssertionError(f"The run did not end: {run.state}")


@pytest.mark.parametrize(("place", "done"), WHILE_ASKING.values(), ids=WHILE_ASKING.keys())
def test_one_preview_waits_and_somebody_is_asked_about_it(
    place: str, done: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Kept(30)
    scene.upgrade(20)
    dies(monkeypatch, place, done=done)
    run = request_keeping(scene.credential)
    assert work_off(run) == 1
    assert run.state == RunState.WAITING
    assert list(Plan.objects.values_list("pk", "state")) == [(run.plan_id, PlanState.READY)]


@pytest.mark.parametrize(("place", "done"), WHILE_ASKING.values(), ids=WHILE_ASKING.keys())
def test_what_differs_when_the_next_worker_looks_takes_the_place_of_what_was_asked(
    place: str, done: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Kept(30)
    scene.upgrade(20)
    dies(monkeypatch, place, done=done)
    run = request_keeping(scene.credential)
    with pytest.raises(Killed):
        work(run.pk, TABLE)
    scene.upgrade(25)
    work_off(run)
    ready = Plan.objects.filter(state=PlanState.READY)
    assert run.state == RunState.WAITING
    assert [(plan.pk, plan.changes.count()) for plan in ready] == [(run.plan_id, 25)]


@pytest.mark.parametrize(
    ("model", "values"),
    [(Computer, {"os_name": "Windows 11 Pro"}), (CompanyMapping, {"enable_configuration": False})],
    ids=["as they should be", "switched off"],
)
def test_what_needs_no_change_by_then_is_not_asked_any_more(
    model: Any, values: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Kept(30)
    scene.upgrade(20)
    dies(monkeypatch, f"{MODULE}._ask", done=True)
    run = request_keeping(scene.credential)
    with pytest.raises(Killed):
        work(run.pk, TABLE)
    model.objects.update(**values)
    work_off(run)
    assert (run.state, run.plan) == (RunState.SUCCEEDED, None)
    assert not Plan.objects.filter(state=PlanState.READY).exists()


def test_the_preview_of_a_run_that_died_for_good_is_replaced_by_that_of_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = Kept(30)
    scene.upgrade(20)
    dies(monkeypatch, f"{MODULE}._ask", done=True, times=MOST_CLAIMS)
    first = request_keeping(scene.credential)
    assert work_off(first) == MOST_CLAIMS
    assert (first.state, first.plan.state) == (RunState.FAILED, PlanState.READY)
    second = scene.update()
    assert second.state == RunState.WAITING
    assert list(Plan.objects.filter(state=PlanState.READY)) == [second.plan]


@pytest.mark.parametrize(
    ("place", "done"), [(f"{MODULE}.store", False), (f"{MODULE}._new", True), (f"{MODULE}.request_run", True)]
)
def test_what_is_applied_by_itself_is_one_preview_too(
    place: str, done: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Kept(30)
    scene.upgrade(3)
    dies(monkeypatch, place, done=done)
    assert work_off(request_keeping(scene.credential)) == 1
    plan = Plan.objects.get()
    assert plan.state == PlanState.READY
    assert plan.runs.filter(kind=RunKind.APPLY_ASSETS).count() == 1
