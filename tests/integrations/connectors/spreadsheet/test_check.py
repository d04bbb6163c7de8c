"""There is nothing to log in to; what can be wrong about such a console is said all the same."""

from __future__ import annotations

from integrations.connectors.base import ConsoleAccess
from integrations.connectors.spreadsheet.connector import SpreadsheetConnector


def test_it_is_ready_as_it_is() -> None:
    result = SpreadsheetConnector(ConsoleAccess()).check()
    assert result.ok
    assert result.message == "Ready: this console waits for spreadsheets to be uploaded."


def test_a_time_zone_that_does_not_exist_is_told() -> None:
    result = SpreadsheetConnector(ConsoleAccess(time_zone="Mars/Olympus")).check()
    assert not result.ok
    assert "no time zone called 'Mars/Olympus'" in result.message
