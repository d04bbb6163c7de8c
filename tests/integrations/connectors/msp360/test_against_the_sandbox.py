"""The connector reads the simulated console over real HTTP, in its usual and in its odd moods."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integrations.connectors.base import ConsoleAccess
from integrations.connectors.msp360.connector import Msp360Connector
from integrations.connectors.msp360.parse.computers import NO_AGENT
from integrations.net.errors import BadAnswer
from integrations.sandbox.constants import MSP360_LOGIN, MSP360_PASSWORD, RMM_TOKEN
from integrations.sandbox.server import Sandbox


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    with Sandbox.start() as found:
        yield found


@pytest.fixture
def sandbox(shared: Sandbox) -> Iterator[Sandbox]:
    """The one sandbox of these tests with all its switches as they were."""
    before = shared.switches.as_dict()
    yield shared
    shared.switches.change(**before)


def make_connector(sandbox: Sandbox, **changed: str) -> Msp360Connector:
    credentials = {
        "login": MSP360_LOGIN,
        "password": MSP360_PASSWORD,
        "rmm_token": RMM_TOKEN,
        "rmm_base_url": sandbox.rmm_url,
    }
    return Msp360Connector(
        ConsoleAccess(sandbox.msp360_url, {**credentials, **changed}, allow_private=("127.0.0.1",))
    )


def test_the_check_counts_what_is_there(sandbox: Sandbox) -> None:
    result = make_connector(sandbox).check()
    console = sandbox.world.console

    assert (
        result.message
        == f"Connected: {len(console.companies)} companies, {len(console.computers)} computers."
    )
    assert result.ok


def test_a_wrong_password_is_refused(sandbox: Sandbox) -> None:
    assert not make_connector(sandbox, password="wrong-word").check().ok


def test_every_company_comes(sandbox: Sandbox) -> None:
    found = {record.external_id for record in make_connector(sandbox).fetch_companies()}

    assert found == set(sandbox.world.console.companies)


def test_every_computer_comes_with_what_the_console_knows_of_it(sandbox: Sandbox) -> None:
    connector = make_connector(sandbox)
    found = {record.external_id: record for record in connector.fetch_computers()}
    console = sandbox.world.console

    assert set(found) == set(console.computers)
    assert connector.warnings == []
    for hid, record in found.items():
        host = console.hosts.get(hid)
        assert record.serial_number == (str(host["serialNumber"]).strip() or None if host else None)
        assert record.eligible == (console.computers[hid]["HasBackupApp"] or host is not None)
        assert record.ineligible_reason == ("" if record.eligible else NO_AGENT)
    licensed = {row["LicenseType"] for row in console.licences.values() if row["IsTaken"]}
    assert {product for record in found.values() for product in record.products} == licensed | {
        "RMM agent only"
    }


def test_a_second_reading_finds_no_changes(sandbox: Sandbox) -> None:
    def read() -> list[object]:
        connector = make_connector(sandbox)
        # Whose alerts come first depends on the clock.
        events = sorted(connector.fetch_events(), key=lambda event: event.external_id)
        return [*connector.fetch_companies(), *connector.fetch_computers(), *events]

    assert read() == read()


def test_every_plan_is_a_series_and_points_at_its_computer(sandbox: Sandbox) -> None:
    connector = make_connector(sandbox, rmm_token="")
    found = list(connector.fetch_events())
    plans = sandbox.world.console.plans

    assert len(connector.series_seen) == len(plans)
    assert {event.computer_external_id for event in found} <= {plan["_hid"] for plan in plans.values()}
    open_plans = sum(plan["_status"] in (1, 2, 5, 6, 7) for plan in plans.values())
    assert sum(event.state == "open" for event in found) == open_plans > 0


def test_companies_that_are_cut_unless_asked_on_are_whole(sandbox: Sandbox) -> None:
    sandbox.switches.change(msp360_company_take=5)

    assert len(list(make_connector(sandbox).fetch_companies())) == len(sandbox.world.console.companies)


def test_an_error_in_words_is_not_an_empty_list(sandbox: Sandbox) -> None:
    sandbox.switches.change(msp360_text_error=True)

    with pytest.raises(BadAnswer, match='a message instead of data: "An error occurred'):
        list(make_connector(sandbox).fetch_computers())


def test_a_login_that_ends_at_once_does_not_stop_a_read(sandbox: Sandbox) -> None:
    sandbox.switches.change(msp360_token_seconds=1, msp360_expires_in=False)
    connector = make_connector(sandbox)
    companies = list(connector.fetch_companies())
    sandbox.msp360_application.revoke_all()

    assert len(companies) == len(sandbox.world.console.companies)
    assert list(connector.fetch_events())


def test_companies_that_are_suddenly_gone_do_not_take_the_computers_along(sandbox: Sandbox) -> None:
    sandbox.switches.change(msp360_empty_companies=True)
    for record in make_connector(sandbox, rmm_token="").fetch_computers():
        named = bool(record.raw["computer"]["CompanyName"])
        assert ("company_external_id" in record.raw["unread"]) is named
