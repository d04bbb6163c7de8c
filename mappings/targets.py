"""Where a value of an asset goes: an asset field, a custom field or a property, and the form it takes there.

A place has a key: `12` is asset field 12, `custom:231` a custom field, `property:warranty_end` a property.
Plans and intentions hold values by key, as rows of `name`, `value` (as the mirror holds it) and, where they
differ from it, `sent` (as HaloPSA wants it), `shown` (as staff read it) and `kind` (how two are compared).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

from integrations.sync.days import to_date
from mappings.models import DayFormat, TargetKind

Row = dict[str, Any]

NO_DAY: Final = "1900-01-01T00:00:00"
_CUSTOM: Final = "custom:"
_PROPERTY: Final = "property:"


class Form(StrEnum):
    """What kind of value a place holds."""

    TEXT = "text"
    DAY = "day"
    CHOICE = "choice"
    YES_NO = "yes_no"
    UNKNOWN = "unknown"


class Unwritable(ValueError):
    """A value that this place does not take; the text is a sentence for staff."""


# ---- keys -----------------------------------------------------------------------------------


def key_of(kind: str, field_id: int | None, name: str = "") -> str:
    if kind == TargetKind.PROPERTY:
        return f"{_PROPERTY}{name}"
    return f"{_CUSTOM}{field_id}" if kind == TargetKind.CUSTOM else str(field_id)


def is_custom(key: str) -> bool:
    return key.startswith(_CUSTOM)


def is_field(key: str) -> bool:
    return not key.startswith((_CUSTOM, _PROPERTY))


@dataclass(slots=True)
class Parts:
    """Values by what they are: of fields and custom fields by HaloPSA's id, of properties by name."""

    fields: dict[int, Any] = field(default_factory=dict)
    custom_fields: dict[int, Any] = field(default_factory=dict)
    properties: dict[str, Any] = field(default_factory=dict)


def apart(rows: Mapping[str, Row], told: Callable[[Row], Any]) -> Parts:
    """`told`: what of a row is wanted, `to_send` or `to_mirror`."""
    parts = Parts()
    for key, row in rows.items():
        if key.startswith(_CUSTOM):
            parts.custom_fields[int(key.removeprefix(_CUSTOM))] = told(row)
        elif key.startswith(_PROPERTY):
            parts.properties[key.removeprefix(_PROPERTY)] = told(row)
        else:
            parts.fields[int(key)] = told(row)
    return parts


def to_send(row: Row) -> Any:
    return row.get("sent", row["value"])


def to_mirror(row: Row) -> Any:
    return row["value"]


def together(
    fields: Mapping[str, str] | None,
    custom_fields: Mapping[Any, str] | None,
    properties: Mapping[str, str],
    status_id: int | None,
) -> dict[str, str]:
    """What an asset holds, by key; of what was not read nothing."""
    found = {str(number): str(value or "").strip() for number, value in (fields or {}).items()}
    found |= {f"{_CUSTOM}{number}": str(value).strip() for number, value in (custom_fields or {}).items()}
    found |= {f"{_PROPERTY}{name}": value for name, value in properties.items()}
    found[f"{_PROPERTY}status_id"] = str(status_id or "")
    return found


def held(values: Mapping[str, str], key: str, *, custom_read: bool) -> str | None:
    """What stands at a place; None where nobody has read it. What has no value is left out in Halo."""
    if key in values:
        return values[key]
    return None if is_custom(key) and not custom_read else ""


