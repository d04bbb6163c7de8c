from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from integrations.sync.digest import digest_of


def test_the_order_of_columns_does_not_matter() -> None:
    assert digest_of({"a": 1, "b": [2]}) == digest_of({"b": [2], "a": 1})


@pytest.mark.parametrize(
    "other", [{"a": "1"}, {"a": 1.5}, {"a": None}, {"a": [1]}, {"b": 1}, {"a": 1, "b": None}]
)
def test_any_difference_of_content_shows(other: dict[str, object]) -> None:
    assert digest_of({"a": 1}) != digest_of(other)


def test_the_same_moment_in_two_zones_is_the_same() -> None:
    utc = datetime(2026, 3, 1, 12, tzinfo=UTC)
    there = utc.astimezone(timezone(timedelta(hours=5)))
    assert digest_of({"at": utc}) == digest_of({"at": there})


def test_it_fits_its_column() -> None:
    assert len(digest_of({"name": "ä" * 10_000})) == 32


def test_what_has_no_settled_form_is_refused() -> None:
    with pytest.raises(TypeError, match="set"):
        digest_of({"a": {1, 2}})
