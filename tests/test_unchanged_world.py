"""Promise 5: an unchanged world costs nothing. Second reads write no row and nothing to Halo."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.choices import RunState
from integrations.sandbox.server import Sandbox
from tests.connected import connect_console, connect_halo, read_console, read_halo

pytestmark = pytest.mark.django_db
CHANGES = re.compile(r'(INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')
# What says that the read took place: the run itself, its budget, when it was done, who is at work.
BOOKKEEPING = {
    "integrations_run",
    "integrations_step",
    "integrations_budgetpermit",
    "integrations_heartbeat",
    "django_q_ormq",
}
WHEN_IT_WAS_READ = re.compile(r'UPDATE "integrations_(halocredential|console)" SET "synced_at" = ')


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox.start(state_dir=tmp_path, seed=1) as running:
        yield running


def changes(statements: list[dict[str, str]]) -> list[str]:
    """Statements that change a row which is not bookkeeping."""
    found = []
    for statement in statements:
        match = CHANGES.match(statement["sql"])
        if match and match[2] not in BOOKKEEPING and not WHEN_IT_WAS_READ.match(statement["sql"]):
            found.append(statement["sql"][:200])
    return found


def test_a_second_full_read_of_both_sides_changes_no_row_and_writes_nothing_to_halo(sandbox: Sandbox) -> None:
    credential, console = connect_halo(sandbox), connect_console(sandbox)
    first = [read_halo(credential), read_console(console), read_halo(credential)]
    assert [run.state for run in first] == [RunState.SUCCEEDED] * 3
    assert first[1].totals["computers created"] == 300

    with CaptureQueriesContext(connection) as queries:
        again = [read_halo(credential), read_console(console)]
    assert [run.state for run in again] == [RunState.SUCCEEDED] * 2
    assert changes(queries.captured_queries) == []
    assert sandbox.halo.writes == []
    for run in again:
        assert {name for name in run.totals if name.split()[-1] in {"created", "updated", "gone"}} == set()


def test_one_changed_name_is_one_changed_row(sandbox: Sandbox) -> None:
    credential = connect_halo(sandbox)
    read_halo(credential)
    with sandbox.lock:
        client = next(iter(sandbox.world.halo.clients.values()))
        client["name"] = "Renamed in Halo"
    run = read_halo(credential)
    assert {name: number for name, number in run.totals.items() if "updated" in name} == {
        "Halo clients updated": 1
    }
