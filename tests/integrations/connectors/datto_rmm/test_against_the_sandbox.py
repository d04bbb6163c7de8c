"""The connector reads the simulated Datto RMM over real HTTP, in its usual and in its odd moods."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from integrations.connectors.base import SECRET_HEADER, ConsoleAccess
from integrations.connectors.datto_rmm.connector import DattoRmmConnector
from integrations.connectors.datto_rmm.parse.computers import HARDWARE
from integrations.net.errors import Forbidden, RateLimited, ShortList, Unauthorised
from integrations.records import EventRecord
from integrations.sandbox.datto_rmm.console import DattoApplication
from integrations.sandbox.datto_rmm.constants import API_KEY, API_SECRET
from integrations.sandbox.datto_rmm.fleet import DELETED, ON_DEMAND, ONLY_HERE
from integrations.sandbox.datto_rmm.happenings import CONTEXTS, Happenings
from integrations.sandbox.datto_rmm.world import DattoWorld
from integrations.sandbox.server import Sandbox
from integrations.sandbox.world import Row
from tests.integrations.net.server import receive


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    with Sandbox.start() as found:
        yield found


@pytest.fixture
def sandbox(shared: Sandbox) -> Sandbox:
    """The one sandbox of these tests, as it was at the start."""
    shared.reset()
    return shared


def make_connector(sandbox: Sandbox, **changed: str) -> DattoRmmConnector:
    credentials = {"api_key": API_KEY, "api_secret": API_SECRET, **changed}
    access = ConsoleAccess(sandbox.url("datto_rmm"), credentials, allow_private=("127.0.0.1",))
    return DattoRmmConnector(access)


def held(sandbox: Sandbox) -> DattoWorld:
    return sandbox.world.of(DattoWorld)


def happenings(sandbox: Sandbox) -> Happenings:
    return sandbox.console(DattoApplication).happenings


def present(sandbox: Sandbox) -> dict[str, Row]:
    """Devices that are not removed."""
    datto = held(sandbox)
    return {
        uid: row
        for uid, row in datto.devices.items()
        if not row["deleted"] and datto.site_of(row)["name"] != DELETED
    }


def read_events(sandbox: Sandbox, since: datetime | None = None) -> tuple[list[EventRecord], set[str]]:
    connector = make_connector(sandbox)
    return list(connector.fetch_events(since)), connector.series_seen


# ---- sites and devices ----------------------------------------------------------------------


def test_the_check_tells_what_is_there(sandbox: Sandbox) -> None:
    result, datto = make_connector(sandbox).check(), held(sandbox)

    assert result.message == (
        f"Connected: {len(datto.sites)} sites and {len(datto.devices)} devices; 0 alerts are open."
    )
    assert result.ok
    assert [detail.name for detail in result.details] == ["Sites", "Devices", "Alerts", "Audits"]


def test_a_wrong_secret_is_refused(sandbox: Sandbox) -> None:
    assert not make_connector(sandbox, api_secret="wrong-word").check().ok


@pytest.mark.parametrize(("most_rows", "told"), [(250, True), (7, True), (7, False)])
def test_every_site_and_device_comes(sandbox: Sandbox, most_rows: int, told: bool) -> None:
    sandbox.switches.change(datto_most_rows=most_rows, datto_tells_most_rows=told)
    connector = make_connector(sandbox, read_audits="no")
    companies, computers = list(connector.fetch_companies()), list(connector.fetch_computers())
    sites = {uid: row for uid, row in held(sandbox).sites.items() if row["name"] not in (ON_DEMAND, DELETED)}

    assert {record.external_id: record.name for record in companies} == {
        uid: row["name"].strip() for uid, row in sites.items()
    }
    assert ONLY_HERE in {record.name for record in companies}
    assert {record.external_id for record in computers} == set(present(sandbox))
    assert {record.company_external_id for record in computers} - {None} <= set(sites)
    assert [record.name for record in computers if not record.eligible] == ["AWAY-0"]
    assert connector.warnings == []


def test_it_sees_computers_that_the_other_console_sees_too(sandbox: Sandbox) -> None:
    hosts = {host["serialNumber"]: host for host in sandbox.world.console.hosts.values()}
    found = list(make_connector(sandbox).fetch_computers())
    serials = [record.serial_number for record in found if record.serial_number]

    assert sum(serial in hosts for serial in serials) > 100
    assert any(record.serial_number is None for record in found), "and some that only it sees"
    assert any(record.host_name is None for record in found)
    assert len(serials) > len(set(serials)), "clones share one"


def test_hardware_is_what_the_audits_tell(sandbox: Sandbox) -> None:
    audits = held(sandbox).audits
    for record in make_connector(sandbox).fetch_computers():
        audit = audits.get(record.external_id)
        assert (record.serial_number, record.model) == (
            (audit["bios"]["serialNumber"], audit["systemInfo"]["model"]) if audit else (None, None)
        )
        assert record.raw["unread"] == ([] if audit else sorted(HARDWARE))


def test_the_list_alone_takes_a_handful_of_calls(sandbox: Sandbox) -> None:
    connector = make_connector(sandbox)
    connector.known_hardware = frozenset(held(sandbox).devices)
    list(connector.fetch_computers())
    asked = [exchange.path for exchange in sandbox.fronts["datto_rmm"].requests]

    assert sum("audit" not in path for path in asked) == 4, "token, largest page, sites, devices"
    assert sum("audit" in path for path in asked) < 30


@pytest.mark.parametrize("spelling", ["milliseconds", "seconds", "iso"])
def test_times_come_in_each_spelling(sandbox: Sandbox, spelling: str) -> None:
    sandbox.switches.change(datto_times=spelling)
    found = list(make_connector(sandbox, read_audits="no").fetch_computers())

    for computer in found[:20]:
        told = held(sandbox).devices[computer.external_id]["lastSeen"]
        assert computer.last_seen is not None
        assert computer.last_seen.isoformat()[:19] == told[:19]


def test_a_device_that_is_removed_is_missing_from_the_next_read(sandbox: Sandbox) -> None:
    gone = sandbox.event("datto-remove-device")["device"]

    assert gone not in {record.external_id for record in make_connector(sandbox).fetch_computers()}


def test_a_list_that_breaks_off_is_not_used(sandbox: Sandbox) -> None:
    sandbox.switches.change(datto_cut_devices=40)

    with pytest.raises(ShortList):
        list(make_connector(sandbox, read_audits="no").fetch_computers())


# ---- alerts ---------------------------------------------------------------------------------


def test_an_alert_opens_and_is_resolved(sandbox: Sandbox) -> None:
    since = sandbox.clock.now()
    done = sandbox.event("datto-alert", alert="offline")
    opened, seen = read_events(sandbox, since)
    (begun,) = (event for event in opened if event.external_id == done["alert"])
    assert (begun.state, begun.event_type, begun.severity) == ("open", "device.offline", "critical")
    assert begun.company_external_id in held(sandbox).sites
    assert begun.computer_external_id in held(sandbox).devices
    assert done["alert"] in seen

    sandbox.event("datto-resolve")
    told, seen = read_events(sandbox, since)
    mine = [event for event in told if event.series_key == done["alert"]]
    assert [event.state for event in mine] == ["open", "resolved"]
    assert mine[0] == begun, "the beginning is told again as it was"
    assert done["alert"] in seen


def test_an_alert_that_ends_without_a_word_is_in_no_list(sandbox: Sandbox) -> None:
    since = sandbox.clock.now()
    uid = sandbox.event("datto-alert")["alert"]
    with sandbox.lock:
        happenings(sandbox).forget_alert(uid)
    found, seen = read_events(sandbox, since)

    assert uid not in seen
    assert uid not in {event.external_id for event in found}


@pytest.mark.parametrize("kind", list(CONTEXTS))
def test_each_kind_of_alert_has_a_title_and_a_key(sandbox: Sandbox, kind: str) -> None:
    sandbox.event("datto-alert", alert=kind)
    (event,), _ = read_events(sandbox)

    assert event.vendor_code == CONTEXTS[kind][1]["@class"]
    assert (event.event_type == "device.other") is (kind == "unheard-of")
    assert " on " in event.title
    assert "without class" not in event.title


def test_the_history_is_read_no_further_than_needed(sandbox: Sandbox) -> None:
    sandbox.switches.change(datto_most_rows=5)
    read_events(sandbox, sandbox.clock.now() - timedelta(hours=1))
    asked = [row for row in sandbox.fronts["datto_rmm"].requests if row.path.endswith("/resolved")]

    assert len(asked) == 1, "forty alerts are over, eight pages of them"


def test_an_end_is_missed_where_the_oldest_come_first_and_the_open_list_tells_it(sandbox: Sandbox) -> None:
    sandbox.switches.change(datto_resolved_oldest_first=True, datto_most_rows=5)
    since = sandbox.clock.now()
    uid = sandbox.event("datto-alert")["alert"]
    assert uid in read_events(sandbox, since)[1]
    sandbox.event("datto-resolve")
    found, seen = read_events(sandbox, since)

    assert (found, seen) == ([], set()), "two such reads end it"


# ---- refusals -------------------------------------------------------------------------------


def test_a_second_reading_finds_no_changes(sandbox: Sandbox) -> None:
    sandbox.event("datto-alert")

    def read() -> list[object]:
        connector = make_connector(sandbox)
        return [*connector.fetch_companies(), *connector.fetch_computers(), *connector.fetch_events()]

    assert read() == read()


def test_a_token_that_ends_in_the_middle_does_not_stop_a_read(sandbox: Sandbox) -> None:
    sandbox.switches.change(datto_most_rows=50)
    computers = make_connector(sandbox, read_audits="no").fetch_computers()
    found = [next(computers)]
    sandbox.console(DattoApplication).forget()
    found += computers

    assert len(found) == len(present(sandbox))


def test_a_key_that_is_revoked_in_the_middle_stops_it(sandbox: Sandbox) -> None:
    sandbox.switches.change(datto_most_rows=50)
    computers = make_connector(sandbox, read_audits="no").fetch_computers()
    next(computers)
    sandbox.switches.change(datto_key_refused=True)
    sandbox.console(DattoApplication).forget()

    with pytest.raises(Unauthorised, match="does not accept the API key and secret"):
        list(computers)


def test_a_token_of_a_minute_is_renewed_in_time(sandbox: Sandbox) -> None:
    sandbox.switches.change(datto_token_seconds=60)

    assert make_connector(sandbox).check().ok


def test_audits_that_may_not_be_read_leave_the_devices(sandbox: Sandbox) -> None:
    sandbox.switches.change(datto_refused=["audit"])
    connector = make_connector(sandbox)
    found = list(connector.fetch_computers())

    assert len(found) == len(present(sandbox))
    assert "security level" in connector.warnings[0]


def test_devices_that_may_not_be_read_break_the_read(sandbox: Sandbox) -> None:
    sandbox.switches.change(datto_refused=["devices"])

    with pytest.raises(Forbidden):
        list(make_connector(sandbox).fetch_computers())


def test_a_console_that_is_down_for_a_moment_is_waited_for(sandbox: Sandbox, pauses: list[float]) -> None:
    sandbox.fronts["datto_rmm"].faults.add(path="account/devices", what="503", times=2)

    assert len(list(make_connector(sandbox, read_audits="no").fetch_computers())) == len(present(sandbox))
    assert pauses == [1.0, 4.0]


def test_audits_beyond_the_limit_are_left_and_the_account_is_not_blocked(sandbox: Sandbox) -> None:
    sandbox.switches.change(datto_rate_limit=60, datto_delay_seconds=0.0)
    connector = make_connector(sandbox)
    found = list(connector.fetch_computers())

    assert len(found) == len(present(sandbox))
    assert connector.warnings[0].startswith("Hardware data of ")
    refused = [row.status for row in sandbox.fronts["datto_rmm"].requests if row.status in (403, 429)]
    assert refused == [429] * 3, "one audit, tried three times, is the last"


def test_a_list_beyond_the_limit_breaks_the_read(sandbox: Sandbox) -> None:
    sandbox.switches.change(datto_rate_limit=3, datto_most_rows=20, datto_delay_seconds=0.0)

    with pytest.raises(RateLimited):
        list(make_connector(sandbox, read_audits="no").fetch_computers())


def test_the_webhook_names_the_alert_that_the_list_holds(sandbox: Sandbox) -> None:
    with receive() as (url, arrived):
        sandbox.switches.change(datto_webhook_url=url, datto_webhook_secret="our-word")
        uid = sandbox.event("datto-alert")["alert"]
        sent = arrived.get(timeout=5)

    assert sent.headers[SECRET_HEADER] == "our-word"
    assert uid in sent.body.decode()
    connector = make_connector(sandbox, webhook_secret="our-word")
    assert connector.refusal(dict(sent.headers)) == ""
    assert connector.parse_webhook(sent.body, {}) == []
    assert uid in read_events(sandbox)[1]
