"""The restore drill: what was made in HaloPSA after the backup is found again and not made twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import override_settings
from django.utils import timezone

from integrations.backups import make_backup, restore
from integrations.choices import IntentionState, RunState
from integrations.ingest.console_side import store_companies, store_computers
from integrations.management.reporting import execute_here
from integrations.models import AuditEntry, Console, HaloCredential, Instance, Intention, LostTicket, Run
from integrations.records import CompanyRecord, ComputerRecord
from integrations.runs.request import request_release
from integrations.sandbox.server import Sandbox
from mappings import linking
from tests.connected import connect_halo, read_halo
from tests.exported import assert_each_once, asset_writes, export, preview, push_computers
from tests.scene import Scene
from ticketing.models import Ticket, TicketState

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox.start(state_dir=tmp_path / "sandbox", seed=1) as running:
        yield running


@pytest.fixture
def scene(sandbox: Sandbox) -> Scene:
    return Scene(sandbox)


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    return tmp_path / "backup.tar.gz"


def put_back(backup: Path) -> None:
    restore(backup, backup.parent / "var", replacing=True)


def release() -> Run:
    run = execute_here(request_release(HaloCredential.objects.get()))
    assert run.state == RunState.SUCCEEDED, run.error
    return run


def ours(sandbox: Sandbox) -> list[dict[str, Any]]:
    return [row for row in sandbox.tickets() if row["supplier_reference"].startswith("HB-")]


def close_as_a_person(scene: Scene, halo_id: int) -> None:
    row = scene.sandbox.world.halo.tickets[halo_id]
    row.update(hasbeenclosed=True, status_id=9, _dateclosed=row["_updated"])


def again(scene: Scene, *external_ids: str) -> None:
    """The console tells of what is open once more, as it does at each poll."""
    scene.credential = HaloCredential.objects.get()
    scene.console = Console.objects.get(pk=scene.console.pk)
    for external_id in external_ids:
        scene.event(external_id)
    scene.deliver()


def test_no_alert_gets_a_second_ticket_and_a_new_one_gets_its_first(scene: Scene, backup: Path) -> None:
    scene.event("before")
    scene.deliver()
    make_backup(backup)
    scene.event("after 1")
    scene.event("after 2")
    scene.deliver()
    made = {row["supplier_reference"]: row["id"] for row in ours(scene.sandbox)}

    put_back(backup)
    assert Ticket.objects.count() == 1
    run = release()
    assert LostTicket.objects.count() == run.entries.filter(subject_kind="lost_ticket").count() == 2
    again(scene, "before", "after 1", "after 2", "news")

    after = {row["supplier_reference"]: row["id"] for row in ours(scene.sandbox)}
    assert len(after) == 4
    assert made.items() <= after.items()
    assert {ticket.marker: ticket.halo_id for ticket in Ticket.objects.all()} == after
    assert set(Ticket.objects.values_list("state", flat=True)) == {TicketState.OPEN}
    assert LostTicket.objects.filter(adopted_at__isnull=False).count() == 2

    scene.event("after 1", state="resolved")
    scene.deliver()
    assert [row["id"] for row in ours(scene.sandbox) if row["hasbeenclosed"]] == [
        Ticket.objects.get(state=TicketState.CLOSED).halo_id
    ]


def test_nothing_is_written_before_the_release_and_what_was_planned_is_looked_up_first(
    scene: Scene, backup: Path
) -> None:
    """It was sent a moment after the backup, with the very reference that the backup holds."""
    Instance.objects.update(writes_stopped=True)
    scene.event("just then")
    scene.deliver()
    assert Intention.objects.get().state == IntentionState.PLANNED
    make_backup(backup)
    Instance.objects.update(writes_stopped=False)
    scene.deliver()
    (made,) = ours(scene.sandbox)

    put_back(backup)
    Instance.objects.update(writes_stopped=False)
    writes = len(scene.sandbox.halo.writes)
    again(scene, "news")
    assert len(scene.sandbox.halo.writes) == writes
    release()
    with override_settings(HALOBRIDGE_PAUSE_FACTOR=0.001):
        again(scene)
    assert len(ours(scene.sandbox)) == 2
    assert Ticket.objects.get(marker=made["supplier_reference"]).halo_id == made["id"]


def test_of_closed_tickets_only_one_of_the_present_occurrence_is_taken_over(
    scene: Scene, backup: Path
) -> None:
    make_backup(backup)
    began = timezone.now() - timedelta(hours=3)
    scene.event("closed by a person", occurred_at=began)
    scene.deliver()
    (row,) = ours(scene.sandbox)
    close_as_a_person(scene, row["id"])
    scene.event("comes and goes", occurred_at=began)
    scene.deliver()
    scene.event("comes and goes", state="resolved", occurred_at=began + timedelta(hours=1))
    scene.deliver()

    put_back(backup)
    release()
    scene.event("closed by a person", occurred_at=began)
    scene.event("comes and goes", occurred_at=began + timedelta(hours=2))
    again(scene)
    rows = ours(scene.sandbox)
    assert sorted(row["hasbeenclosed"] for row in rows) == [False, True, True]
    known = Ticket.objects.get(closed_by_person=True)
    assert (known.halo_id, known.state) == (row["id"], TicketState.CLOSED)
    assert "made after the backup" in known.reason


def test_no_computer_gets_a_second_asset(sandbox: Sandbox, backup: Path) -> None:
    credential = connect_halo(sandbox)
    read_halo(credential)
    console = push_computers(3)
    make_backup(backup)
    store_companies(console, [CompanyRecord("c1", "A company")])
    store_computers(
        console, [ComputerRecord("late", "PC-9999", company_external_id="c1", serial_number="5CG9999999")]
    )
    export(preview(console, credential))
    assert_each_once(sandbox, 4)
    writes = len(asset_writes(sandbox))

    put_back(backup)
    release()
    credential = HaloCredential.objects.get()
    console = Console.objects.get()
    store_computers(
        console, [ComputerRecord("late", "PC-9999", company_external_id="c1", serial_number="5CG9999999")]
    )
    linking.match_again(credential)
    plan = preview(console, credential)
    export(plan)
    assert_each_once(sandbox, 4)
    assert len(asset_writes(sandbox)) == writes


def test_the_audit_log_tells_who_released_what_and_why_it_was_held(scene: Scene, backup: Path) -> None:
    make_backup(backup)
    put_back(backup)
    credential = HaloCredential.objects.get()
    anna = User.objects.create(username="anna", is_superuser=True)
    run = execute_here(request_release(credential, requested_by=anna))
    assert run.state == RunState.SUCCEEDED, run.error

    entry = AuditEntry.objects.get(action="act", kind="integrations.halocredential")
    assert (entry.who, entry.account, entry.source) == ("anna", anna, "queue")
    assert (entry.object_id, entry.run) == (credential.pk, run.pk)
    assert entry.summary.startswith("Released; it was held back: The database was restored from a backup of ")
