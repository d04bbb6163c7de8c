"""A key that is revoked after the test shows at its console with the next read, and clears by itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integrations.choices import ConnectionState, RunState
from integrations.management.reporting import execute_here
from integrations.models import Console
from integrations.runs.request import request_console_test, request_events
from integrations.sandbox.ninjaone.constants import CLIENT_ID, CLIENT_SECRET
from integrations.sandbox.server import Sandbox
from tests.connected import connect_console, read_console

pytestmark = pytest.mark.django_db


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start() as running:
        yield running


@pytest.fixture
def console(sandbox: Sandbox) -> Console:
    keys = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    return connect_console(
        sandbox, name="Ninja", kind="ninjaone", base_url=sandbox.url("ninjaone"), credentials=keys
    )


@pytest.mark.parametrize("what", ["events", "computers"])
def test_the_console_says_so_and_a_test_that_succeeds_clears_it(
    sandbox: Sandbox, console: Console, what: str
) -> None:
    sandbox.fronts["ninjaone"].faults.add(path=".", what="401", times=None)
    run = execute_here(request_events(console)) if what == "events" else read_console(console)
    assert run.state == RunState.FAILED

    console.refresh_from_db()
    assert console.state == ConnectionState.FAILED
    assert console.failing_since is not None
    assert console.state_reason == run.error

    sandbox.fronts["ninjaone"].faults.clear()
    execute_here(request_console_test(console))
    console.refresh_from_db()
    assert (console.state, console.failing_since) == (ConnectionState.WORKING, None)
