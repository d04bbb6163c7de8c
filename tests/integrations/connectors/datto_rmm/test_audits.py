"""Audits take one call each: whose are read, and how the rest of the read goes on without them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integrations.connectors import patience, turns
from integrations.connectors.datto_rmm import client as calls
from integrations.connectors.datto_rmm.client import DattoRmmClient, Pace
from integrations.connectors.datto_rmm.connector import Audits
from integrations.connectors.datto_rmm.parse.computers import HARDWARE
from integrations.net.errors import NetError, RateLimited, ServerFailed
from integrations.records import ComputerRecord
from tests.contract.recorded import Fault, RecordedConsole

NOW = datetime(2026, 3, 4, 6, 0, tzinfo=UTC)
AUDIT = "/api/v2/audit/device/"
AUDITED = 1772580000000


def make_rows(count: int, **fields: Any) -> list[dict[str, Any]]:
    usual = {"deviceClass": "device", "lastAuditDate": AUDITED}
    return [{"uid": f"device-{n}", **usual, **fields} for n in range(count)]


def read(
    console: RecordedConsole, rows: list[dict[str, Any]], known: frozenset[str] = frozenset(), **changed: str
) -> tuple[list[ComputerRecord], list[str]]:
    body = json.dumps({"pageDetails": {"totalCount": len(rows)}, "devices": rows})
    console.faults.append(Fault("/api/v2/account/devices", body=body, times=None))
    connector = console.connector(**changed)
    connector.known_hardware = known
    return list(connector.fetch_computers()), connector.warnings


def audits_asked_for(console: RecordedConsole) -> int:
    return sum(AUDIT in call for call in console.calls)


def answer_audits(console: RecordedConsole, **fault: Any) -> None:
    console.faults.append(
        Fault(AUDIT, **{"body": '{"bios": {"serialNumber": "S1"}}', "times": None, **fault})
    )


def unread_of(record: ComputerRecord) -> tuple[str, ...]:
    return tuple(record.raw["unread"])


def test_a_device_whose_hardware_is_not_known_is_audited(console: RecordedConsole) -> None:
    answer_audits(console)
    found, warnings = read(console, make_rows(5))

    assert [(record.serial_number, unread_of(record)) for record in found] == [("S1", ())] * 5
    assert (audits_asked_for(console), warnings) == (5, [])


def test_a_device_whose_hardware_is_known_keeps_it(console: RecordedConsole) -> None:
    answer_audits(console)
    rows = make_rows(300)
    found, warnings = read(console, rows, frozenset(row["uid"] for row in rows))
    kept = [record for record in found if unread_of(record) == tuple(sorted(HARDWARE))]

    assert audits_asked_for(console) == 300 - len(kept)
    assert 0 < audits_asked_for(console) < 40, "one in thirty has its turn"
    assert warnings == []


@pytest.mark.parametrize("hours", [1, 4, 24])
def test_everybody_has_a_turn_whatever_the_interval_of_the_reads_is(hours: int) -> None:
    known = frozenset(f"device-{n}" for n in range(200))
    asked: set[str] = set()
    for number in range(300):
        audits = Audits(_Remembering(asked), known, NOW + timedelta(hours=hours * number))
        for uid in known:
            audits.read({"uid": uid, "lastAuditDate": AUDITED})

    assert asked == known


class _Remembering(DattoRmmClient):
    """Notes whose audit it is asked for."""

    def __init__(self, asked: set[str]) -> None:
        self._asked = asked

    def fetch_audit(self, uid: str) -> dict[str, Any]:
        self._asked.add(uid)
        return {}


@pytest.mark.parametrize(
    "fields",
    [
        {"deviceClass": "printer"},
        {"deviceClass": "esxihost"},
        {"deviceClass": "rmmnetworkdevice"},
        {"lastAuditDate": None},
        {"lastAuditDate": -62135596800000},
    ],
)
def test_what_has_no_audit_is_not_asked_for(console: RecordedConsole, fields: dict[str, Any]) -> None:
    found, warnings = read(console, make_rows(2, **fields))

    assert (audits_asked_for(console), len(found), warnings) == (0, 2, [])


@pytest.mark.parametrize("word", ["no", '"No"', "false", "0"])
def test_audits_can_be_switched_off(console: RecordedConsole, word: str) -> None:
    found, warnings = read(console, make_rows(3), read_audits=word)

    assert audits_asked_for(console) == 0
    assert {unread_of(record) for record in found} == {tuple(sorted(HARDWARE))}
    assert warnings == []


def test_only_so_many_are_read_at_once_and_the_rest_is_told(
    console: RecordedConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "AT_ONCE", 4)
    answer_audits(console)
    found, warnings = read(console, make_rows(10))

    assert audits_asked_for(console) == 4
    assert [record.serial_number for record in found] == ["S1"] * 4 + [None] * 6
    assert warnings == ["Hardware data of 6 computers: left to the next reads."]


def test_only_what_is_not_known_is_told_as_left(
    console: RecordedConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "AT_ONCE", 0)
    rows = make_rows(300)
    _, warnings = read(console, rows, frozenset(row["uid"] for row in rows[1:]))

    assert warnings == ["Hardware data of 1 computers: left to the next reads."]


def test_a_slow_console_is_not_asked_for_ever(
    console: RecordedConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Watch(monkeypatch)
    monkeypatch.setattr(
        DattoRmmClient, "fetch_audit", lambda *_: watch.sleep(30) or {"bios": {"serialNumber": "S1"}}
    )
    found, warnings = read(console, make_rows(10))

    assert [record.serial_number for record in found] == ["S1"] * 5 + [None] * 5
    assert warnings == ["Hardware data of 5 computers: left to the next reads."]


def test_a_device_without_an_audit_after_all_keeps_what_is_known(console: RecordedConsole) -> None:
    answer_audits(console, status=404)
    found, warnings = read(console, make_rows(6))

    assert {unread_of(record) for record in found} == {tuple(sorted(HARDWARE))}
    assert (audits_asked_for(console), warnings) == (6, []), "an answer, not a failure: the next is asked for"


@pytest.mark.parametrize(
    ("fault", "asked"),
    [
        ({"status": 403}, 1),
        ({"status": 429, "headers": {"Retry-After": "60"}}, 1),
        ({"status": 500}, 3 * 3),
        ({"body": "[1]"}, 3),
    ],
    ids=["no right", "too many calls", "broken", "nonsense"],
)
def test_audits_that_fail_alike_are_given_up_and_the_devices_come(
    console: RecordedConsole, fault: dict[str, Any], asked: int
) -> None:
    answer_audits(console, **fault)
    found, warnings = read(console, make_rows(20))

    assert len(found) == 20
    assert audits_asked_for(console) == asked
    assert len(warnings) == 1
    assert warnings[0].startswith("Hardware data of 20 computers could not be read: ")


def test_one_audit_that_fails_is_one_computer_without_hardware(console: RecordedConsole) -> None:
    console.faults.append(Fault(f"{AUDIT}device-1", status=400, times=None))
    answer_audits(console)
    found, warnings = read(console, make_rows(3))

    assert [record.serial_number for record in found] == ["S1", None, "S1"]
    assert warnings[0].startswith("Hardware data of 1 computers could not be read: ")


# ---- the pace -------------------------------------------------------------------------------


class Watch:
    """A clock that only goes on while somebody sleeps."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.slept = 1000.0, 0.0
        monkeypatch.setattr(calls.time, "monotonic", lambda: self.now)
        monkeypatch.setattr(patience, "sleep", self.sleep)

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept += seconds


