"""The catalogue of event types, and what an event set may hold."""

from __future__ import annotations

import re

import pytest

from integrations.catalogue import (
    CATEGORIES,
    CERTAINTIES,
    EVENT_TYPES,
    OTHER_EVENT,
    REMEDIATION_CHOICES,
    known_event_type,
    validate_event_types,
    vendor_code_of,
)


def test_every_entry_is_filed_under_its_own_key() -> None:
    for key, info in EVENT_TYPES.items():
        assert info.key == key
        assert re.fullmatch(r"[a-z]+\.[a-z_]+", key)
        assert info.category in CATEGORIES
        assert info.certainty in CERTAINTIES
        assert len(key) <= 80


def test_names_are_unique_so_that_staff_can_tell_them_apart() -> None:
    names = [info.name for info in EVENT_TYPES.values()]

    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("category", "count"),
    [
        ("Agent", 10),
        ("Company", 6),
        ("Asset", 9),
        ("Ports", 5),
        ("Remediation", 5),
        ("Vulnerability & Azure error", 12),
        ("AD Audit", 26),
        ("Entra ID Audit", 9),
    ],
)
def test_the_categories_of_the_vendors_event_sets_are_whole(category: str, count: int) -> None:
    assert sum(info.category == category for info in EVENT_TYPES.values()) == count


def test_what_the_vendors_pages_show_is_marked_as_evidenced() -> None:
    shown = {key for key, info in EVENT_TYPES.items() if info.certainty == "evidenced"}

    assert {"agent.probe_down", "asset.discovered", "vuln.cisa", *REMEDIATION_CHOICES} <= shown
    assert "ad.user_locked" not in shown


def test_an_event_set_may_hold_any_known_types() -> None:
    assert validate_event_types(["backup.failed", "ad.user_locked", "remediation.by_asset"]) == []


def test_an_event_set_may_be_empty() -> None:
    assert validate_event_types([]) == []


def test_an_unknown_type_is_named() -> None:
    assert validate_event_types(["backup.failed", "backup.exploded"]) == [
        "There is no event type 'backup.exploded'."
    ]


def test_two_kinds_of_remediation_do_not_go_together() -> None:
    assert validate_event_types(["remediation.by_product", "remediation.by_company"]) == [
        "Only one kind of remediation fits into an event set; "
        "this one has: Remediation by Company, Remediation by Product."
    ]


def test_the_same_remediation_twice_is_one() -> None:
    assert validate_event_types(["remediation.by_asset", "remediation.by_asset"]) == []


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("backup.failed", "backup.failed"),
        (" Backup.Failed ", "backup.failed"),
        ("backup.tape_eaten", "backup.other"),
        ("remediation.by_team", "remediation.other"),
        ("printer.on_fire", OTHER_EVENT),
        ("", OTHER_EVENT),
        (None, OTHER_EVENT),
    ],
)
def test_an_unknown_type_is_kept_as_any_other_event_of_its_category(sent: str | None, stored: str) -> None:
    assert known_event_type(sent) == stored


@pytest.mark.parametrize("category", CATEGORIES)
def test_each_category_keeps_what_its_vendor_adds(category: str) -> None:
    own = [key for key, info in EVENT_TYPES.items() if info.category == category]

    assert any(key.endswith(".other") or key == OTHER_EVENT for key in own)


def test_any_other_remediation_goes_with_one_kind_of_remediation() -> None:
    assert validate_event_types(["remediation.by_asset", "remediation.other"]) == []


def test_what_was_sent_in_place_of_a_type_is_kept_beside_it() -> None:
    assert vendor_code_of(" Printer.On_Fire ") == "Printer.On_Fire"
    assert vendor_code_of("backup.failed") == vendor_code_of(None) == ""
