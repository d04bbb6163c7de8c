"""The device filter `df`, as far as it is documented: `org = 1 AND class in (MAC, MAC_SERVER) AND online`."""

from __future__ import annotations

import re
from collections.abc import Callable

from integrations.sandbox.world import Row

Fits = Callable[[Row], bool]

_COLUMNS = {
    "org": "organizationId",
    "organization": "organizationId",
    "loc": "locationId",
    "location": "locationId",
    "class": "nodeClass",
    "status": "approvalStatus",
    "id": "id",
}
_TERM = re.compile(r"(\w+)\s*(=|eq|in)\s*\(?([^()]*)\)?", re.IGNORECASE)


class BadFilter(ValueError):
    """A filter that NinjaOne would not understand."""


def device_filter(text: str) -> Fits:
    """Raises BadFilter."""
    terms = [
        _term(part.strip()) for part in re.split(r"\s+AND\s+", text, flags=re.IGNORECASE) if part.strip()
    ]
    return lambda row: all(fits(row) for fits in terms)


def _term(text: str) -> Fits:
    if text.lower() in {"online", "offline"}:
        wanted = text.lower() == "offline"
        return lambda row: row["offline"] is wanted
    found = _TERM.fullmatch(text)
    column = _COLUMNS.get(found[1].lower()) if found else None
    if found is None or column is None:
        raise BadFilter(f"Invalid device filter: {text}")
    values = {value.strip().upper() for value in found[3].split(",")}
    return lambda row: str(row[column]).upper() in values
