"""Records as JSON, to be compared with the `expected` files of the samples."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from integrations.records import CompanyRecord, ComputerRecord, EventRecord

AnyRecord = CompanyRecord | ComputerRecord | EventRecord


def as_json(records: Iterable[AnyRecord], address: str = "") -> list[dict[str, Any]]:
    """Every attribute but `raw`, of which only the list of unread attributes is kept.

    The console's own `address`, another one in each run, is written `{url}`.
    """
    found = [_plain(record) for record in records]
    text = json.dumps(found)
    return list(json.loads(text.replace(address, "{url}") if address else text))


def _plain(record: AnyRecord) -> dict[str, Any]:
    found = dataclasses.asdict(record)
    unread = found.pop("raw").get("unread")
    if unread is not None:
        found["unread"] = unread
    return dict(json.loads(json.dumps(found, default=_time)))


def _time(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} does not belong into a record.")
