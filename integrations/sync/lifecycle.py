"""How old an asset is and how its warranty stands. Days only, in the zone that days are cut in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

SOON_DAYS: Final = 90
"""A warranty that ends within so many days is to be looked at now."""


class Warranty(StrEnum):
    IN_WARRANTY = "in_warranty"
    ENDS_SOON = "ends_soon"
    EXPIRED = "expired"
    NOT_KNOWN = "not_known"


WARRANTY_LABELS: Final[dict[str, str]] = {
    Warranty.IN_WARRANTY: "In warranty",
    Warranty.ENDS_SOON: f"Ends within {SOON_DAYS} days",
    Warranty.EXPIRED: "Expired",
    Warranty.NOT_KNOWN: "Not known",
}


def warranty_state(ends_on: date | None, today: date) -> Warranty:
    """The last day of a warranty still belongs to it."""
    if ends_on is None:
        return Warranty.NOT_KNOWN
    if ends_on < today:
        return Warranty.EXPIRED
    return Warranty.ENDS_SOON if ends_on <= today + timedelta(days=SOON_DAYS) else Warranty.IN_WARRANTY


@dataclass(frozen=True, slots=True)
class AgeBracket:
    """Ages from `from_years` on and below `to_years`; None: no limit on that side."""

    key: str
    label: str
    from_years: int | None
    to_years: int | None

    def bought(self, today: date) -> tuple[date | None, date | None]:
        """(after, until): bought after the first day and not after the second; None: no limit."""
        after = None if self.to_years is None else years_before(today, self.to_years)
        until = None if self.from_years is None else years_before(today, self.from_years)
        return after, until


AGE_BRACKETS: Final = (
    AgeBracket("under_1", "Under 1 year", None, 1),
    AgeBracket("1_to_3", "1 to 3 years", 1, 3),
    AgeBracket("3_to_5", "3 to 5 years", 3, 5),
    AgeBracket("over_5", "5 years and more", 5, None),
)
AGE_NOT_KNOWN: Final = "not_known"


def years_before(day: date, years: int) -> date:
    """The same day of an earlier year; 29 February becomes the 28th where there is none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def age_in_months(bought: date, today: date) -> int:
    """Whole months; a day in the future counts as none."""
    months = (today.year - bought.year) * 12 + today.month - bought.month - (today.day < bought.day)
    return max(months, 0)


def age_in_words(bought: date | None, today: date) -> str:
    """E.g. `3 years 2 months`, `5 months`; '' where it is not known."""
    if bought is None:
        return ""
    years, months = divmod(age_in_months(bought, today), 12)
    parts = [_counted(years, "year")] if years else []
    if months or not years:
        parts.append(_counted(months, "month"))
    return " ".join(parts)


def age_in_short(bought: date | None, today: date) -> str:
    """E.g. `3 y 2 m`, `5 m`; '' where it is not known."""
    if bought is None:
        return ""
    years, months = divmod(age_in_months(bought, today), 12)
    return f"{years} y {months} m" if years else f"{months} m"


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def first_of_month(day: date, months: int = 0) -> date:
    """The first day of the month that is `months` after that of `day`."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)
