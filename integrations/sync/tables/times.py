"""Days and times in the cells of a spreadsheet: ISO, day or month first, Excel's numbers.

Whether 03/04/2026 is in March or in April is decided once for a file, never row by row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from integrations.sync.tables.cells import Cell, Mistake

_YEAR_FIRST: Final = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T\s,]+(.*))?$")
_NUMBERS: Final = re.compile(r"^(\d{1,2})([-/. ])\s?(\d{1,2})\2\s?(\d{4}|\d{2})(?:[T\s,]+(.*))?$")
_NAMED: Final = re.compile(
    r"^(?:(\d{1,2})\.?[-\s]+([^\W\d]+)|([^\W\d]+)\.?\s+(\d{1,2})),?\.?[-\s]+(\d{4})(?:[T\s,]+(.*))?$"
)
_CLOCK: Final = re.compile(
    r"^(\d{1,2})[:h.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?\s*([ap])?\.?\s?m?\.?\s*(z|utc|gmt|[+-]\d{2}:?\d{2})?$",
    re.I,
)
_WEEKDAY: Final = re.compile(r"^[^\W\d]{2,12}\.?,\s*(?=[^\W\d]|\d)")
_HOUR: Final = re.compile(r"^(\d{1,2})\s*([ap])\.?m\.?$", re.I)
_NEVER: Final = frozenset({"never", "nie", "jamais", "nunca", "n/a", "-", "–", "none", "unknown"})
_MONTHS: Final = {
    word: number
    for number, words in enumerate(
        (
            "jan january januar janvier enero janv ene gennaio januari",
            "feb february februar fevrier février febrero févr fevr febbraio februari",
            "mar march märz maerz mär mrz mars marzo maart",
            "apr april avril abril avr abr aprile",
            "may mai mayo maggio mei",
            "jun june juni juin junio giugno",
            "jul july juli juillet julio juil luglio",
            "aug august août aout agosto ago augustus",
            "sep sept september septembre septiembre settembre",
            "oct october okt oktober octobre octubre ottobre",
            "nov november novembre noviembre",
            "dec december dez dezember décembre decembre diciembre dic déc dicembre",
        ),
        start=1,
    )
    for word in words.split()
}
_EXCEL_DAY_ZERO: Final = datetime(1899, 12, 30)  # noqa: DTZ001  a spreadsheet knows no zones
_EXCEL_NUMBERS: Final = range(20_000, 80_000)
"""Days since 1899-12-30 from 1954 to 2119; larger numbers are seconds since 1970."""
_EPOCH_FROM: Final = 600_000_000


class Order(StrEnum):
    DAY = "day"
    MONTH = "month"


class NoTime(ValueError):
    """The cell holds something, but no day or time."""


@dataclass(slots=True)
class Evidence:
    """What the cells of a file say about the order; rows are the first of their kind, 0 for none."""

    day_row: int = 0
    month_row: int = 0
    either_row: int = 0
    example: str = ""

    def look(self, number: int, values: Iterable[Cell]) -> None:
        for value in values:
            text = value.strip() if isinstance(value, str) else ""
            found = _NUMBERS.match(text)
            if found is not None and found[2] != ".":
                self._count(number, int(found[1]), int(found[3]), text)

    def _count(self, number: int, first: int, second: int, text: str) -> None:
        if first > 12 >= second:
            self.day_row = self.day_row or number
        elif second > 12 >= first:
            self.month_row = self.month_row or number
        elif first != second and not self.either_row:
            self.either_row, self.example = number, text

    @property
    def order(self) -> Order | None:
        """The order of the whole file; None where it does not say, or contradicts itself."""
        if self.day_row and not self.month_row:
            return Order.DAY
        return Order.MONTH if self.month_row and not self.day_row else None

    @property
    def has_to_be_chosen(self) -> bool:
        return self.order is None and bool(self.either_row or (self.day_row and self.month_row))


def moment(value: Cell, order: Order | None) -> datetime | float | str | None:
    """A naive time, or what the REST API reads by itself: seconds since 1970, ISO text with an offset.

    None for an empty cell and the ways to say "never". Raises `NoTime`.
    """
    if value is None or isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001
    if isinstance(value, bool | Mistake | time):
        raise NoTime
    if isinstance(value, int | float):
        return _of_number(float(value))
    return _of_text(value.strip(), order)


def day(value: Cell, order: Order | None) -> date | None:
    """Only the day. Raises `NoTime`."""
    found = moment(value, order)
    if isinstance(found, float):
        raise NoTime
    if isinstance(found, str):
        found = datetime.fromisoformat(found)
    return found.date() if found is not None else None


def _of_number(number: float) -> datetime | float | None:
    if number == 0:
        return None
    if int(number) in _EXCEL_NUMBERS:
        # Excel counts in days: what is left of a second is rounding.
        return _EXCEL_DAY_ZERO + timedelta(seconds=round(number * 86_400))
    if number >= _EPOCH_FROM:
        return number
    raise NoTime


def _of_text(text: str, order: Order | None) -> datetime | float | str | None:
    if not text or text.casefold() in _NEVER:
        return None
    if re.fullmatch(r"\d{5,13}(?:[.,]\d+)?", text):
        return _of_number(float(text.replace(",", ".")))
    try:
        return _with_clock(*_parts(_WEEKDAY.sub("", text), order))
    except ValueError:
        raise NoTime from None


def _parts(text: str, order: Order | None) -> tuple[date, str]:
    if found := _YEAR_FIRST.match(text):
        return date(int(found[1]), int(found[2]), int(found[3])), found[4] or ""
    if found := _NUMBERS.match(text):
        first, second = int(found[1]), int(found[3])
        # With points the day always comes first.
        month_first = order == Order.MONTH and found[2] != "."
        on, month = (second, first) if month_first else (first, second)
        return date(_year(found[4]), month, on), found[5] or ""
    if found := _NAMED.match(text):
        month = _MONTHS.get((found[2] or found[3]).casefold(), 0)
        return date(int(found[5]), month, int(found[1] or found[4])), found[6] or ""
    raise NoTime


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _with_clock(on: date, clock: str) -> datetime | str:
    if not clock.strip():
        return datetime(on.year, on.month, on.day)  # noqa: DTZ001
    found = _CLOCK.match(clock.strip())
    hour_only = _HOUR.match(clock.strip())
    if hour_only:
        return datetime.combine(on, time(_hour(int(hour_only[1]), hour_only[2])))
    if found is None:
        raise NoTime
    at = time(_hour(int(found[1]), found[4]), int(found[2]), int(found[3] or 0))
    when = datetime.combine(on, at)
    return when.isoformat() + _offset(found[5]) if found[5] else when


def _hour(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        raise NoTime
    return hour % 12 + (12 if half.lower() == "p" else 0)


def _offset(text: str) -> str:
    if text[0] not in "+-":
        return "+00:00"
    return text if ":" in text else f"{text[:3]}:{text[3:]}"
