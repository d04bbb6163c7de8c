"""Writes to assets, told apart by what stands for the asset here."""

from __future__ import annotations

from django.db.models import QuerySet

from integrations.models import Intention

SHEET_ASSET = "sheet_asset"
"""A row of an imported sheet of assets, as subject of a change and in the lane of its writes."""


def of_mappings(writes: QuerySet[Intention]) -> QuerySet[Intention]:
    """Those of computer mappings: rows of imported sheets are numbered by themselves, so that a number alone
    may be another's."""
    return writes.exclude(lane__startswith=f"{SHEET_ASSET}:")
