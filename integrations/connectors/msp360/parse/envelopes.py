"""What is around the rows: tokens, pages, lists. None where an answer has another shape."""

from __future__ import annotations

import json
from collections.abc import Mapping
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
    found = [item for item in elements or () if isinstance(item, Mapping) and item.get("data")]
    if not found:
        return None
    newest = max(found, key=lambda item: str(item.get("time") or ""))["data"]
    record = newest[0] if isinstance(newest, list) else newest
    return record if isinstance(record, Mapping) else None
