"""Where the headers of a kept sheet stand."""

from __future__ import annotations

from integrations.sync.tables.grid import Head
from mappings.models import MappingSheet


def head_of(sheet: MappingSheet) -> Head:
    return Head(sheet.found["head_row"], tuple(sheet.found["headers"]))
