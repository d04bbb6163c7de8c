"""Deleting what is in use needs `?replacement=`: its id takes the place."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter

from integrations.api.problems import Conflict
from ticketing.replacing import NoReplacement, Use

REPLACEMENT = OpenApiParameter(
    "replacement", int, description="Our id of what takes its place; needed where it is in use."
)


def delete_or_replace(request: Any, row: Any, use: Use, others: QuerySet[Any], replace: Any) -> None:
    """Raises Conflict with what it is used by, or why the replacement can't be."""
    asked = request.query_params.get("replacement", "")
    if not asked and not use.any:
        row.delete()
        return
    if not asked:
        raise Conflict(f"It is in use ({use.words}). Name what takes its place: ?replacement=<id>.")
    found = (
        others.filter(pk=asked).first() if asked.isascii() and asked.isdigit() and len(asked) < 18 else None
    )
    if found is None:
        raise Conflict("There is no such replacement.")
    try:
        replace(row, found)
    except NoReplacement as problem:
        raise Conflict(str(problem)) from None
