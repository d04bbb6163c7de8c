"""Mappings that are left alone, and letting them go again."""

from __future__ import annotations

from django.db.models import QuerySet

from mappings.models import ComputerMapping


def release(mappings: QuerySet[ComputerMapping]) -> int:
    """Let the exports look after these mappings again; return how many were held. One statement.

    What an undo took back is then planned like anything else.
    """
    held = ComputerMapping.objects.filter(pk__in=mappings.values("pk"), held=True)
    return held.update(held=False, held_by=None)