def test_a_run_keeps_to_half_of_what_the_account_may_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    watch, pace, made = Watch(monkeypatch), Pace(calls.CALLS_A_MINUTE), []
    for _ in range(1000):
        pace.wait()
        made.append(watch.now)
    busiest = max(sum(start <= other < start + calls.WINDOW for other in made) for start in set(made))

    assert busiest == 300
    assert watch.slept == 3 * calls.WINDOW


def test_every_call_of_a_run_is_counted(
    console: RecordedConsole, monkeypatch: pytest.MonkeyPatch, pauses: list[float]
) -> None:
    monkeypatch.setattr(calls, "CALLS_A_MINUTE", 3)
    list(console.connector().fetch_companies())

    assert len(console.calls) == 4, "token, largest page, two pages of sites"
    assert len(pauses) == 1
    assert calls.WINDOW - 10 < pauses[0] <= calls.WINDOW


def test_a_slow_run_never_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    watch, pace = Watch(monkeypatch), Pace(3)
    for _ in range(10):
        watch.now += 30
        pace.wait()

    assert watch.slept == 0


@pytest.mark.parametrize("error", [RateLimited, ServerFailed])
def test_a_list_that_is_limited_breaks_the_read(console: RecordedConsole, error: type[NetError]) -> None:
    """Unlike an audit, it is not to be missed."""
    status = {RateLimited: 429, ServerFailed: 500}[error]
    console.faults.append(Fault("/api/v2/account/devices?page=1", status=status, times=None))

    with pytest.raises(error):
        list(console.connector().fetch_computers())
