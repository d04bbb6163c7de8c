"""Companies of ConnectSecure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from integrations.connectors import values
from integrations.connectors.connectsecure.parse import envelopes
from integrations.records import CompanyRecord

Row = Mapping[str, Any]


def company(row: Row) -> CompanyRecord | None:
    """One company; None for a row without id or name."""
    external_id = envelopes.row_id(row)
    name = values.text(row.get("name")) or values.text(row.get("customer_name"))
    if external_id is None or name is None:
        return None
    return CompanyRecord(
        external_id=external_id,
        name=name,
        domain=values.text(row.get("domain")),
        tags=envelopes.tags(row.get("tags"), row.get("manual_tags")),
        raw=dict(row),
    )


def is_prospect(row: Row) -> bool:
    """Whether it was made for an assessment only, so that it is nobody's customer yet."""
    return bool(values.flag(row.get("is_assessment")))
