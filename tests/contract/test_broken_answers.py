"""Whatever a console does wrong is one clear sentence, and never a list that looks complete."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable

import pytest

from integrations.connectors.base import ConsoleAccess
from integrations.net.errors import (
    BadAnswer,
    Forbidden,
    LostAnswer,
    NetError,
    RateLimited,
    ServerFailed,
    ShortList,
    Unauthorised,
)
from integrations.registry import connector_class
from tests.contract import cases
from tests.contract.recorded import (
    READ_KINDS,
    Fault,
    RecordedConsole,
    events_of,
    sample,
)
from tests.contract.shape import as_json

HTML = Fault("/", body="<html><title>Sign in</title></html>", content_type="text/html", times=None)


def companies_of(console: RecordedConsole) -> list[dict[str, object]]:
    return as_json(console.connector().fetch_companies())


def expected_companies(kind: str) -> object:
    return sample(kind, "expected/companies.json")


def assert_clear(sentence: str) -> None:
    assert re.fullmatch(r"[A-Z0-9].*[.…]", sentence, re.DOTALL), sentence
    assert "marked-secret" not in sentence
    assert "Traceback" not in sentence


# ---- the test of a connection ---------------------------------------------------------------


@pytest.mark.parametrize("kind", READ_KINDS)
def test_a_wrong_secret_is_said_in_words(kind: str, console: RecordedConsole) -> None:
    secrets = [item.name for item in connector_class(kind).credential_fields if item.secret and item.required]
    result = console.connector(**dict.fromkeys(secrets, "marked-secret-but-wrong")).check()

    assert not result.ok
    assert_clear(result.message)


@pytest.mark.parametrize("kind", READ_KINDS)
def test_a_missing_credential_is_named_without_a_call(kind: str, console: RecordedConsole) -> None:
    for item in connector_class(kind).credential_fields:
        if item.required:
            result = console.connector(**{item.name: " '' "}).check()
            assert (result.ok, result.message) == (False, f"{item.label} is missing.")

    assert console.calls == []


@pytest.mark.parametrize("kind", READ_KINDS)
def test_a_zone_that_does_not_exist_is_said(kind: str, console: RecordedConsole) -> None:
    access = console.access()
    wrong = ConsoleAccess(access.base_url, access.credentials, "Europe/Atlantis", access.allow_private)

    assert connector_class(kind)(wrong).check().message == "There is no time zone called 'Europe/Atlantis'."


@pytest.mark.parametrize("kind", READ_KINDS)
def test_an_unreachable_console_is_said_at_once(
    kind: str, console: RecordedConsole, pauses: list[float]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    access = console.access()
    nowhere = ConsoleAccess(
        f"http://127.0.0.1:{port}", access.credentials, access.time_zone, access.allow_private
    )

    result = connector_class(kind)(nowhere).check()

    assert not result.ok
    assert f"127.0.0.1:{port}" in result.message
    assert_clear(result.message)
    assert pauses == []


@pytest.mark.parametrize("kind", READ_KINDS)
def test_a_private_address_is_refused_unless_it_is_listed(kind: str, console: RecordedConsole) -> None:
    access = console.access()
    result = connector_class(kind)(ConsoleAccess(access.base_url, access.credentials)).check()

    assert not result.ok
    assert console.calls == []


@pytest.mark.parametrize("kind", READ_KINDS)
def test_an_address_that_is_none_is_said(kind: str, console: RecordedConsole) -> None:
    access = console.access()
    result = connector_class(kind)(ConsoleAccess("https://user:word@host", access.credentials)).check()

    assert not result.ok
    assert_clear(result.message)


@pytest.mark.parametrize("kind", READ_KINDS)
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (HTML, "web page"),
        (Fault("/", body='{"half": [1, 2', times=None), "broken or cut short"),
        (Fault("/", body="", times=None), "empty answer"),
        (Fault("/", status=503, times=None), "503"),
    ],
    ids=["a web page", "half of the data", "nothing", "503"],
)
def test_a_check_tells_what_came_instead_of_data(
    kind: str, console: RecordedConsole, pauses: list[float], fault: Fault, words: str
) -> None:
    console.faults.append(Fault(**vars(fault)))
    result = console.connector().check()

    assert not result.ok
    assert words in result.message
    assert_clear(result.message)


# ---- reading --------------------------------------------------------------------------------


@pytest.mark.case(cases.ONCE)
@pytest.mark.parametrize("kind", READ_KINDS)
def test_a_key_that_is_refused_once_is_renewed(kind: str, console: RecordedConsole) -> None:
    console.faults.append(Fault(console.path_of("companies"), status=401))

    assert companies_of(console) == expected_companies(kind)


@pytest.mark.case(cases.FAILED, cases.BUSY, cases.BUSY_UNTIL)
@pytest.mark.parametrize("kind", READ_KINDS)
@pytest.mark.parametrize(
    "fault",
    [
        Fault("", status=500),
        Fault("", status=503),
        Fault("", status=429),
        Fault("", status=429, headers={"Retry-After": "7"}),
        Fault("", status=0),
    ],
    ids=["500", "503", "429", "429 with a time", "a dropped connection"],
)
def test_what_passes_is_waited_for(
    kind: str, console: RecordedConsole, pauses: list[float], fault: Fault
) -> None:
    console.faults.append(Fault(**{**vars(fault), "path": console.path_of("companies")}))

    assert companies_of(console) == expected_companies(kind)
    assert pauses == [7.0 if fault.headers else 1.0]


@pytest.mark.case(cases.FOR_EVER, cases.FORBIDDEN, cases.NOT_JSON)
@pytest.mark.parametrize("kind", READ_KINDS)
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("", status=401, times=None), Unauthorised),
        (Fault("", status=403, times=None), Forbidden),
        (Fault("", status=429, headers={"Retry-After": "120"}, times=None), RateLimited),
        (Fault("", status=500, times=None), ServerFailed),
        (Fault("", status=0, times=None), LostAnswer),
        (HTML, BadAnswer),
        (Fault("", body="null", times=None), BadAnswer),
        (Fault("", body="You are not allowed to do this", times=None), BadAnswer),
        (Fault("", body='"A text"', times=None), BadAnswer),
        (Fault("", body='[{"Id": "', times=None), BadAnswer),
    ],
    ids=["401", "403", "429", "500", "dropped", "web page", "null", "words", "a text", "half a list"],
)
def test_what_stays_wrong_breaks_the_read(
    kind: str, console: RecordedConsole, pauses: list[float], fault: Fault, error: type[NetError]
) -> None:
    readers: dict[str, Callable[[], object]] = {
        "companies": lambda: list(console.connector().fetch_companies()),
        "computers": lambda: list(console.connector().fetch_computers()),
        "events": lambda: list(console.connector().fetch_events()),
    }
    given = [what for what in readers if getattr(connector_class(kind).abilities, what)]
    for what in given:
        console.faults.append(Fault(**{**vars(fault), "path": console.path_of(what)}))
    for what in given:
        with pytest.raises(error) as raised:
            readers[what]()
        assert_clear(raised.value.sentence)


@pytest.mark.case(cases.CUT)
@pytest.mark.parametrize("kind", READ_KINDS)
def test_a_list_that_is_cut_short_is_not_a_list(kind: str, console: RecordedConsole) -> None:
    console.replaced.update(sample(kind, "answers.json")["cut_short"])

    with pytest.raises(ShortList):
        list(console.connector().fetch_computers())
    if connector_class(kind).abilities.events_are_complete_list:
        with pytest.raises(ShortList):
            events_of(console.connector())


@pytest.mark.parametrize("kind", READ_KINDS)
@pytest.mark.parametrize("status", [200, 400, 401, 403, 500])
def test_a_secret_that_the_console_repeats_is_masked(
    kind: str, console: RecordedConsole, pauses: list[float], status: int
) -> None:
    secrets = [text for text in console.access().credentials.values() if "marked-secret" in text]
    words = f"Not with {' or '.join(secrets)} or marked-secret-token-1".replace('"', "")
    console.faults.append(Fault(console.path_of("companies"), status=status, body=words, times=None))

    with pytest.raises(NetError) as raised:
        list(console.connector().fetch_companies())

    assert "marked-secret-password" not in f"{raised.value!r} {raised.value.body_text}"
    assert "marked-secret-token" not in f"{raised.value!r} {raised.value.body_text}"
