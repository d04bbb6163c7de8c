"""Records as JSON, to be compared with the `expected` files of the samples."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from integrations.records import CompanyRecord, ComputerRecord, EventRecord

AnyRecord = CompanyRecord | ComputerRecord | EventRecord


def as_json(records: Iterable[AnyRecord]) -> list[dict[str, Any]]:
    """Every attribute but `raw`, of which only the list of unread attributes is kept."""
    return [_plain(record) for record in records]


def _plain(record: AnyRecord) -> dict[str, Any]:
    found = dataclasses.asdict(record)
    unread = found.pop("raw").get("unread")
    if unread is not None:
        found["unread"] = unread
    return dict(json.loads(json.dumps(found, default=_time)))


def _time(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} does not belong into a record.")
