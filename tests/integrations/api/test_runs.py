"""Runs: followed, filtered, cancelled."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.choices import Action, Outcome, RunKind, RunState
from integrations.models import Entry, HeldLoss, Run
from tests.builders import make_console, make_credential
from tests.integrations.api.clients import make_caller

pytestmark = pytest.mark.django_db

LIST = "/api/v1/runs/"


def make_run(**values: Any) -> Run:
    return Run.objects.create(**{"kind": RunKind.SYNC_HALO, "state": RunState.RUNNING, **values})


def test_a_run_tells_what_it_is_and_how_far() -> None:
    credential = make_credential()
    run = make_run(
        halo_credential=credential, phase="Assets", done=30, total=120, totals={"assets created": 3}, calls=7
    )
    told = make_caller().get(f"{LIST}{run.pk}/").json()
    assert (told["kind"], told["state"], told["progress"]) == ("sync_halo", "running", 25)
    assert (told["phase"], told["totals"], told["calls"]) == ("Assets", {"assets created": 3}, 7)
    assert (told["halo_credential"], told["console"], told["error"]) == (credential.pk, None, "")
    assert {"started_at", "ended_at", "forecast_calls", "lower_bound"} <= set(told)


def test_runs_are_filtered_by_kind_and_state() -> None:
    console = make_console()
    wanted = make_run(kind=RunKind.EVENTS, state=RunState.FAILED, console=console, error="No answer.")
    make_run()
    caller = make_caller()
    for query in (
        "kind=events",
        "state=failed",
        "state__in=failed,waiting",
        f"console={console.pk}",
        "search=answer",
    ):
        assert [row["id"] for row in caller.get(f"{LIST}?{query}").json()["results"]] == [wanted.pk], query
    assert caller.get(f"{LIST}?state=unknown").status_code == 400


def test_the_newest_run_stands_first() -> None:
    older, newer = make_run(), make_run()
    assert [row["id"] for row in make_caller().get(LIST).json()["results"]] == [newer.pk, older.pk]


def test_entries_are_paged_under_their_run() -> None:
    run, other = make_run(), make_run()
    for number in range(5):
        outcome = Outcome.REFUSED if number == 3 else Outcome.DONE
        Entry.objects.create(run=run, action=Action.CREATE, outcome=outcome, subject=f"PC-{number}")
    Entry.objects.create(run=other, action=Action.CREATE, outcome=Outcome.DONE, subject="Other")
    caller = make_caller()
    page = caller.get(f"{LIST}{run.pk}/entries/?page_size=3").json()
    assert page["count"] == 5
    assert [row["subject"] for row in page["results"]] == ["PC-0", "PC-1", "PC-2"]
    refused = caller.get(f"{LIST}{run.pk}/entries/?outcome=refused").json()["results"]
    assert [row["subject"] for row in refused] == ["PC-3"]


def test_a_queued_run_is_cancelled_at_once() -> None:
    run = make_run(state=RunState.QUEUED)
    answer = make_caller().post(f"{LIST}{run.pk}/cancel/")
    assert (answer.status_code, answer.json()["state"]) == (202, "cancelled")


def test_a_running_one_is_asked_to_stop() -> None:
    run, caller = make_run(), make_caller()
    assert caller.get(f"{LIST}{run.pk}/").json()["cancel_asked"] is False
    answer = caller.post(f"{LIST}{run.pk}/cancel/")
    assert (answer.status_code, answer.json()["state"], answer.json()["cancel_asked"]) == (
        202,
        "running",
        True,
    )
    run.refresh_from_db()
    assert run.cancel_requested
    assert caller.get(f"{LIST}{run.pk}/").json()["cancel_asked"] is True


def test_one_that_has_ended_cannot_be_cancelled() -> None:
    run = make_run(state=RunState.SUCCEEDED)
    assert make_caller().post(f"{LIST}{run.pk}/cancel/").status_code == 409


def test_cancelling_needs_the_permission_to_change() -> None:
    run = make_run(state=RunState.QUEUED)
    assert make_caller("integrations.view_run").post(f"{LIST}{run.pk}/cancel/").status_code == 403
    assert make_caller("integrations.change_run").post(f"{LIST}{run.pk}/cancel/").status_code == 202


def test_runs_are_not_made_or_changed_directly() -> None:
    run, caller = make_run(), make_caller()
    assert caller.post(LIST, {"kind": "sync_halo"}, format="json").status_code == 405
    assert caller.patch(f"{LIST}{run.pk}/", {"state": "failed"}, format="json").status_code == 405
    assert caller.delete(f"{LIST}{run.pk}/").status_code == 405


def waiting_for_assets() -> tuple[Run, HeldLoss]:
    credential = make_credential()
    loss = HeldLoss.objects.create(
        halo_credential=credential, resource="assets", known=20, missing=12, reason="12 of 20 are missing."
    )
    return make_run(halo_credential=credential, state=RunState.WAITING), loss


def test_a_waiting_run_tells_for_what_and_approving_answers_the_run_that_reads() -> None:
    run, loss = waiting_for_assets()
    caller = make_caller()
    (told,) = caller.get(f"{LIST}{run.pk}/").json()["waits_for"]
    assert (told["resource"], told["known"], told["missing"]) == ("assets", 20, 12)
    answer = caller.post(f"{LIST}{run.pk}/approve/")
    assert answer.status_code == 202
    assert (answer.json()["id"] > run.pk, answer.json()["kind"]) == (True, "sync_halo")
    loss.refresh_from_db()
    assert loss.approved_at
    assert caller.post(f"{LIST}{run.pk}/approve/").status_code == 409


def test_dismissing_keeps_everything() -> None:
    run, loss = waiting_for_assets()
    answer = make_caller().post(f"{LIST}{run.pk}/dismiss/")
    assert (answer.status_code, answer.json()["state"], answer.json()["waits_for"]) == (202, "partial", [])
    loss.refresh_from_db()
    assert (bool(loss.dismissed_at), loss.approved_at) == (True, None)


def test_deciding_needs_its_own_permission() -> None:
    run, loss = waiting_for_assets()
    caller = make_caller("integrations.view_run", "integrations.change_run")
    for action in ("approve", "dismiss"):
        assert caller.post(f"{LIST}{run.pk}/{action}/").status_code == 403
    loss.refresh_from_db()
    assert loss.is_open
