"""Which of the objects that were sent came back, by bridge reference or tag, never by position."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from integrations.models import Intention
from integrations.records import AssetRecord
from mappings.apply.settling import Held
from mappings.targets import together

Row = Mapping[str, Any]


def values_of(record: AssetRecord) -> dict[str, str] | None:
    """Field id as text → value; None where the record came without fields."""
    if record.fields is None:
        return None
    return {str(value.field_id): value.value for value in record.fields}


def places_of(record: AssetRecord) -> dict[str, str]:
    """What it holds, by place; of what the record came without nothing."""
    return together(values_of(record), record.custom_fields, record.properties, record.status_id)


def held_by(record: AssetRecord) -> Held:
    return Held(record.halo_id, values_of(record), record.inventory_number)


def match_answer(
    batch: Sequence[Intention], rows: Iterable[Row], marker_field_id: int | None
) -> dict[int, Held]:
    """Intention → what Halo answered for it. A tag counts only where it is unique on both sides."""
    answered = [row for row in rows if _whole(row.get("id")) is not None]
    by_marker = {
        marker: row for row in answered if (marker := (_fields(row) or {}).get(str(marker_field_id), ""))
    }
    sent = Counter(_tag(intention) for intention in batch)
    came = Counter(_text(row.get("inventory_number")) for row in answered)
    by_tag = {
        tag: row
        for row in answered
        if (tag := _text(row.get("inventory_number"))) and came[tag] == 1 and sent[tag] == 1
    }
    found: dict[int, Held] = {}
    for intention in batch:
        row = by_marker.get(intention.marker) or by_tag.get(_tag(intention))
        halo_id = _whole(row.get("id")) if row else None
        if row is not None and halo_id is not None:
            found[intention.pk] = Held(halo_id, _fields(row), str(row.get("inventory_number") or ""))
    return found


def match_ids(batch: Sequence[Intention], rows: Iterable[Row]) -> dict[int, Held]:
    """The same for updates, which name the asset themselves."""
    answered = {halo_id: row for row in rows if (halo_id := _whole(row.get("id"))) is not None}
    return {
        intention.pk: Held(number, _fields(answered[number]))
        for intention in batch
        if (number := intention.content["before"]["halo_id"]) in answered
    }


def _tag(intention: Intention) -> str:
    return _text(intention.content["after"].get("inventory_number"))


def _text(value: Any) -> str:
    return str(value or "").strip().casefold()


def _whole(value: Any) -> int | None:
    """HaloPSA API: ids are whole numbers, now and then written as decimals or text."""
    try:
        number = int(float(value))
    except (TypeError, ValueError, OverflowError):
        return None
    return number if number > 0 else None


def _fields(row: Row) -> dict[str, str] | None:
    rows = row.get("fields")
    if not isinstance(rows, list):
        return None
    numbered = ((_whole(item.get("id")), item.get("value")) for item in rows if isinstance(item, dict))
    found = {str(number): str(value or "").strip() for number, value in numbered if number is not None}
    # An empty array says that the answer leaves them out, not that the asset has none.
    return found or None
