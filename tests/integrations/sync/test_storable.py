from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.sync.storable import storable_json, storable_key, storable_text


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("PC\x0001", None, "PC01"),
        ("\x00", 5, ""),
        ("abcdef", 3, "abc"),
        ("half \ud83d pair", None, "half ? pair"),
        ("💾 ok", None, "💾 ok"),
        ("invoice\u202efdp.exe", None, "invoicefdp.exe"),
        ("\u200e\u2066PC\u2069\u061c", 2, "PC"),
        ("שרת ראשי", None, "שרת ראשי"),
    ],
)
def test_text_becomes_what_every_database_takes(text: str, limit: int | None, expected: str) -> None:
    assert storable_text(text, limit) == expected


def test_a_key_that_fits_stays_as_it_is() -> None:
    assert storable_key("x" * 200, 200) == "x" * 200


def test_keys_and_json_keep_the_characters_that_they_are_compared_by() -> None:
    assert storable_key("a\u202eb", 200) == "a\u202eb"
    assert storable_json({"a\u200e": ["b\u202e"]}) == {"a\u200e": ["b\u202e"]}


def test_two_keys_that_differ_only_beyond_the_limit_stay_two() -> None:
    one, other = storable_key("x" * 200 + "1", 200), storable_key("x" * 200 + "2", 200)
    assert one != other
    assert len(one) == len(other) == 200


@given(st.text(max_size=400))
@settings(deadline=None)
def test_a_stored_key_is_its_own_key(text: str) -> None:
    assert storable_key(storable_key(text, 60), 60) == storable_key(text, 60)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"a\x00": "b\x00"}, {"a": "b"}),
        ({1: ("x", {"y"})}, {"1": ["x", ["y"]]}),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        (datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01 00:00:00+00:00"),
        ([True, None, 1, 2.5], [True, None, 1, 2.5]),
    ],
)
def test_json_becomes_what_every_database_takes(value: Any, expected: Any) -> None:
    assert storable_json(value) == expected


def test_what_is_nested_without_end_is_cut() -> None:
    value: Any = "deep"
    for _ in range(500):
        value = [value]
    assert "…" in json.dumps(storable_json(value), ensure_ascii=False)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=10))
@settings(deadline=None)
def test_it_is_always_strict_json(value: Any) -> None:
    text = json.dumps(storable_json(value), allow_nan=False)
    assert "\\u0000" not in text.replace("\\\\", "")
