"""What an asset's fields and properties tell of the thing itself: its make, its age, its warranty.

HaloPSA API: serial number, model and (in older versions) manufacturer are ordinary asset fields whose names
are whatever an administrator called them; dates of the warranty are properties of the asset.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from integrations.halo.values import Row, to_date, to_id, to_int, to_text

SERIAL_NUMBER: Final = ("serial number", "serial no", "serial", "service tag")
MANUFACTURER: Final = ("manufacturer", "make", "vendor")
MODEL: Final = ("model", "model number", "model no")
PURCHASED: Final = ("purchase date", "purchased", "purchased on", "date of purchase", "date purchased")
WARRANTY_START: Final = ("warranty start", "warranty start date", "warranty starts", "warranty from")
WARRANTY_END: Final = (
    "warranty end",
    "warranty end date",
    "warranty ends",
    "warranty expiry",
    "warranty expiry date",
    "warranty expires",
    "warranty expiration",
    "warranty expiration date",
    "warranty until",
)
"""Names of asset fields, in lower case, the likeliest first."""
DATE_PROPERTIES: Final = ("warranty_start", "warranty_end", "supplier_purchasedate")


def described(row: Row) -> dict[str, Any]:
    """The parts of an AssetRecord that are found by name: text is '' and a day None where nothing is told."""
    values = _values_by_name(row.get("fields"))
    return {
        "serial_number": _first(values, SERIAL_NUMBER),
        "manufacturer": _first(values, MANUFACTURER) or to_text(row.get("manufacturer_name")),
        "model": _first(values, MODEL),
        "purchased_on": _first_day(values, PURCHASED) or to_date(row.get("supplier_purchasedate")),
        "warranty_starts_on": to_date(row.get("warranty_start")) or _first_day(values, WARRANTY_START),
        "warranty_ends_on": to_date(row.get("warranty_end")) or _first_day(values, WARRANTY_END),
    }


def dates_of(row: Row) -> dict[str, str]:
    """The properties of the asset that are dates and are set, as days."""
    told = {name: to_date(row.get(name)) for name in DATE_PROPERTIES}
    return {name: day.isoformat() for name, day in told.items() if day}


def stored_custom_values(rows: Any) -> dict[int, Any] | None:
    """Custom field's id to what HaloPSA stores, of those that have a value: writing it back changes nothing.

    None where the row came without them.
    """
    if not isinstance(rows, list):
        return None
    numbered = [(to_id(item.get("id")), item.get("value")) for item in rows if isinstance(item, dict)]
    return {number: value for number, value in numbered if number is not None and value not in (None, "")}


def custom_values(rows: Any) -> dict[int, str] | None:
    """Custom field's id to its shown value, of those that have one; None where the row came without them.

    HaloPSA API: `display` is the text of what `value` holds (of a pick list, the choice's id).
    """
    if not isinstance(rows, list):
        return None
    found: dict[int, str] = {}
    for item in rows:
        field_id = to_id(item.get("id")) if isinstance(item, dict) else None
        text = to_text(item.get("display")) or to_text(item.get("value")) if field_id is not None else ""
        if field_id is not None and text:
            found[field_id] = text
    return found


def _values_by_name(fields: Any) -> dict[str, str]:
    """Shown values by the field's plain name; of two fields of one name the first that has a value."""
    found: dict[str, str] = {}
    for item in fields if isinstance(fields, list) else ():
        if isinstance(item, dict):
            name = _plain(to_text(item.get("name")))
            found[name] = found.get(name) or _shown(item)
    return found


def _shown(item: Mapping[str, Any]) -> str:
    """HaloPSA API: of a pick list `value` is the choice's id and `display` its text."""
    value, display = to_text(item.get("value")), to_text(item.get("display"))
    return (display or value) if to_int(item.get("lookup")) else (value or display)


def _plain(name: str) -> str:
    """In lower case, with single blanks, without the punctuation at its end ('Serial No.:')."""
    return re.sub(r"\s+", " ", name).strip(" .:*#").lower()


def _first(values: Mapping[str, str], names: Sequence[str]) -> str:
    return next((values[name] for name in names if values.get(name)), "")


def _first_day(values: Mapping[str, str], names: Sequence[str]) -> date | None:
    days = (to_date(values.get(name)) for name in names)
    return next((day for day in days if day is not None), None)
