"""What is around the rows: tokens, pages, lists. None where an answer has another shape."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from integrations.connectors import bodies, values
from integrations.net.paging import Page

Row = Mapping[str, Any]


def token(answer: Any) -> tuple[str, float | None] | None:
    """(access token, lifetime in seconds if it was said)."""
    found = values.text(answer.get("access_token")) if isinstance(answer, Mapping) else None
    if found is None:
        return None
    lifetime = values.number(answer.get("expires_in"))
    return found, float(lifetime) if lifetime and lifetime > 0 else None


def status(answer: Any) -> tuple[int, str]:
    """(status, message) that stand inside an answer of status 200."""
    if not isinstance(answer, Mapping):
        return 200, ""
    found = values.number(answer.get("StatusCode")) or 200
    return found, values.plain(answer.get("Message")) or f"status {found}"


def computer_page(answer: Any) -> Page[Row] | None:
    found = bodies.rows(answer.get("Computers")) if isinstance(answer, Mapping) else None
    return None if found is None else Page(found, values.number(answer.get("Count")))


def identity(row: Row) -> str:
    """What tells rows of one list apart: the id under whichever name the list has it, else the whole row."""
    known = next((found for key in ("ComputerHID", "Id", "ID") if (found := values.guid(row.get(key)))), None)
    return known or json.dumps(row, sort_keys=True, default=str)


def host_record(answer: Any) -> Row | None:
    """The newest host record of one computer's answer; None where the RMM API has none for it."""
    elements = answer.get("data") if isinstance(answer, Mapping) else None
    found = _newest(elements or ())
    return found if isinstance(found, Mapping) else None


def alerts(answer: Any, hid: str) -> list[Row] | None:
    """The alerts of the newest summary of this computer; none where the RMM API knows nothing of it.

    None for another shape, and for what belongs to another computer: that must not end an alert.
    """
    elements = answer.get("data") if isinstance(answer, Mapping) else None
    if elements is None and isinstance(answer, Mapping) and values.number(answer.get("total")) == 0:
        elements = []
    if not isinstance(elements, list) or not all(_is_of(item, hid) for item in elements):
        return None
    if not elements:
        return []
    summary = _newest(elements)
    if not isinstance(summary, Mapping) or "alerts" not in summary:
        return None
    listed = [] if summary["alerts"] is None else summary["alerts"]
    found = bodies.rows(listed)
    return found if found is not None and len(found) == len(listed) else None


def is_fleet_page(answer: Any) -> bool:
    return isinstance(answer, Mapping) and bodies.rows(answer.get("items")) is not None


def _newest(elements: Iterable[Any]) -> Any:
    found = [item for item in elements if isinstance(item, Mapping) and item.get("data")]
    if not found:
        return None
    newest = max(found, key=lambda item: str(item.get("time") or ""))["data"]
    return newest[0] if isinstance(newest, list) else newest


def _is_of(element: Any, hid: str) -> bool:
    """An element without a header is believed: it was asked for by hid."""
    header = element.get("header") if isinstance(element, Mapping) else None
    named = values.guid(header.get("hid")) if isinstance(header, Mapping) else None
    return named in (None, hid)
