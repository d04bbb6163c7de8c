"""What stands in a cell is what was stored, and never a formula."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from integrations.sync.cells import cell, headers

pytestmark = pytest.mark.pure


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_a_text_that_a_spreadsheet_would_compute_is_made_harmless(start: str) -> None:
    assert cell(f"{start}HYPERLINK(1)") == f"'{start}HYPERLINK(1)"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("PC-1", "PC-1"),
        ("a=b", "a=b"),
        (-5, -5),
        (1.5, 1.5),
        (True, "Yes"),
        (False, "No"),
        ("", None),
        (None, None),
        (date(2026, 3, 1), date(2026, 3, 1)),
        (datetime(2026, 3, 1, 10, 0, 0, 5, tzinfo=UTC), datetime.fromisoformat("2026-03-01T10:00")),
        (
            datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=2))),
            datetime.fromisoformat("2026-03-01T10:00"),
        ),
        ("a\x00b\x0bc", "abc"),
        ("two\nlines", "two\nlines"),
        ([1, "x"], "[1, 'x']"),
    ],
)
def test_values_keep_their_kind(value: Any, shown: Any) -> None:
    assert cell(value) == shown


def test_what_hides_a_formula_behind_an_unprintable_character_is_found() -> None:
    assert cell("\x00=1+1") == "'=1+1"


def test_a_text_is_no_longer_than_a_cell_can_be() -> None:
    assert len(str(cell("=" * 40_000))) == 32_767


def test_a_field_says_what_it_is_only_where_its_name_is_taken() -> None:
    named = headers(
        ["Name", "Model"], [("model", "asset field"), ("CPU", "asset field"), ("=x", "custom field")]
    )

    assert named == ["Name", "Model", "model (asset field)", "CPU", "'=x"]
