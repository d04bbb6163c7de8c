"""A worker dies while a company is moved or offboarded: everything once, nothing twice, nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils.module_loading import import_string

from integrations.choices import Action, IntentionKind, IntentionState, Outcome, RunKind, RunState
from integrations.models import HaloAsset, Instance, Intention, Plan, Run
from integrations.runs.request import request_run
from integrations.runs.steps import Table, work
from mappings.models import CompanyChange, CompanyMapping
from tests.mappings.fake_halo import Killed
from tests.ticketing.fake_halo import FakeHalo, send
from tests.ticketing.test_moving_companies import TABLE as MOVING_TABLE
from tests.ticketing.test_moving_companies import Moving
from tests.ticketing.test_offboarding import Leaving
from ticketing.models import TicketState

pytestmark = pytest.mark.django_db
Death = Callable[[pytest.MonkeyPatch, FakeHalo], None]


@pytest.fixture(autouse=True)
def _short_rests(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leases of the dead are over at once; a run that looks for its tickets hands over to delivery."""
    settings.HALOBRIDGE_PAUSE_FACTOR = 0.0002
    monkeypatch.setattr("ticketing.apply.previews.LOOK_EVERY", 250.0)


def at(place: str, *, done: bool) -> Death:
    """The process ends once where this is called: before it has done anything, or when it is done."""

    def arrange(patch: pytest.MonkeyPatch, _: FakeHalo) -> None:
        real, deaths = import_string(place), []

        def dying(*args: Any, **values: Any) -> Any:
            if deaths:
                return real(*args, **values)
            deaths.append(place)
            if done:
                real(*args, **values)
            raise Killed

        patch.setattr(place, dying)

    return arrange


def while_sending(*, heard: bool) -> Death:
    """It ends while a write to a ticket is on its way: HaloPSA has done it, or has never heard of it."""

    def arrange(patch: pytest.MonkeyPatch, halo: FakeHalo) -> None:
        real, deaths = halo._answer_one, []

        def dying(execute: Callable[[], int]) -> Any:
            if deaths:
                return real(execute)
            deaths.append(heard)
            if heard:
                execute()
                _look_moved(halo)
            raise Killed

        patch.setattr(halo, "_answer_one", dying)

    return arrange


def _look_moved(halo: FakeHalo) -> None:
    for sent in halo.updates:
        halo.change(sent["id"], client_id=sent["client_id"], site_id=sent["site_id"])


def work_off(plan: Plan, table: Table, halo: FakeHalo) -> tuple[Run, int]:
    """The run and delivery side by side; whoever died is followed by another. Returns how many died."""
    run, died = request_run(RunKind.APPLY_ASSETS, plan=plan, halo_credential=plan.halo_credential), 0
    for _ in range(300):
        for act in (lambda: work(run.pk, table), lambda: send(halo, Instance.objects.get())):
            try:
                act()
            except Killed:
                died += 1
        run.refresh_from_db()
        if run.ended_at:
            return run, died
    raise AssertionError(f"The run did not end: {run.state} {run.phase}")


TICKETS = "ticketing.apply.previews"
EVERYWHERE = {
    "while what is local is stored": at("mappings.apply.local._link", done=True),
    "when what is local is stored": at("mappings.apply.run.apply_local", done=True),
    "between assets and tickets": at("ticketing.apply.has_tickets", done=True),
    "before the writes are planned": at(f"{TICKETS}._plan_writes", done=False),
    "when the writes are planned": at(f"{TICKETS}._plan_writes", done=True),
    "when delivery is asked for": at(f"{TICKETS}.request_delivery", done=True),
    "before a write reaches HaloPSA": while_sending(heard=False),
    "before the answer to a write is stored": while_sending(heard=True),
    "before the entries are stored": at(f"{TICKETS}._tell", done=False),
    "when the entries are stored": at(f"{TICKETS}._tell", done=True),
}


@pytest.mark.parametrize("death", EVERYWHERE.values(), ids=EVERYWHERE.keys())
def test_a_company_is_moved_once(death: Death, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Moving()
    plan = scene.preview()
    death(monkeypatch, scene.halo)
    run, died = work_off(plan, MOVING_TABLE, scene.halo)

    assert (run.state, died) == (RunState.SUCCEEDED, 1)
    assert [(row["client_id"], row["site_id"]) for row in scene.halo.updates] == [(13, 41)]
    moves = Intention.objects.filter(kind=IntentionKind.MOVE_TICKET)
    assert [row.state for row in moves] == [IntentionState.DONE]
    assert sorted(run.entries.values_list("action", "outcome")) == [
        (Action.LINK, Outcome.DONE), (Action.UPDATE, Outcome.DONE),
    ]  # fmt: skip
    assert CompanyMapping.objects.get().halo_client == scene.other
    assert scene.ticket.halo_client == 13
    assert CompanyChange.objects.filter(text__startswith="Client:").count() == 1


@pytest.mark.parametrize("death", EVERYWHERE.values(), ids=EVERYWHERE.keys())
def test_a_company_is_offboarded_once(death: Death, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Leaving()
    plan = scene.preview()
    death(monkeypatch, scene.halo)
    table = {RunKind.APPLY_ASSETS: {"start": scene._assets, "tickets": scene._tickets}}
    run, died = work_off(plan, table, scene.halo)

    assert (run.state, died) == (RunState.SUCCEEDED, 1)
    assert len(scene.halo.closings()) == 1
    assert scene.ticket.state == TicketState.CLOSED
    assert scene.assets.writes() == ["write 1"]
    assert HaloAsset.objects.get().active is False
    assert sorted(run.entries.values_list("action", "outcome")) == [
        (Action.CLOSE, Outcome.DONE), (Action.DEACTIVATE, Outcome.DONE), (Action.UNLINK, Outcome.DONE),
    ]  # fmt: skip
    assert CompanyMapping.objects.get().archived_at is not None
    assert CompanyChange.objects.filter(text__startswith="Offboarded").count() == 1
