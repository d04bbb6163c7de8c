"""JSON:API documents: which rows a list has, in which order, and how each is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from integrations.sandbox.itglue.switches import ITGlueSwitches
from integrations.sandbox.world import Row

USUAL_ROWS: Final = 50
MOST_ROWS: Final = 1000
NUMBERED: Final = ("organization-id", "location-id", "contact-id", "configuration-type-id")
DATES: Final = ("warranty-expires-at", "purchased-at", "installed-at")
FILTERS: Final = {
    "organizations": {
        "id": "id",
        "name": "name",
        "organization_type_id": "organization-type-id",
        "organization_status_id": "organization-status-id",
        "created_at": "created-at",
        "updated_at": "updated-at",
    },
    "locations": {"id": "id", "name": "name", "city": "city"},
    "configurations": {
        "archived": "archived",
        "id": "id",
        "name": "name",
        "organization_id": "organization-id",
        "configuration_type_id": "configuration-type-id",
        "configuration_status_id": "configuration-status-id",
        "contact_id": "contact-id",
        "serial_number": "serial-number",
    },
}
"""Filters have underscores, attributes hyphens."""
SORTS: Final = {
    "organizations": {"id", "name", "created_at", "updated_at"},
    "locations": {"id", "name"},
    "configurations": {"id", "name", "created_at", "updated_at", "updated-at"},
}


class BadQuestion(Exception):
    """Answered with 400."""


def rows_of(what: str, rows: list[Row], asked: Mapping[str, str]) -> list[Row]:
    """The rows that are asked for, in the order asked for, by name if none is. Raises BadQuestion."""
    for name, value in asked.items():
        if name.startswith("filter["):
            key = FILTERS[what].get(name[7:-1])
            if key is None:
                raise BadQuestion(f"Filter not allowed: {name[7:-1]}.")
            wanted = value.casefold().split(",")
            rows = [row for row in rows if _text(row[key]) in wanted]
    order = asked.get("sort") or "name"
    name = order.removeprefix("-")
    if name not in SORTS[what]:
        raise BadQuestion(f"Sort not allowed: {name}.")
    return sorted(rows, key=_sorted_by(name.replace("_", "-")), reverse=order.startswith("-"))


def _sorted_by(key: str) -> Callable[[Row], Any]:
    return lambda row: (row["id"] if key == "id" else (row[key] or ""), row["id"])


def _text(value: object) -> str:
    return str(value if value is not None else "").casefold()


def document(what: str, rows: list[Row], asked: Mapping[str, str], switches: ITGlueSwitches, url: str) -> Row:
    """One page; beyond the last there is an empty one. Raises BadQuestion."""
    size, number = _number(asked, "page[size]", USUAL_ROWS), _number(asked, "page[number]", 1)
    size = min(size, MOST_ROWS)
    number = 1 if switches.itglue_first_page_only else number
    pages = max(1, -(-len(rows) // size))
    given = rows[: switches.itglue_cut_lists or len(rows)][(number - 1) * size : number * size]
    meta: Row = {
        "current-page": number,
        "next-page": number + 1 if number < pages else None,
        "prev-page": number - 1 if number > 1 else None,
        "total-pages": pages,
        "total-count": len(rows),
        "filters": {},
    }
    if switches.itglue_without_count:
        del meta["total-count"], meta["total-pages"]
    return {"data": [resource(what, row, switches, url) for row in given], "meta": meta, "links": {}}


def _number(asked: Mapping[str, str], name: str, usual: int) -> int:
    value = asked.get(name, str(usual))
    if not value.isdecimal() or int(value) < 1:
        raise BadQuestion(f"{name} is no number: {value}.")
    return int(value)


def resource(what: str, row: Row, switches: ITGlueSwitches, url: str) -> Row:
    """One object: its own id is text, ids of relations are numbers."""
    attributes = {name: value for name, value in row.items() if name != "id"}
    if what == "configurations":
        page = f"{url}/{row['organization-id']}/configurations/{row['id']}"
        attributes = {"resource-url": page, **attributes}
    for name in NUMBERED if switches.itglue_text_ids else ():
        if attributes.get(name) is not None:
            attributes[name] = str(attributes[name])
    for name in DATES if switches.itglue_times_on_dates else ():
        if attributes.get(name):
            attributes[name] = f"{attributes[name]}T00:00:00.000Z"
    return {"id": str(row["id"]), "type": what, "attributes": attributes, "relationships": {}}
