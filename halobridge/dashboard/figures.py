"""How many there are of many things, in one statement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import CharField, Count, QuerySet, Value
from django.db.models.functions import Cast

Figures = dict[str, dict[str, int]]
"""By name and key: how many there are."""


def count_all(
    single: Mapping[str, QuerySet[Any]], grouped: Mapping[str, tuple[QuerySet[Any], Any]] | None = None
) -> Figures:
    """One statement for all of them.

    `single` are counted under the key ''. `grouped` have an expression as well, whose values are their keys
    as texts. What there is nothing of is left out.
    """
    parts = [_part(name, rows, Value("", output_field=CharField())) for name, rows in single.items()]
    parts += [
        _part(name, rows, Cast(by, CharField(max_length=80))) for name, (rows, by) in (grouped or {}).items()
    ]
    found: Figures = {}
    for name, key, number in parts[0].union(*parts[1:], all=True):
        if number:
            found.setdefault(name, {})[key] = number
    return found


def _part(name: str, rows: QuerySet[Any], key: Any) -> QuerySet[Any]:
    named = rows.order_by().annotate(figure_of=Value(name, output_field=CharField()), figure_key=key)
    by_key = named.values("figure_of", "figure_key").annotate(figure=Count("pk", distinct=False))
    return by_key.values_list("figure_of", "figure_key", "figure")
