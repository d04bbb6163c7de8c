"""The first real write tells whether there is a right to write; a 403 closes it until the next test."""

from __future__ import annotations

import pytest

from integrations.choices import ConnectionState, IntentionState, Outcome, RunKind, RunState
from integrations.management.reporting import execute_here
from integrations.models import Entry, HaloCredential, Intention, Run
from integrations.runs.request import request_halo_test
from integrations.sandbox.server import Sandbox
from tests.connected import connect_halo, read_halo
from tests.exported import asset_writes, export, preview, push_computers
from tests.scene import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_short_rests")]


@pytest.fixture
def _short_rests(settings: object) -> None:
    settings.HALOBRIDGE_PAUSE_FACTOR = 0.001  # type: ignore[attr-defined]


def state_of(key: str) -> str:
    rows = HaloCredential.objects.get().permissions
    return str(next(row["state"] for row in rows if row["key"] == key))


def nightly_test() -> HaloCredential:
    """The nightly test, and the deliveries which it asks for."""
    execute_here(request_halo_test(HaloCredential.objects.get()))
    for run in Run.objects.filter(kind=RunKind.DELIVER, state=RunState.QUEUED):
        execute_here(run)
    return HaloCredential.objects.get()


# ---- tickets --------------------------------------------------------------------------------


def test_the_first_ticket_that_is_written_proves_the_right_and_a_test_keeps_it(sandbox: Sandbox) -> None:
    scene = Scene(sandbox)
    assert (state_of("edit_tickets"), HaloCredential.objects.get().can_edit_tickets) == ("unknown", None)
    scene.event("e1")
    scene.deliver()
    assert (state_of("edit_tickets"), HaloCredential.objects.get().can_edit_tickets) == ("works", True)
    assert state_of("add_notes") == "unknown", "no note was written yet"
    nightly_test()
    assert (state_of("edit_tickets"), HaloCredential.objects.get().can_edit_tickets) == ("works", True)


def test_a_forbidden_ticket_waits_and_goes_out_after_the_next_test(sandbox: Sandbox) -> None:
    scene = Scene(sandbox)
    sandbox.switches.change(agent_refused=("edit:tickets",))
    scene.event("e1")
    scene.event("e2")
    scene.deliver()
    assert len(sandbox.halo.writes) == 1, "the second was not tried any more"
    assert (state_of("edit_tickets"), HaloCredential.objects.get().can_edit_tickets) == ("refused", False)
    assert set(Intention.objects.values_list("state", flat=True)) == {IntentionState.PLANNED}
    scene.deliver()
    assert len(sandbox.halo.writes) == 1
    assert HaloCredential.objects.get().state == ConnectionState.WORKING

    sandbox.switches.change(agent_refused=())
    nightly_test()
    assert set(Intention.objects.values_list("state", flat=True)) == {IntentionState.DONE}
    assert (state_of("edit_tickets"), HaloCredential.objects.get().can_edit_tickets) == ("works", True)


def test_a_test_that_opens_too_early_costs_one_write_and_loses_nothing(sandbox: Sandbox) -> None:
    scene = Scene(sandbox)
    sandbox.switches.change(agent_refused=("edit:tickets",))
    scene.event("e1")
    scene.event("e2")
    scene.deliver()
    nightly_test()
    assert len(sandbox.halo.writes) == 2
    assert state_of("edit_tickets") == "refused"
    assert set(Intention.objects.values_list("state", flat=True)) == {IntentionState.PLANNED}


def test_forbidden_notes_leave_new_tickets_alone(sandbox: Sandbox) -> None:
    scene = Scene(sandbox)
    sandbox.switches.change(agent_refused=("edit:actions",))
    scene.event("e1")
    scene.deliver()
    scene.event("e1", state="resolved")
    scene.event("e2")
    scene.deliver()
    assert (state_of("edit_tickets"), state_of("add_notes")) == ("works", "refused")
    waits = Intention.objects.exclude(state=IntentionState.DONE)
    assert set(waits.values_list("kind", "state")) == {("close_ticket", IntentionState.PLANNED)}
    assert Intention.objects.filter(kind="create_ticket", state=IntentionState.DONE).count() == 2


def test_one_ticket_that_is_forbidden_among_others_is_tried_twice_and_then_refused(sandbox: Sandbox) -> None:
    scene = Scene(sandbox)
    scene.event("e1")
    scene.deliver()
    sandbox.halo.faults.add(method="POST", path="/api/tickets", what="403", times=2)
    scene.event("e2")
    run = scene.deliver()
    assert run.state == RunState.RUNNING, "the ticket rests before it is tried once more"
    Intention.objects.update(not_before=None)
    scene.deliver()
    assert state_of("edit_tickets") == "works"
    assert set(Intention.objects.values_list("state", flat=True)) == {
        IntentionState.DONE,
        IntentionState.REFUSED,
    }


def test_a_refusal_of_what_was_sent_says_nothing_about_the_right(sandbox: Sandbox) -> None:
    scene = Scene(sandbox)
    sandbox.halo.faults.add(method="POST", path="/api/tickets", what="400", times=1)
    scene.event("e1")
    scene.event("e2")
    scene.deliver()
    assert state_of("edit_tickets") == "works", "the second one was taken"


# ---- assets ---------------------------------------------------------------------------------


def test_a_forbidden_asset_ends_the_export_with_the_reason(sandbox: Sandbox) -> None:
    credential = connect_halo(sandbox)
    read_halo(credential)
    console = push_computers(5)
    plan = preview(console, credential)
    sandbox.switches.change(agent_refused=("edit:assets",))
    run = export(plan)
    assert len(asset_writes(sandbox)) == 1
    assert (state_of("edit_assets"), HaloCredential.objects.get().can_edit_assets) == ("refused", False)
    assert run.state == RunState.PARTIAL
    assert "'Create and change assets' is refused by HaloPSA." in run.error
    assert "scope edit:assets on the application" in run.error
    assert state_of("edit_tickets") == "unknown", "tickets are another right"

    export(preview(console, credential))
    assert len(asset_writes(sandbox)) == 1, "the reason is known: nothing more is tried"

    sandbox.switches.change(agent_refused=())
    nightly_test()
    export(preview(console, credential))
    assert Entry.objects.filter(outcome=Outcome.DONE).count() == 5
    assert (state_of("edit_assets"), HaloCredential.objects.get().can_edit_assets) == ("works", True)


def test_single_assets_that_are_forbidden_leave_the_others_alone(sandbox: Sandbox) -> None:
    """An asset type that the Halo agent may not use, say: as long as others are taken, the right is there."""
    credential = connect_halo(sandbox)
    read_halo(credential)
    credential.instance.batches_allowed = False
    credential.instance.save()
    console = push_computers(6)
    sandbox.halo.faults.add(method="POST", path="/api/asset", what="403", times=3, skip=1)
    run = export(preview(console, credential))
    assert len(asset_writes(sandbox)) == 6
    assert Entry.objects.filter(run=run, outcome=Outcome.REFUSED).count() == 3
    assert Entry.objects.filter(run=run, outcome=Outcome.DONE).count() == 3
    assert state_of("edit_assets") == "works"
