"""Promise 5: an unchanged world costs nothing. Second reads write no row and nothing to Halo."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from integrations.choices import RunState
from integrations.management.reporting import execute_here
from integrations.runs.request import request_events
from integrations.sandbox.server import Sandbox
from tests.connected import connect_console, connect_halo, read_console, read_halo
from tests.scene import Scene

pytestmark = pytest.mark.django_db
CHANGES = re.compile(r'(INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')
# What says that the read took place: the run itself, its budget, when it was done, who is at work.
BOOKKEEPING = {
    "integrations_run",
    "integrations_step",
    "integrations_budgetpermit",
    "integrations_heartbeat",
    "integrations_mirrorstate",
    "django_q_ormq",
}
WHEN_IT_WAS_READ = re.compile(r'UPDATE "integrations_\w+" SET "(synced_at|events_read_at)" = ')


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox.start(state_dir=tmp_path, seed=1) as running:
        yield running


@contextmanager
def changes() -> Iterator[list[str]]:
    """Statements that changed at least one row which is not bookkeeping."""
    found: list[str] = []

    def look(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        result = execute(sql, params, many, context)
        match = CHANGES.match(sql)
        if match and match[2] not in BOOKKEEPING and not WHEN_IT_WAS_READ.match(sql):
            # An upsert that returns ids tells no count before they are fetched; it is never sent for nothing.
            upsert = match[1] == "INSERT INTO" and "DO NOTHING" not in sql
            found.extend([sql[:300]] if upsert or context["cursor"].rowcount > 0 else [])
        return result

    with connection.execute_wrapper(look):
        yield found


def test_a_second_full_read_of_both_sides_changes_no_row_and_writes_nothing_to_halo(sandbox: Sandbox) -> None:
    credential, console = connect_halo(sandbox), connect_console(sandbox)
    first = [read_halo(credential), read_console(console), read_halo(credential)]
    assert [run.state for run in first] == [RunState.SUCCEEDED] * 3
    assert first[1].totals["computers created"] == 300

    with changes() as changed:
        again = [read_halo(credential), read_console(console)]
    assert [run.state for run in again] == [RunState.SUCCEEDED] * 2
    assert changed == []
    assert sandbox.halo.writes == []
    for run in again:
        assert {name for name in run.totals if name.split()[-1] in {"created", "updated", "gone"}} == set()


def test_a_second_round_of_everything_writes_nothing(sandbox: Sandbox) -> None:
    scene = Scene(sandbox)
    console = connect_console(sandbox)
    scene.event("e1", computer_external_id="pc1")

    def round_of_everything() -> None:
        assert read_halo(scene.credential).state == RunState.SUCCEEDED
        assert read_console(console).state == RunState.SUCCEEDED
        assert execute_here(request_events(console)).state == RunState.SUCCEEDED
        scene.deliver()

    for _ in range(2):
        round_of_everything()
    assert len(sandbox.halo.writes) == 1
    with changes() as changed:
        round_of_everything()
    assert changed == []
    assert len(sandbox.halo.writes) == 1


def test_one_changed_name_is_one_changed_row_and_one_of_history(sandbox: Sandbox) -> None:
    """Also the proof that the counting above sees a change."""
    credential = connect_halo(sandbox)
    read_halo(credential)
    with sandbox.lock:
        client = next(iter(sandbox.world.halo.clients.values()))
        client["name"] = "Renamed in Halo"
    with changes() as changed:
        run = read_halo(credential)
    tables = [sql.split()[2] for sql in changed]
    assert tables == ['"integrations_haloclient"', '"integrations_halochange"']
    assert {name: number for name, number in run.totals.items() if "updated" in name} == {
        "Halo clients updated": 1
    }
