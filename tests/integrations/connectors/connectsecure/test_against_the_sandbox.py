"""The connector reads the simulated ConnectSecure over real HTTP, in its usual and in its odd moods."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from integrations.connectors.base import ConsoleAccess
from integrations.connectors.connectsecure.connector import ConnectSecureConnector
from integrations.connectors.connectsecure.parse.computers import AGENTLESS, DEPRECATED
from integrations.net.errors import ShortList
from integrations.records import EventRecord
from integrations.sandbox.connectsecure.console import ConnectSecureApplication
from integrations.sandbox.connectsecure.constants import CLIENT_ID, CLIENT_SECRET, TENANT
from integrations.sandbox.connectsecure.world import ConnectSecureWorld
from integrations.sandbox.server import Sandbox
from integrations.sandbox.world import Row


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    with Sandbox.start() as found:
        yield found


@pytest.fixture
def sandbox(shared: Sandbox) -> Sandbox:
    """The one sandbox of these tests, as it was at the start."""
    shared.reset()
    return shared


def make_connector(sandbox: Sandbox, **changed: str) -> ConnectSecureConnector:
    keys = {"tenant": TENANT, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, **changed}
    return ConnectSecureConnector(
        ConsoleAccess(sandbox.url("connectsecure"), keys, allow_private=("127.0.0.1",))
    )


def held(sandbox: Sandbox) -> ConnectSecureWorld:
    return sandbox.world.of(ConnectSecureWorld)


def living(table: dict[str, Row]) -> set[str]:
    return {key for key, row in table.items() if not row["is_deleted"]}


def read_events(
    sandbox: Sandbox, since: datetime | None = None, **changed: str
) -> tuple[dict[str, EventRecord], set[str]]:
    connector = make_connector(sandbox, **changed)
    found = {event.external_id: event for event in connector.fetch_events(since)}
    return found, connector.series_seen


def test_the_check_tells_what_is_there(sandbox: Sandbox) -> None:
    result = make_connector(sandbox).check()

    assert result.ok
    assert result.message == (
        f"Connected: {len(held(sandbox).companies)} companies and {len(held(sandbox).assets)} assets "
        "on the first page."
    )


@pytest.mark.parametrize("polite", [False, True])
@pytest.mark.parametrize("name", ["tenant", "client_id", "client_secret"])
def test_a_wrong_key_is_refused(sandbox: Sandbox, name: str, polite: bool) -> None:
    sandbox.switches.change(connectsecure_polite_refusals=polite)
    result = make_connector(sandbox, **{name: "wrong-word"}).check()

    assert not result.ok
    assert result.message.startswith("ConnectSecure does not accept tenant, client ID and client secret")


@pytest.mark.parametrize("most_rows", [5000, 7])
def test_every_company_and_asset_comes(sandbox: Sandbox, most_rows: int) -> None:
    sandbox.switches.change(connectsecure_most_rows=most_rows)
    connector = make_connector(sandbox)
    companies, computers = list(connector.fetch_companies()), list(connector.fetch_computers())

    assert {record.external_id for record in companies} == living(held(sandbox).companies)
    assert {record.external_id for record in computers} == living(held(sandbox).assets)
    assert {record.company_external_id for record in computers} <= {
        record.external_id for record in companies
    }
    assert connector.warnings == []


def test_it_sees_computers_that_the_other_console_sees_too(sandbox: Sandbox) -> None:
    hosts = {host["serialNumber"] for host in sandbox.world.console.hosts.values()}
    found = [record.serial_number for record in make_connector(sandbox).fetch_computers()]

    assert len(hosts & set(found)) > 100
    assert None in found, "what probes find has no serial number"


def test_deprecated_and_found_assets_are_not_eligible_unless_that_is_set(sandbox: Sandbox) -> None:
    usual = [record for record in make_connector(sandbox).fetch_computers() if not record.eligible]
    both = make_connector(sandbox, deprecated_assets="yes", agentless_assets="yes")

    assert {record.ineligible_reason for record in usual} == {DEPRECATED, AGENTLESS}
    assert all(record.eligible for record in both.fetch_computers())


@pytest.mark.parametrize(
    "moods",
    [
        {"connectsecure_most_rows": 3},
        {"connectsecure_no_totals": True},
        {"connectsecure_no_totals": True, "connectsecure_most_rows": 3},
        {"connectsecure_order_ignored": True, "connectsecure_most_rows": 3},
        {"connectsecure_bare_times": True},
        {"connectsecure_flat_token": True},
        {"connectsecure_polite_refusals": True},
    ],
    ids=lambda moods: "+".join(moods),
)
def test_odd_moods_change_nothing_of_what_is_told(sandbox: Sandbox, moods: dict[str, Any]) -> None:
    since = sandbox.clock.now() - timedelta(days=2)
    usual = read_events(sandbox, since)
    sandbox.switches.change(**moods)
    odd = read_events(sandbox, since)

    assert odd == usual


def test_a_console_that_ignores_conditions_is_read_rightly_and_told(sandbox: Sandbox) -> None:
    usual, _ = read_events(sandbox, remediation_by="company")
    sandbox.switches.change(connectsecure_condition_ignored=True)
    connector = make_connector(sandbox, remediation_by="company")

    assert {event.external_id: event for event in connector.fetch_events()} == usual
    assert any("ignored a filter" in warning for warning in connector.warnings)


def test_a_console_that_does_not_go_on_breaks_the_read(sandbox: Sandbox) -> None:
    sandbox.switches.change(connectsecure_skip_ignored=True)

    with pytest.raises(ShortList, match="repeats itself"):
        list(make_connector(sandbox).fetch_computers())


def test_a_list_that_breaks_off_breaks_the_read(sandbox: Sandbox) -> None:
    sandbox.switches.change(connectsecure_cut_remediation=1)

    with pytest.raises(ShortList, match="remediation ended after 1 of"):
        read_events(sandbox)


def test_events_that_name_nobody_are_placed_by_their_tickets(sandbox: Sandbox) -> None:
    done = sandbox.event("connectsecure-event", alert="job")
    key = f"event:{done['event']}"
    usual, _ = read_events(sandbox)
    sandbox.switches.change(connectsecure_opaque_events=True)
    opaque, _ = read_events(sandbox)

    assert usual[key].computer_external_id == opaque[key].computer_external_id == str(done["asset"])
    assert usual[key].company_external_id == opaque[key].company_external_id is not None
    assert usual[key].series_key != opaque[key].series_key


def test_audits_that_are_refused_are_told_and_stop_nothing(sandbox: Sandbox) -> None:
    sandbox.switches.change(connectsecure_audits_refused=True)
    connector = make_connector(sandbox)
    found = list(connector.fetch_events())

    assert found
    assert not any(event.external_id.startswith(("ad:", "entra:")) for event in found)
    assert len(connector.warnings) == 2


def test_special_logons_come_only_if_they_are_asked_for(sandbox: Sandbox) -> None:
    done = sandbox.event("connectsecure-audit", alert="4672")
    key = f"ad:{done['entry']}"

    assert key not in read_events(sandbox)[0]
    assert read_events(sandbox, special_logons="yes")[0][key].event_type == "ad.special_logon"


@pytest.mark.parametrize(
    ("kind", "event_type"),
    [
        ("port", "port.opened_probe"),
        ("agent", "agent.server_down"),
        ("job", "agent.job_failed"),
        ("certificate", "vuln.certificate_expiring"),
        ("azure", "azure.error"),
    ],
)
def test_an_event_begins_and_ends_in_one_series(sandbox: Sandbox, kind: str, event_type: str) -> None:
    asset = next(row for row in held(sandbox).assets.values() if row["agent_type"] == "LIGHTWEIGHT")
    name = {"computer": str(asset["id"])}
    before = sandbox.clock.now()
    key = f"event:{sandbox.event('connectsecure-event', alert=kind, **name)['event']}"
    begun, seen = read_events(sandbox, before)
    while sandbox.event("connectsecure-end", **name)["event"] != int(key.partition(":")[2]):
        continue
    ended, _ = read_events(sandbox, before)

    assert (begun[key].state, begun[key].event_type) == ("open", event_type)
    assert (ended[key].state, ended[key].series_key) == ("resolved", begun[key].series_key)
    assert begun[key].series_key not in seen, "a history: its absence says nothing"


def test_what_is_found_and_remedied_comes_and_goes(sandbox: Sandbox) -> None:
    asset = str(sandbox.event("connectsecure-find", alert="7-Zip")["asset"])
    found, seen = read_events(sandbox)
    by_asset = next(
        key for key in seen if key.startswith("remediation.by_asset:") and key.endswith(f":{asset}")
    )
    sandbox.event("connectsecure-remedy", computer=asset)
    after, seen_after = read_events(sandbox)

    assert any(finding.product.startswith("7-Zip") for finding in found[by_asset].findings)
    assert found[by_asset].computer_external_id == asset
    assert by_asset not in after
    assert by_asset not in seen_after


def test_vulnerabilities_are_the_sums_of_the_assets(sandbox: Sandbox) -> None:
    found, _ = read_events(sandbox)
    counts = [
        event.raw["vulnerabilities"] for key, event in found.items() if key.startswith("vuln.critical:")
    ]

    assert sum(counts) == sum(
        row["critical_vuls_count"] for row in held(sandbox).fixes.values() if is_alive(sandbox, row)
    )


def is_alive(sandbox: Sandbox, fix: Row) -> bool:
    return not held(sandbox).assets[str(fix["asset_id"])]["is_deleted"]


def test_a_second_reading_finds_no_changes(sandbox: Sandbox) -> None:
    def read() -> list[object]:
        connector = make_connector(sandbox)
        return [*connector.fetch_companies(), *connector.fetch_computers(), *connector.fetch_events()]

    assert read() == read()


def test_a_removed_asset_is_missing(sandbox: Sandbox) -> None:
    asset = str(sandbox.event("connectsecure-remove-asset")["asset"])

    assert asset not in {record.external_id for record in make_connector(sandbox).fetch_computers()}


def test_a_token_that_ends_at_once_does_not_stop_a_read(sandbox: Sandbox) -> None:
    sandbox.switches.change(connectsecure_most_rows=50)
    computers = make_connector(sandbox).fetch_computers()
    found = [next(computers)]
    sandbox.console(ConnectSecureApplication).forget()
    found += computers

    assert len(found) == len(living(held(sandbox).assets))


def test_a_token_that_lives_for_moments_only_is_renewed(sandbox: Sandbox) -> None:
    sandbox.switches.change(connectsecure_token_seconds=60, connectsecure_most_rows=50)
    computers = make_connector(sandbox).fetch_computers()
    found = [next(computers)]
    sandbox.clock.advance(61)
    found += computers

    assert len(found) == len(living(held(sandbox).assets))


def test_a_console_that_is_down_for_a_moment_is_waited_for(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.connectors.patience.sleep", lambda seconds: None)
    sandbox.fronts["connectsecure"].faults.add(path="asset_view", what="503", times=2)

    assert len(list(make_connector(sandbox).fetch_computers())) == len(living(held(sandbox).assets))


def test_a_company_that_is_deleted_while_it_is_read_has_nothing_any_more(sandbox: Sandbox) -> None:
    connector = make_connector(sandbox, remediation_by="company")
    events = connector.fetch_events()
    first = next(event for event in events if event.event_type == "remediation.by_company")
    last = max(held(sandbox).fixes.values(), key=lambda row: int(row["company_id"]))["company_id"]
    with sandbox.lock:
        world = held(sandbox)
        world.companies.pop(str(last))
        world.fixes = {key: row for key, row in world.fixes.items() if row["company_id"] != last}
    found = [first, *events]

    assert str(last) != first.company_external_id
    assert f"remediation.by_company:{last}" not in {event.series_key for event in found}
