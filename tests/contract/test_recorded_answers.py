"""Recorded answers become exactly the expected records, and reading them again changes nothing."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from integrations.catalogue import EVENT_TYPES
from integrations.choices import EventState, Severity
from integrations.records import EventRecord
from integrations.registry import connector_class
from tests.contract import cases
from tests.contract.changing import grown
from tests.contract.recorded import (
    KINDS,
    LISTS,
    READ_KINDS,
    RecordedConsole,
    read,
    recorded_console,
    sample,
)
from tests.contract.shape import as_json

SECRET = "marked-secret"


@pytest.mark.parametrize("kind", READ_KINDS)
def test_the_check_succeeds_and_names_every_part(kind: str, console: RecordedConsole) -> None:
    result = console.connector().check()

    assert result.ok
    assert result.message.endswith(".")
    assert {detail.state for detail in result.details} == {"works"}


@pytest.mark.parametrize(("kind", "what"), LISTS)
def test_the_answers_become_the_expected_records(kind: str, what: str, console: RecordedConsole) -> None:
    assert as_json(read(console.connector(), what), console.url) == sample(kind, f"expected/{what}.json")


@pytest.mark.parametrize(("kind", "what"), LISTS)
def test_a_second_reading_finds_no_changes(kind: str, what: str, console: RecordedConsole) -> None:
    first, again = read(console.connector(), what), read(console.connector(), what)

    assert first
    assert first == again
    assert [record.raw for record in first] == [record.raw for record in again]


@pytest.mark.case(cases.UNKNOWN)
@pytest.mark.parametrize(("kind", "what"), LISTS)
def test_fields_that_nobody_knows_change_nothing(kind: str, what: str, console: RecordedConsole) -> None:
    console.change = grown

    assert as_json(read(console.connector(), what), console.url) == sample(kind, f"expected/{what}.json")


@pytest.mark.parametrize(("kind", "what"), LISTS)
def test_records_can_be_stored_as_they_are(kind: str, what: str, console: RecordedConsole) -> None:
    for record in read(console.connector(), what):
        assert record.external_id == record.external_id.strip() != ""
        assert json.loads(json.dumps(record.raw)) == record.raw


@pytest.mark.parametrize(("kind", "what"), [pair for pair in LISTS if pair[1] != "events"])
def test_no_id_comes_twice(kind: str, what: str, console: RecordedConsole) -> None:
    ids = [record.external_id for record in read(console.connector(), what)]

    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("kind", "what"), [pair for pair in LISTS if pair[1] == "events"])
def test_events_speak_the_language_of_the_catalogue(kind: str, what: str, console: RecordedConsole) -> None:
    for event in read(console.connector(), what):
        assert isinstance(event, EventRecord)
        assert event.event_type in EVENT_TYPES
        assert event.state in EventState.values
        assert event.severity in Severity.values
        assert event.occurred_at is None or event.occurred_at.utcoffset() == timedelta(0)
        assert len(event.external_id) <= 300
        assert len(event.series_key) <= 300


@pytest.mark.parametrize(("kind", "what"), [pair for pair in LISTS if pair[1] == "events"])
def test_a_complete_list_of_events_tells_all_its_series(
    kind: str, what: str, console: RecordedConsole
) -> None:
    connector = console.connector()
    found = [event for event in read(connector, what) if isinstance(event, EventRecord)]
    # A message without a series has no end that a list could tell, and ends nothing itself.
    series = {event.series_key for event in found} - {""}
    assert all(event.series_key or event.state == EventState.OPEN for event in found)
    told_by_history = {key for key in series if key.startswith(connector.histories)}
    assert not told_by_history & connector.series_seen
    series -= told_by_history

    if connector.abilities.events_are_complete_list:
        assert series
        assert series <= connector.series_seen
    else:
        assert connector.series_seen == set()


@pytest.mark.parametrize("kind", READ_KINDS)
def test_secrets_stay_out_of_what_is_shown(kind: str, console: RecordedConsole) -> None:
    connector = console.connector()
    connector.check()

    shown = f"{connector.access!r} {connector!r} {vars(connector)!r}"

    assert SECRET in json.dumps(sample(kind, "access.json"))
    assert SECRET not in shown


@pytest.mark.parametrize("kind", [kind for kind in KINDS if connector_class(kind).abilities.webhook])
def test_a_delivery_becomes_the_expected_events(kind: str) -> None:
    with recorded_console(kind) as console:
        body = json.dumps(sample(kind, "webhook.json")).encode()
        first, again = (console.connector().parse_webhook(body, {}) for _ in range(2))

    assert as_json(first) == sample(kind, "expected/webhook.json")
    assert first == again
