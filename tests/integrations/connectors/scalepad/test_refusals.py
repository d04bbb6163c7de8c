"""Keys and products that are missing: what stops a read, and what only leaves dates out."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from integrations.connectors import patience
from integrations.connectors.base import ConsoleAccess
from integrations.connectors.scalepad.connector import ScalePadConnector
from integrations.net.errors import LostAnswer, ServerFailed, ShortList, Unauthorised
from tests.contract.recorded import Fault, RecordedConsole, recorded_console

LIFECYCLES = "/lifecycle-manager/v1/assets/hardware/lifecycles"
UNREAD = ["purchased_on", "warranty_ends_on"]


@pytest.fixture
def console() -> Iterator[RecordedConsole]:
    with recorded_console("scalepad") as found:
        yield found


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "sleep", lambda seconds: None)


@pytest.mark.parametrize("behind", ["", "/", "/core/v1/clients", "/lifecycle-manager/v1", "/core"])
def test_paths_that_are_copied_along_are_taken_off(console: RecordedConsole, behind: str) -> None:
    access = console.access()
    entered = ConsoleAccess(f"{console.url}{behind}", access.credentials, "UTC", access.allow_private)

    assert ScalePadConnector(entered).check().ok


@pytest.mark.parametrize("key", [" marked-secret-token-1\n", '"marked-secret-token-1"'])
def test_a_key_with_spaces_or_quotes_is_the_key(console: RecordedConsole, key: str) -> None:
    assert console.connector(api_key=key).check().ok


def test_a_key_that_is_not_accepted_is_told_once(console: RecordedConsole) -> None:
    result = console.connector(api_key="wrong").check()

    assert not result.ok
    assert result.message.startswith(
        "Clients cannot be read: ScalePad does not accept the API key at 127.0.0.1"
    )
    assert {call.partition("?")[0] for call in console.calls} == {"GET /core/v1/clients"}


def test_a_key_for_another_region_is_told(console: RecordedConsole) -> None:
    console.faults.append(Fault("/core", status=403, times=None))

    assert "another region" in console.connector().check().message


@pytest.mark.parametrize("status", [402, 403, 404])
def test_without_lifecycle_manager_everything_but_the_dates_is_read(
    console: RecordedConsole, status: int
) -> None:
    words = json.dumps({"errors": [{"code": "x", "title": "No", "detail": "No subscription"}]})
    console.faults.append(Fault(LIFECYCLES, status=status, body=words, times=None))
    connector = console.connector()
    found = list(connector.fetch_computers())

    assert len(found) == 6
    assert all(record.raw["unread"] == UNREAD for record in found)
    assert connector.warnings[0].startswith("Purchase and warranty dates cannot be read: ")
    assert "No subscription" in connector.warnings[0]


def test_a_test_without_lifecycle_manager_succeeds_and_says_so(console: RecordedConsole) -> None:
    console.faults.append(Fault(LIFECYCLES, status=402, times=None))
    result = console.connector().check()

    assert result.ok
    assert "Lifecycles cannot be read: " in result.message


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(LIFECYCLES, status=500, times=None), ServerFailed),
        (Fault(LIFECYCLES, status=0, times=None), LostAnswer),
        (Fault(LIFECYCLES, status=401, times=None), Unauthorised),
        (Fault(LIFECYCLES, body='{"data": [], "total_count": 9}', times=None), ShortList),
    ],
    ids=["500", "dropped", "401", "not whole"],
)
def test_lifecycles_that_break_off_break_the_read(
    console: RecordedConsole, fault: Fault, error: type[Exception]
) -> None:
    """They are there; without them known dates would be gone from one reading to the next."""
    console.faults.append(Fault(**vars(fault)))

    with pytest.raises(error):
        list(console.connector().fetch_computers())


def test_a_key_that_is_revoked_in_mid_read_breaks_it(console: RecordedConsole) -> None:
    console.faults.append(Fault("/core/v1/assets/hardware?page_size=200&cursor", status=401, times=None))
    reading = console.connector().fetch_computers()
    assert next(reading)

    with pytest.raises(Unauthorised, match="does not accept the API key"):
        list(reading)
