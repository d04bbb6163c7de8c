"""Age and warranty of an asset on a given day."""

from __future__ import annotations

from datetime import date

import pytest

from integrations.sync.lifecycle import (
    AGE_BRACKETS,
    Warranty,
    age_in_short,
    age_in_words,
    first_of_month,
    warranty_state,
    years_before,
)

pytestmark = pytest.mark.pure

TODAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("ends_on", "state"),
    [
        (None, Warranty.NOT_KNOWN),
        (date(2026, 2, 28), Warranty.EXPIRED),
        (date(2026, 3, 1), Warranty.ENDS_SOON),
        (date(2026, 5, 30), Warranty.ENDS_SOON),
        (date(2026, 5, 31), Warranty.IN_WARRANTY),
    ],
)
def test_a_warranty_ends_after_its_last_day_and_soon_means_ninety_days(
    ends_on: date | None, state: Warranty
) -> None:
    assert warranty_state(ends_on, TODAY) is state


@pytest.mark.parametrize(
    ("bought", "words", "short"),
    [
        (None, "", ""),
        (date(2026, 3, 1), "0 months", "0 m"),
        (date(2026, 1, 31), "1 month", "1 m"),
        (date(2025, 3, 1), "1 year", "1 y 0 m"),
        (date(2023, 1, 1), "3 years 2 months", "3 y 2 m"),
        (date(2027, 1, 1), "0 months", "0 m"),
    ],
)
def test_an_age_is_told_in_whole_years_and_months(bought: date | None, words: str, short: str) -> None:
    assert (age_in_words(bought, TODAY), age_in_short(bought, TODAY)) == (words, short)


@pytest.mark.parametrize("bought", [date(2026, 2, 1), date(2025, 3, 1), date(2023, 3, 1), date(1999, 1, 1)])
def test_every_day_belongs_to_exactly_one_age_bracket(bought: date) -> None:
    held = []
    for bracket in AGE_BRACKETS:
        after, until = bracket.bought(TODAY)
        held += [bracket.key] * ((after is None or bought > after) and (until is None or bought <= until))

    assert len(held) == 1


def test_who_turns_one_today_is_one() -> None:
    after, until = AGE_BRACKETS[1].bought(TODAY)

    assert (after, until) == (date(2023, 3, 1), date(2025, 3, 1))


def test_a_leap_day_has_a_day_before_in_every_year() -> None:
    assert years_before(date(2024, 2, 29), 1) == date(2023, 2, 28)
    assert years_before(date(2024, 2, 29), 4) == date(2020, 2, 29)


@pytest.mark.parametrize(
    ("months", "first"), [(0, date(2026, 3, 1)), (-3, date(2025, 12, 1)), (10, date(2027, 1, 1))]
)
def test_months_are_counted_over_the_turn_of_the_year(months: int, first: date) -> None:
    assert first_of_month(date(2026, 3, 31), months) == first
