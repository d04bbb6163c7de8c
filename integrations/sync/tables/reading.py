"""One cell → one value of the REST API. What cannot be read says why, in a sentence that ends a row's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from integrations.sync.tables import words
from integrations.sync.tables.cells import UNCOMPUTED, Cell, Mistake, is_empty, shown
from integrations.sync.tables.fields import Field, Kind
from integrations.sync.tables.times import NoTime, Order, day, moment

MOST_DIGITS: Final = 15
"""A spreadsheet keeps no more digits of a number; what follows became zeros."""

_SCIENTIFIC: Final = re.compile(r"^-?\d+(?:[.,]\d+)?E\+\d+$", re.I)
_BETWEEN: Final = re.compile(r"[,;|\n\r]+")
_BETWEEN_ADDRESSES: Final = re.compile(r"[\s,;|]+")


class Unusable(ValueError):
    """The cell says something that is no value of its field: the row is refused."""


class Lost(ValueError):
    """A spreadsheet program has spoilt the value: only in an id does it spoil the row."""


def exact(value: Cell) -> str:
    """An id, a serial number: as it was typed. Raises `Lost`."""
    _refuse_mistake(value)
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return _digits(value)
    if isinstance(value, date):
        raise Lost("has been turned into a date by the spreadsheet program")
    text = shown(value).strip().removeprefix("'")
    if _SCIENTIFIC.match(text):
        raise Lost(f"has been turned into {text} by the spreadsheet program, so digits are missing")
    return text


def _digits(value: int | float) -> str:
    if float(value).is_integer():
        if abs(value) >= 10**MOST_DIGITS:
            raise Lost(
                f"is a number of more than {MOST_DIGITS} digits ({value:.6g}), of which the spreadsheet "
                "program has lost the last; format the column as text"
            )
        return str(int(value))
    return repr(value)


def text(value: Cell) -> str:
    """Raises `Lost`."""
    _refuse_mistake(value)
    return shown(value).strip()


def _refuse_mistake(value: Cell) -> None:
    if value == UNCOMPUTED and isinstance(value, Mistake):
        raise Lost("is a formula that was never computed; open the file in a spreadsheet program and save it")
    if isinstance(value, Mistake):
        raise Lost(f"is {value}, a formula that failed")


def several(value: Cell, between: re.Pattern[str]) -> list[str]:
    return [part.strip() for part in between.split(text(value)) if part.strip()]


def flag(value: Cell) -> bool | None:
    if isinstance(value, bool) or is_empty(value):
        return value if isinstance(value, bool) else None
    word = shown(value)
    told = words.flag(word)
    if told is None:
        raise Unusable(f"{word[:40]!r} is neither yes nor no")
    return told


def _moment(value: Cell, order: Order | None) -> str | float | None:
    try:
        found = moment(value, order)
    except NoTime:
        raise Unusable(f"{shown(value)[:40]!r} is not a time") from None
    return found.isoformat() if isinstance(found, datetime) else found


def _day(value: Cell, order: Order | None) -> str | None:
    try:
        found = day(value, order)
    except NoTime:
        raise Unusable(f"{shown(value)[:40]!r} is not a day") from None
    return found.isoformat() if found else None


_SAYS_RESOLVED: Final = frozenset({"resolved", "closed", "isresolved", "isclosed", "behoben", "erledigt"})


def says_resolved(header: str) -> bool:
    """Whether a yes below this header means that it is over."""
    return words.squashed(header) in _SAYS_RESOLVED


_PLAIN: Final[Mapping[Kind, Callable[[Cell], Any]]] = {
    Kind.ID: exact,
    Kind.CODE: exact,
    Kind.TEXT: text,
    Kind.LIST: lambda value: several(value, _BETWEEN),
    Kind.ADDRESSES: lambda value: several(value, _BETWEEN_ADDRESSES),
    Kind.FLAG: flag,
    Kind.SEVERITY: lambda value: words.severity(text(value)),
    Kind.EVENT_TYPE: lambda value: words.event_type(text(value)),
}


def read(field: Field, value: Cell, order: Order | None, header: str = "") -> Any:
    """The value of a cell; "", [] or None for an empty one. Raises `Unusable` and `Lost`."""
    if field.kind == Kind.MOMENT:
        return _moment(value, order)
    if field.kind == Kind.DAY:
        return _day(value, order)
    if field.kind == Kind.STATE:
        word = text(value)
        return words.resolved(word) if says_resolved(header) and word else words.state(word)
    return _PLAIN[field.kind](value)


def joined(lists: Iterable[list[str]]) -> list[str]:
    """Of several columns one list, each entry once."""
    return list(dict.fromkeys(entry for entries in lists for entry in entries))
