# ruff: noqa: DTZ001  a spreadsheet knows no zones
"""The same list gives the same rows as CSV or XLSX, in any order of its columns."""

from __future__ import annotations

import random
from datetime import date, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.sync.tables.cells import packed, unpacked
from integrations.sync.tables.known import COMPUTERS
from tests.integrations.sync.tables.sheets import csv_of, lines_of, rows_of, xlsx_of

WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=12)
LABELS = [field.label for field in COMPUTERS.fields]
CELLS: dict[str, st.SearchStrategy[str]] = {
    "Computer ID": st.text("abcdef-", min_size=1, max_size=8),
    "Computer": st.text("ABCDEF-", min_size=1, max_size=8),
    "Last seen": st.datetimes(datetime(2000, 1, 1)).map(lambda at: at.strftime("%Y-%m-%d %H:%M")),
    "Purchased": st.dates(date(2000, 1, 1)).map(lambda on: on.isoformat()),
    "Warranty end": st.just(""),
    "Online": st.sampled_from(["yes", "no", ""]),
    "In maintenance": st.sampled_from(["ja", "nein", ""]),
}
ROW = st.fixed_dictionaries({label: CELLS.get(label, WORDS) for label in LABELS})


def sent(content: bytes) -> list[tuple[dict[str, Any], str]]:
    return [(row.sent, row.problem) for row in rows_of(content)]


@settings(max_examples=60, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_format_and_order_of_columns_change_nothing(
    rows: list[dict[str, str]], chance: random.Random
) -> None:
    shuffled = list(LABELS)
    chance.shuffle(shuffled)

    def table(labels: list[str]) -> list[list[str]]:
        return [labels, *([row[label] for label in labels] for row in rows)]

    wanted = sent(csv_of(table(LABELS)))
    assert sent(csv_of(table(shuffled), "utf-8-sig", ";")) == wanted
    assert sent(csv_of(table(shuffled), "utf-16", "\t")) == wanted
    assert sent(xlsx_of(table(shuffled))) == wanted


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(
            st.none()
            | st.booleans()
            | st.integers(-(2**60), 2**60)
            | WORDS
            | st.datetimes()
            | st.dates()
            | st.times(),
            max_size=6,
        ),
        max_size=5,
    )
)
def test_rows_are_the_same_after_they_were_stored(rows: list[list[Any]]) -> None:
    lines = [(number, cells) for number, cells in enumerate(rows, start=1)]
    assert unpacked(packed(lines)) == lines


def test_types_survive_as_well() -> None:
    lines = lines_of(xlsx_of([["a", 1, 1.5, True]]))
    assert [type(cell) for cell in unpacked(packed(lines))[0][1]] == [str, int, float, bool]
