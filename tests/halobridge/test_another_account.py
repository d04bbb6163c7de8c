"""A known console with another address or other keys: the same account goes on, another one is refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integrations.choices import ConnectionState, RunState
from integrations.connections import save_console, take_as_same_account
from integrations.connections.accounts import TEST_FIRST
from integrations.management.reporting import execute_here
from integrations.models import Company, Computer, Console, Run
from integrations.runs.request import request_console_sync, request_events
from integrations.sandbox.connectsecure import constants as scanner
from integrations.sandbox.ninjaone import constants as ninja
from integrations.sandbox.server import Sandbox
from tests.connected import connect_console, read_console

pytestmark = pytest.mark.django_db

KEYS = {
    "ninjaone": {"client_id": ninja.CLIENT_ID, "client_secret": ninja.CLIENT_SECRET},
    "connectsecure": {
        "tenant": scanner.TENANT,
        "client_id": scanner.CLIENT_ID,
        "client_secret": scanner.CLIENT_SECRET,
    },
}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start(seed=1) as running:
        yield running


@pytest.fixture
def elsewhere() -> Iterator[Sandbox]:
    """Another account of the same vendor; its small numbers are those of the first."""
    with Sandbox.start(seed=2) as running:
        yield running


@pytest.fixture(params=sorted(KEYS))
def console(sandbox: Sandbox, request: pytest.FixtureRequest) -> Console:
    kind = request.param
    found = connect_console(sandbox, name=kind, kind=kind, base_url=sandbox.url(kind), credentials=KEYS[kind])
    read_console(found)
    return found


def saved(console: Console, **changes: object) -> Run:
    """Change it as staff do, and let the test run that follows."""
    row = Console.objects.get(pk=console.pk)
    for name, value in changes.items():
        setattr(row, name, value)
    return execute_here(save_console(row))


def names(console: Console) -> dict[str, str]:
    rows = [
        *Company.objects.filter(console=console).values_list("external_id", "name"),
        *Computer.objects.filter(console=console).values_list("external_id", "name"),
    ]
    return dict(rows)


def test_another_account_is_refused_by_the_test_and_nothing_is_read(
    console: Console, elsewhere: Sandbox
) -> None:
    known = names(console)
    run = saved(console, base_url=elsewhere.url(console.kind))
    console.refresh_from_db()

    assert run.state == RunState.FAILED and run.error.startswith("This is another account: ")
    assert (console.state, console.state_reason) == (ConnectionState.FAILED, run.error)
    for read in (request_console_sync, request_events):
        refused = execute_here(read(console))
        assert (refused.state, refused.error) == (RunState.FAILED, TEST_FIRST)
    assert names(console) == known


def test_the_former_address_makes_it_readable_again(console: Console, elsewhere: Sandbox) -> None:
    former = console.base_url
    saved(console, base_url=elsewhere.url(console.kind))
    assert saved(console, base_url=former).state == RunState.SUCCEEDED
    console.refresh_from_db()

    assert console.state == ConnectionState.WORKING
    assert read_console(console).state == RunState.SUCCEEDED


def test_the_same_account_at_another_address_goes_on(console: Console) -> None:
    assert saved(console, base_url=console.base_url.replace("127.0.0.1", "localhost")).state == (
        RunState.SUCCEEDED
    )
    console.refresh_from_db()

    assert not console.account_unproven
    assert read_console(console).state == RunState.SUCCEEDED


def test_another_name_or_setting_needs_no_proof(console: Console, elsewhere: Sandbox) -> None:
    row = Console.objects.get(pk=console.pk)
    row.name, row.event_minutes = "Another name", 7
    save_console(row)

    assert not Console.objects.get(pk=console.pk).account_unproven


def test_staff_may_say_that_it_is_the_same_account(console: Console, elsewhere: Sandbox) -> None:
    saved(console, base_url=elsewhere.url(console.kind))
    run = execute_here(take_as_same_account(Console.objects.get(pk=console.pk)))

    assert run.state == RunState.SUCCEEDED
    assert not Console.objects.get(pk=console.pk).account_unproven


def test_keys_that_are_changed_again_during_a_test_stay_in_doubt(console: Console) -> None:
    """The test of the former keys says nothing of the new ones."""
    tested = Console.objects.get(pk=console.pk)
    row = Console.objects.get(pk=console.pk)
    row.credentials = {**row.credentials, "client_secret": "another-one"}
    save_console(row)

    take_as_same_account(tested)

    assert Console.objects.get(pk=console.pk).account_unproven


def test_a_console_of_which_nothing_is_known_may_lead_anywhere(sandbox: Sandbox, elsewhere: Sandbox) -> None:
    fresh = connect_console(
        sandbox, name="Fresh", kind="ninjaone", base_url=sandbox.url("ninjaone"), credentials=KEYS["ninjaone"]
    )
    assert saved(fresh, base_url=elsewhere.url("ninjaone")).state == RunState.SUCCEEDED


# ---- one account, two consoles -------------------------------------------------------------------


def warnings_of(run: Run) -> list[str]:
    return list(run.entries.filter(outcome="warning").values_list("reason", flat=True))


def test_a_second_console_of_the_same_account_is_told_by_its_test(console: Console) -> None:
    second = Console(
        name="Once more", kind=console.kind, base_url=console.base_url, credentials=KEYS[console.kind]
    )
    run = execute_here(save_console(second))

    assert run.state == RunState.SUCCEEDED
    [told] = warnings_of(run)
    assert told.startswith(f"{console.name} reads the same account: ")


def test_another_account_of_the_same_vendor_is_no_second(console: Console, elsewhere: Sandbox) -> None:
    other = connect_console(
        elsewhere,
        name="Elsewhere",
        kind=console.kind,
        base_url=elsewhere.url(console.kind),
        credentials=KEYS[console.kind],
    )
    assert warnings_of(Run.objects.filter(console=other).earliest("pk")) == []


def test_beside_a_console_that_is_switched_off_an_account_is_read_once(console: Console) -> None:
    Console.objects.filter(pk=console.pk).update(enabled=False)
    second = Console(
        name="Instead", kind=console.kind, base_url=console.base_url, credentials=KEYS[console.kind]
    )
    run = execute_here(save_console(second))

    assert (run.state, warnings_of(run)) == (RunState.SUCCEEDED, [])
