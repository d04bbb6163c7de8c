"""Yes and no, states, severities and lists are understood as people write them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integrations.sync.tables.sheets import csv_of, rows_of, xlsx_of


def online(value: Any) -> Any:
    (row,) = rows_of(xlsx_of([["Computer ID", "Computer", "Online"], ["1", "PC-1", value]]))
    return row.sent.get("online", row.problem)


@pytest.mark.parametrize(
    "value", [True, 1, "yes", "Y", "Ja", "oui", "Sí", "x", "✓", "WAHR", "verdadero", "да"]
)
def test_yes(value: Any) -> None:
    assert online(value) is True


@pytest.mark.parametrize("value", [False, 0, "no", "Nein", "non", "FALSCH", "✗", "nee", "нет", "-"])
def test_no(value: Any) -> None:
    assert online(value) is False


def test_an_empty_cell_says_neither() -> None:
    assert online("") is None


def test_what_is_neither_is_told() -> None:
    assert online("perhaps") == "Online: 'perhaps' is neither yes nor no."


def event(header: str, value: str) -> dict[str, Any]:
    return rows_of(csv_of([["Event ID", header], ["1", value]]), "events")[0].sent


@pytest.mark.parametrize(
    ("header", "word", "state"),
    [
        ("State", "Closed", "resolved"),
        ("Status", "behoben", "resolved"),
        ("Status", "OK", "resolved"),
        ("Status", "Neu", "open"),
        ("Status", "Failed", "open"),
        ("Resolved", "yes", "resolved"),
        ("Resolved", "no", "open"),
        ("State", "maybe", "maybe"),
        ("State", "", ""),
    ],
)
def test_states(header: str, word: str, state: str) -> None:
    assert event(header, word)["state"] == state


@pytest.mark.parametrize(
    ("word", "severity"), [("Kritisch", "critical"), ("haute", "high"), ("Error", "Error")]
)
def test_severities_of_other_languages_are_the_words_of_the_rest_api(word: str, severity: str) -> None:
    assert event("Severity", word)["severity"] == severity


def test_an_event_type_may_be_called_by_its_name() -> None:
    from integrations.catalogue import EVENT_TYPES

    assert event("Event type", EVENT_TYPES["backup.failed"].name)["event_type"] == "backup.failed"
    assert event("Event type", "backup.failed")["event_type"] == "backup.failed"
    assert event("Event type", "Printer on fire")["event_type"] == "Printer on fire"


def test_several_values_in_a_cell_are_divided_where_they_end() -> None:
    headers = ["Computer ID", "Computer", "MAC", "IPs", "Tags", "Products"]
    values = [
        "1",
        "PC-1",
        "aa:bb  cc:dd",
        "10.0.0.1;fe80::1\n10.0.0.1",
        "front desk, Gold ",
        "Desktop | File Backup",
    ]
    (row,) = rows_of(xlsx_of([headers, values]))
    assert row.sent["mac_addresses"] == ["aa:bb", "cc:dd"]
    assert row.sent["ip_addresses"] == ["10.0.0.1", "fe80::1"]
    assert row.sent["tags"] == ["front desk", "Gold"]
    assert row.sent["products"] == ["Desktop", "File Backup"]
