"""Hardware takes one call for each computer: whose is read, and what the others keep."""

from __future__ import annotations

import json
from typing import Any

import pytest

from integrations.connectors import patience, turns
from integrations.connectors.base import ConsoleAccess
from integrations.connectors.msp360.client import Msp360Client, RmmClient
from integrations.connectors.msp360.connector import Msp360Connector
from integrations.connectors.msp360.parse.computers import HARDWARE, HARDWARE_AND_OS
from integrations.records import ComputerRecord
from tests.contract.recorded import Fault, RecordedConsole, recorded_console

WITH_AGENT, WITHOUT = [{"ApplicationId": "rmm"}], [{"ApplicationId": "backup"}, {"ApplicationId": "ra"}]


class Fleet:
    """An account in memory; `asked` are the hids whose host record was asked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, count: int, apps: Any = None) -> None:
        self.count, self.apps = count, WITH_AGENT if apps is None else apps
        self.asked: list[str] = []
        monkeypatch.setattr(Msp360Client, "_read_once", lambda _, path, params: self.read(path))
        monkeypatch.setattr(RmmClient, "fetch_host", lambda _, hid: self.host(hid))

    @property
    def hids(self) -> list[str]:
        return [f"hid-{n}" for n in range(self.count)]

    def read(self, path: str) -> Any:
        if not path.startswith("/api/Computers/"):
            return []
        first, size = map(int, path.split("/")[3:])
        rows = [
            {"ComputerHID": hid, "OSTypeString": "windows", "Apps": self.apps, "HasBackupApp": True}
            for hid in self.hids[first : first + size]
        ]
        return {"Count": self.count, "Computers": rows}

    def host(self, hid: str) -> dict[str, Any] | None:
        self.asked.append(hid)
        return {"serialNumber": f"S-{hid}", "osName": "Windows 11 Pro"} if self.apps == WITH_AGENT else None

    def computers(self, known: frozenset[str] = frozenset()) -> tuple[list[ComputerRecord], list[str]]:
        access = ConsoleAccess("https://api.mspbackups.com", {"rmm_token": "t"})
        connector = Msp360Connector(access)
        connector.known_hardware = known
        return list(connector.fetch_computers()), connector.warnings


def unread_of(record: ComputerRecord) -> set[str]:
    return set(record.raw["unread"])


def test_whose_hardware_is_known_keeps_it_with_the_name_of_its_system(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fleet = Fleet(monkeypatch, 300)
    found, warnings = fleet.computers(frozenset(fleet.hids))
    kept = [record for record in found if record.serial_number is None]

    assert 0 < len(fleet.asked) < 40, "one in thirty has its turn"
    assert len(kept) == 300 - len(fleet.asked)
    assert all(unread_of(record) == set(HARDWARE_AND_OS) for record in kept)
    assert warnings == []


def test_whose_hardware_is_not_known_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = Fleet(monkeypatch, 300)
    monkeypatch.setattr(turns, "is_round", lambda number, now: False)
    found, _ = fleet.computers(frozenset(fleet.hids[10:]))

    assert fleet.asked == fleet.hids[:10]
    assert [record.serial_number for record in found[:10]] == [f"S-{hid}" for hid in fleet.hids[:10]]
    assert all(unread_of(record) == set() for record in found[:10])


def test_a_computer_without_agent_is_not_asked_at_each_sync(monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = Fleet(monkeypatch, 300, apps=WITHOUT)
    found, warnings = fleet.computers()

    assert 0 < len(fleet.asked) < 40, "its list of apps may be wrong: now and then it has a turn"
    assert {record.os_name for record in found} == {"Windows"}
    assert all(unread_of(record) == set(HARDWARE) for record in found)
    assert warnings == []


def test_where_the_list_of_apps_says_nothing_everybody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = Fleet(monkeypatch, 20, apps="unknown")
    fleet.computers()

    assert len(fleet.asked) == 20


def test_the_first_sync_of_ten_thousand_computers_is_bounded_and_tells_what_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fleet = Fleet(monkeypatch, 10_000)
    found, warnings = fleet.computers()

    assert len(fleet.asked) == turns.AT_ONCE
    assert sum(record.serial_number is not None for record in found) == turns.AT_ONCE
    assert warnings == ["Hardware data of 9500 computers: left to the next reads."]
    assert unread_of(found[-1]) == set(HARDWARE), "its system is new to us: it is taken as the list tells it"


def test_an_agent_that_is_gone_takes_no_name_of_a_system_away(monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = Fleet(monkeypatch, 1, apps=WITHOUT)
    monkeypatch.setattr(turns, "is_round", lambda number, now: True)
    (record,), _ = fleet.computers(frozenset({"hid-0"}))

    assert fleet.asked == ["hid-0"]
    assert unread_of(record) == set(HARDWARE_AND_OS)


def test_a_token_that_is_refused_in_mid_read_leaves_the_rest_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "sleep", lambda seconds: None)
    hids = [f"0000000{n}-0000-4000-8000-000000000000" for n in range(1, 5)]
    rows = [{"ComputerHID": hid, "Apps": WITH_AGENT} for hid in hids]
    host = json.dumps({"data": [{"data": [{"serialNumber": "S1"}]}], "total": 1})
    with recorded_console("msp360") as console:
        console.faults += _faults(console, rows, hids, host)
        connector = console.connector()
        found = list(connector.fetch_computers())

    assert [record.serial_number for record in found] == ["S1", "S1", None, None]
    assert "serial_number" in unread_of(found[3])
    assert len([told for told in connector.warnings if "Hardware data of 2 computers" in told]) == 1


def _faults(console: RecordedConsole, rows: list[Any], hids: list[str], host: str) -> list[Fault]:
    hosts = "/rmm/api/v1/computers/"
    body = json.dumps({"Count": len(rows), "Computers": rows})
    return [
        Fault("/api/Computers/", body=body, times=None),
        *(Fault(f"{hosts}{hid}", body=host, times=None) for hid in hids[:2]),
        Fault(hosts, status=401, times=None),
    ]