# ---- values ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Target:
    """One place. `choices`: id to name; `by_id`: the mirror holds the id of a choice, else its name."""

    key: str
    name: str
    form: Form = Form.TEXT
    limit: int | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    by_id: bool = False
    told: str = ""
    """What HaloPSA calls the kind of value, where it can't be filled from here."""
    _ids: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for number, name in self.choices.items():
            self._ids.setdefault(name.strip().casefold(), number)

    def row(self, value: str, day_format: str = "", *, is_day: bool = False, label: str = "") -> Row:
        """A value as it goes there. Raises `Unwritable`."""
        match self.form:
            case Form.DAY:
                return {"name": self.name, **_day_row(_day(value, label, self.name))}
            case Form.CHOICE:
                return {"name": self.name, **self._choice(value, label)}
            case Form.YES_NO:
                return {"name": self.name, **_yes_no_row(value, label, self.name)}
            case Form.UNKNOWN:
                raise Unwritable(f"“{self.name}” is {self.told} in HaloPSA, which is not filled from here.")
        return {"name": self.name, **self._text(value, day_format, is_day, label)}

    def existing(self, value: str, is_day: bool = False) -> Row:
        """A value that is there, as a row; what it is no form for stays as it is."""
        if not value:
            return {"name": self.name, "value": value, **self._nothing()}
        if self.form in (Form.TEXT, Form.UNKNOWN):
            return {"name": self.name, "value": value, **({"kind": Form.DAY} if is_day else {})}
        try:
            return {**self.row(value), "value": value}
        except Unwritable:
            return {"name": self.name, "value": value}

    def _nothing(self) -> Row:
        """HaloPSA API: a property that is a date says *not set* by its first day; others are null."""
        if self.form == Form.DAY and self.key.startswith(_PROPERTY):
            return {"sent": NO_DAY}
        return {} if self.form in (Form.TEXT, Form.UNKNOWN) or self.by_id else {"sent": None}

    def _text(self, value: str, day_format: str, is_day: bool, label: str) -> Row:
        row: Row = {"value": value}
        # American days are not told from British ones: those are compared as text.
        if is_day and (found := to_date(value)) and len(value) == len(found.isoformat()):
            row["value"] = _written(found, day_format)
            row |= {} if day_format == DayFormat.AMERICAN else {"kind": Form.DAY}
        if self.limit and len(row["value"]) > self.limit:
            raise Unwritable(
                f"{label} has {len(row['value'])} characters; Halo's field “{self.name}” takes {self.limit}."
            )
        return row

    def choice_of(self, value: str) -> str | None:
        """The id of a choice, by its name or its id."""
        wanted = value.strip()
        return self._ids.get(wanted.casefold()) or (wanted if wanted in self.choices else None)

    def _choice(self, value: str, label: str) -> Row:
        number = self.choice_of(value)
        if number is None:
            raise Unwritable(f"{label}: HaloPSA's pick list “{self.name}” has no choice “{value}”.")
        name = self.choices[number]
        sent = int(number) if number.lstrip("-").isdigit() else number
        if self.key.startswith(_PROPERTY):
            return {"value": number, "sent": sent, "shown": name}
        return {"value": number, "shown": name} if self.by_id else {"value": name, "sent": sent}


def same(row: Row, present: str) -> bool:
    """Whether a place that holds `present` needs no change."""
    value, present = str(row["value"]).strip(), present.strip()
    match row.get("kind"):
        case Form.DAY:
            return value == present or (to_date(present) is not None and to_date(present) == to_date(value))
        case Form.YES_NO:
            return bool(present) and _yes_no(present) == _yes_no(value)
    return value == present


def _day(value: str, label: str, name: str) -> date:
    found = to_date(value)
    if found is None:
        raise Unwritable(f"{label}: “{value}” is no day, and “{name}” is a date in HaloPSA.")
    return found


def _day_row(day: date) -> Row:
    """HaloPSA API: dates are sent without a zone, as it shows them: with one, the day could be another."""
    return {"value": day.isoformat(), "sent": f"{day.isoformat()}T00:00:00", "kind": Form.DAY}


def _written(day: date, day_format: str) -> str:
    shapes = {DayFormat.BRITISH: "%d/%m/%Y", DayFormat.AMERICAN: "%m/%d/%Y"}
    return day.strftime(shapes.get(DayFormat(day_format), "%Y-%m-%d"))


def _yes_no(value: str) -> bool | None:
    text = value.strip().casefold()
    return True if text in {"true", "yes", "1"} else False if text in {"false", "no", "0"} else None


def _yes_no_row(value: str, label: str, name: str) -> Row:
    found = _yes_no(value)
    if found is None:
        raise Unwritable(f"{label}: “{value}” is neither yes nor no, and “{name}” is a check box in HaloPSA.")
    return {"value": str(found).lower(), "sent": found, "kind": Form.YES_NO}
