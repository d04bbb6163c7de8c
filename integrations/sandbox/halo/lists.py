"""Lists: which rows, in which order, how many, in which envelope.

HaloPSA API: `pageinate=true` turns paging on, `page_no` counts from 1, `page_size` is silently capped;
unpaged lists stop at `count` rows (default 50). `record_count` is the total in both. `idonly` has no pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from integrations.sandbox.halo.call import Call
from integrations.sandbox.world import Row


def envelope(
    call: Call,
    rows: Iterable[Row],
    key: str,
    shown: Callable[[Row], Row],
    *,
    order: str,
    descending: bool = False,
    id_only: str = "idonly",
) -> dict[str, Any]:
    """`shown` is called for the rows of this page only."""
    ordered = _ordered(call, list(rows), order, descending)
    if call.query.flag(id_only):
        return {"record_count": len(ordered), key: [{"id": row["id"]} for row in ordered]}
    if not call.query.flag("pageinate"):
        count = _at_least(call.query.number("count"), call.switches.default_count)
        return {"record_count": len(ordered), key: [shown(row) for row in ordered[:count]]}
    asked = _at_least(call.query.number("page_size"), 50)
    size = min(asked, _cap(call, key))
    page = _at_least(call.query.number("page_no"), 1)
    rows_here = ordered[(page - 1) * size : page * size]
    head = {"page_no": page, "page_size": asked, "record_count": len(ordered)}
    return {**head, "columns_id": 0, "columns": None, key: [shown(row) for row in rows_here]}


def active_only(call: Call, rows: Iterable[Row]) -> list[Row]:
    """Inactive rows only with `includeinactive` or the second half of `activeinactive`."""
    active = call.query.flag("includeactive", True)
    inactive = call.query.flag("includeinactive")
    both = call.query.text("activeinactive").split(",")
    if len(both) == 2:
        active, inactive = (part.strip() == "true" for part in both)
    return [row for row in rows if (inactive if row["inactive"] else active)]


def updated_between(call: Call, rows: Iterable[Row]) -> list[Row]:
    since, until = call.query.stamp("lastupdatefromdate"), call.query.stamp("lastupdatetodate")
    if call.switches.update_filter_ignored:
        return list(rows)
    return [
        row
        for row in rows
        if (since is None or row["_updated"] >= since) and (until is None or row["_updated"] <= until)
    ]


def searched(
    call: Call, rows: Iterable[Row], texts: Callable[[Row], Iterable[str]], name: str = "search"
) -> list[Row]:
    """Rows of which one of the texts contains what is searched, whatever the case."""
    wanted = call.query.text(name).strip().lower()
    if not wanted:
        return list(rows)
    return [row for row in rows if any(wanted in (text or "").lower() for text in texts(row))]


def matching(call: Call, rows: Iterable[Row], **filters: str) -> list[Row]:
    """Rows whose column is among the ids in a parameter: `matching(call, rows, client_id="client_ids")`."""
    kept = list(rows)
    for column, parameter in filters.items():
        wanted = call.query.numbers(parameter)
        if wanted is not None:
            kept = [row for row in kept if row[column] in wanted]
    return kept


def visible(call: Call, rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if call.sees(row)] if call.switches.hidden_clients else list(rows)


def _cap(call: Call, key: str) -> int:
    if call.switches.cap_tickets_only and key != "tickets":
        return 100_000
    return call.switches.page_size_cap


def _at_least(number: int | None, default: int) -> int:
    return default if number is None or number < 1 else number


def _ordered(call: Call, rows: list[Row], order: str, descending: bool) -> list[Row]:
    """By up to five columns, the last one first, since sorting is stable. Unknown columns order nothing."""
    rows.sort(key=lambda row: row["id"])
    asked = [
        (call.query.text(f"order{place}"), call.query.flag(f"orderdesc{place}"))
        for place in ("5", "4", "3", "2", "")
    ]
    columns = [(name, backwards) for name, backwards in asked if rows and name in rows[0]]
    for name, backwards in columns or [(order, descending)]:
        rows.sort(key=lambda row: _sortable(row.get(name)), reverse=backwards)
    return rows


def _sortable(value: object) -> tuple[int, float, str]:
    if isinstance(value, int | float):
        return 1, value, ""
    return (0, 0, "") if value is None else (2, 0, str(value).lower())
