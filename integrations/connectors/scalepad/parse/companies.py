"""Clients of ScalePad."""

from __future__ import annotations

from integrations.connectors import values
from integrations.connectors.scalepad.parse.envelopes import Row, row_id
from integrations.records import CompanyRecord


def company(row: Row) -> CompanyRecord | None:
    """One client; None for a row without id or name. The stage that it is in (`lifecycle`) is its tag."""
    external_id, name = row_id(row), values.text(row.get("name"))
    if external_id is None or name is None:
        return None
    stage = values.text(row.get("lifecycle"))
    return CompanyRecord(external_id=external_id, name=name, tags=(stage,) if stage else (), raw=dict(row))
