"""Companies of MSP360, and the way from a company's name to its id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from integrations.connectors import values
from integrations.records import CompanyRecord

Row = Mapping[str, Any]


def company(row: Row) -> CompanyRecord | None:
    external_id, name = values.guid(row.get("Id")), values.text(row.get("Name"))
    if external_id is None or name is None:
        return None
    return CompanyRecord(external_id=external_id, name=name, raw=row)


def ids_by_name(companies: Iterable[CompanyRecord]) -> dict[str, str]:
    """Company id by name; names that two companies share are left out, they would point at the wrong one."""
    found: dict[str, set[str]] = {}
    for record in companies:
        found.setdefault(name_key(record.name), set()).add(record.external_id)
    return {name: ids.pop() for name, ids in found.items() if len(ids) == 1}


def name_key(name: Any) -> str:
    """How a company's name is compared: without case and superfluous blanks."""
    return " ".join((values.text(name) or "").casefold().split())
