"""The address and the key: what is put right, and what is told where nothing can be put right."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from integrations.connectors import patience
from integrations.connectors.itglue.client import api_address
from integrations.net.errors import Forbidden, RateLimited, Unauthorised
from tests.contract.recorded import Fault, RecordedConsole, recorded_console


@pytest.fixture
def console() -> Iterator[RecordedConsole]:
    with recorded_console("itglue") as found:
        yield found


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    made: list[float] = []
    monkeypatch.setattr(patience, "sleep", made.append)
    return made


@pytest.mark.parametrize(
    ("entered", "address"),
    [
        ("https://api.itglue.com", "https://api.itglue.com"),
        (" https://api.eu.itglue.com/ ", "https://api.eu.itglue.com"),
        ("https://demo.itglue.com", "https://api.itglue.com"),
        ("https://demo.eu.itglue.com/account", "https://api.eu.itglue.com"),
        ("demo-msp.AU.itglue.com/4411029#summary", "https://api.au.itglue.com"),
        ("https://itglue.com", "https://api.itglue.com"),
        ("https://api.au.itglue.com/organizations?page[size]=5", "https://api.au.itglue.com"),
        ("https://proxy.msp.example/itglue/configurations/5", "https://proxy.msp.example/itglue"),
        ("https://proxy.msp.example/itglue/", "https://proxy.msp.example/itglue"),
        ("https://notitglue.com/eu.itglue.com", "https://notitglue.com/eu.itglue.com"),
    ],
)
def test_the_api_is_found_from_what_people_copy(entered: str, address: str) -> None:
    assert api_address(entered) == address


@pytest.mark.parametrize(
    "key", [" marked-secret-token-1 ", '"marked-secret-token-1"', "'marked-secret-token-1'\n"]
)
def test_a_key_with_spaces_or_quotes_is_the_key(console: RecordedConsole, key: str) -> None:
    assert console.connector(api_key=key).check().ok


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_is_not_known_here_is_told_with_the_regions(console: RecordedConsole, status: int) -> None:
    words = json.dumps({"errors": [{"status": str(status), "title": "Forbidden", "detail": "Not here"}]})
    console.faults.append(Fault("/", status=status, body=words, times=None))
    result = console.connector().check()

    assert not result.ok
    assert "api.eu.itglue.com" in result.message
    assert "revoked" in result.message
    assert 'It said: "' in result.message
    assert [detail.state for detail in result.details] == ["refused"]


def test_what_is_refused_beside_organisations_is_named(console: RecordedConsole) -> None:
    console.faults.append(Fault("/configurations", status=403, times=None))
    result = console.connector().check()

    assert not result.ok
    assert result.message.startswith("Configurations cannot be read: ")
    assert {detail.name: detail.state for detail in result.details} == {
        "Organisations": "works",
        "Configurations": "refused",
        "Locations": "works",
    }


def test_a_test_without_locations_succeeds_and_says_so(console: RecordedConsole) -> None:
    console.faults.append(Fault("/locations", status=403, times=None))
    result = console.connector().check()

    assert result.ok
    assert result.message.startswith(
        "Connected: 4 organisations and 6 configurations. Locations cannot be read: "
    )


def test_a_test_asks_for_one_row_of_each_list(console: RecordedConsole) -> None:
    console.connector().check()

    assert len(console.calls) == 3
    assert all("page%5Bsize%5D=1&" in call for call in console.calls)


def test_a_key_that_is_revoked_in_mid_read_breaks_it(console: RecordedConsole) -> None:
    console.faults.append(
        Fault("/configurations?page%5Bsize%5D=500&page%5Bnumber%5D=2", status=401, times=None)
    )
    reading = console.connector().fetch_computers()
    assert next(reading)

    with pytest.raises(Unauthorised, match="does not accept the API key"):
        list(reading)


def test_a_refusal_in_mid_read_breaks_it(console: RecordedConsole) -> None:
    console.faults.append(
        Fault("/configurations?page%5Bsize%5D=500&page%5Bnumber%5D=2", status=403, times=None)
    )

    with pytest.raises(Forbidden, match="403"):
        list(console.connector().fetch_computers())


def test_a_limit_that_stays_is_told_after_three_attempts(
    console: RecordedConsole, pauses: list[float]
) -> None:
    console.faults.append(Fault("/configurations", status=429, times=None))

    with pytest.raises(RateLimited, match="less often"):
        list(console.connector().fetch_computers())
    assert pauses == [1.0, 4.0]
