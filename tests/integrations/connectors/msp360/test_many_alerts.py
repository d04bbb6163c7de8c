"""Alerts of many computers: how much a poll asks for, and in what order."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from integrations.connectors import turns
from integrations.connectors.base import ConsoleAccess
from integrations.connectors.msp360 import connector as module
from integrations.connectors.msp360.client import Msp360Client, RmmClient
from integrations.connectors.msp360.connector import FIRST, USUAL, Msp360Connector
from integrations.net.errors import NetError, Unauthorised

SINCE = datetime(2025, 3, 4, 6, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def an_hour_without_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "is_round", lambda number, now: False)


class Fleet:
    """An account in memory. `hold` is called with each hid whose alerts are asked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
        self.count = count
        self.asked: list[str] = []
        self.hold: Callable[[str], None] = lambda hid: None
        monkeypatch.setattr(Msp360Client, "_read_once", lambda _, path, params: self.read(path))
        monkeypatch.setattr(RmmClient, "fetch_alerts", lambda _, hid: self.alerts(hid))

    def read(self, path: str) -> Any:
        if not path.startswith("/api/Computers/"):
            return []
        first, size = map(int, path.split("/")[3:])
        numbers = range(first, min(first + size, self.count))
        rows = [{"ComputerHID": f"hid-{n}", "ComputerName": f"PC{n}", "Notes": "n" * 500} for n in numbers]
        return {"Count": self.count, "Computers": rows}

    def alerts(self, hid: str) -> list[Mapping[str, Any]]:
        self.asked.append(hid)
        self.hold(hid)
        return [{"alertId": "al-1", "type": "CPU"}]

    def connector(self, *open_series: str) -> Msp360Connector:
        access = ConsoleAccess("https://api.mspbackups.com", {"rmm_token": "t"})
        connector = Msp360Connector(access)
        connector.open_series = frozenset(open_series)
        return connector


def test_a_poll_is_bounded_and_those_with_an_open_alert_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = Fleet(monkeypatch, 500)
    open_series = [f"rmm:hid-{n}:al-1" for n in range(0, 500, 50)]
    connector = fleet.connector(*open_series)
    events = list(connector.fetch_events(SINCE))

    assert len(events) == len(fleet.asked) == USUAL.at_once
    assert set(fleet.asked[:10]) == {f"hid-{n}" for n in range(0, 500, 50)}
    assert connector.series_unread == set()
    assert connector.warnings == []


def test_open_alerts_of_whom_there_was_no_room_for_are_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = Fleet(monkeypatch, 500)
    connector = fleet.connector(*[f"rmm:hid-{n}:al-1" for n in range(200)])
    list(connector.fetch_events(SINCE))
    left = {f"rmm:hid-{n}:al-1" for n in range(200)} - connector.series_seen

    assert 100 <= len(left) <= 160
    assert connector.series_unread == left


def test_the_first_read_asks_for_more(monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = Fleet(monkeypatch, 700)

    assert len(list(fleet.connector().fetch_events())) == FIRST.at_once == 500


def test_a_slow_console_is_left_alone_after_some_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr(module, "monotonic", lambda: clock[0])
    fleet = Fleet(monkeypatch, 500)

    def wait(hid: str) -> None:
        clock[0] += 3

    fleet.hold = wait
    connector = fleet.connector("rmm:hid-1:al-1")
    list(connector.fetch_events(SINCE))

    assert len(fleet.asked) == 7, "none is begun after twenty seconds"
    assert fleet.asked[0] == "hid-1"
    assert connector.warnings == []


def test_a_token_that_ends_under_way_stops_the_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = Fleet(monkeypatch, 500)

    def refuse(hid: str) -> None:
        if len(fleet.asked) > 5:
            raise Unauthorised("The token is not accepted any more.", status=401)

    fleet.hold = refuse
    connector = fleet.connector()
    events = list(connector.fetch_events(SINCE))

    assert (len(events), len(fleet.asked)) == (5, 6)
    assert connector.warnings == [
        "Alerts of 55 computers could not be read: The token is not accepted any more."
    ]


def peak_of(monkeypatch: pytest.MonkeyPatch, count: int) -> float:
    """Megabytes at the most while the events of so many computers are read and thrown away."""
    connector = Fleet(monkeypatch, count).connector()
    tracemalloc.start()
    try:
        assert sum(1 for _ in connector.fetch_events(SINCE)) == min(count, USUAL.at_once)
        return tracemalloc.get_traced_memory()[1] / 1024**2
    finally:
        tracemalloc.stop()


def test_ten_thousand_computers_take_a_few_hundred_bytes_each(monkeypatch: pytest.MonkeyPatch) -> None:
    few, many = peak_of(monkeypatch, 1_000), peak_of(monkeypatch, 10_000)

    assert many < few + 9, f"{few:.1f} MB for 1,000 computers, {many:.1f} MB for 10,000"


def test_errors_of_one_computer_are_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = Fleet(monkeypatch, 10)

    def fail(hid: str) -> None:
        if hid == "hid-3":
            raise NetError("It is busy.")

    fleet.hold = fail
    connector = fleet.connector("rmm:hid-3:al-1")

    assert len(list(connector.fetch_events(SINCE))) == 9
    assert connector.series_unread == {"rmm:hid-3:al-1"}
    assert connector.warnings == ["Alerts of 1 computers could not be read: It is busy."]
