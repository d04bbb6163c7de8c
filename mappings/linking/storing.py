"""Pairs of matching, as rows: many of them differ in three columns only."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from django.db import connection

from integrations.models.audit.noting import is_told
from mappings.matching import Match
from mappings.models import ComputerMapping

_OWN: Final = ("computer_id", "halo_asset_id", "reason")
_PAIRS: Final = {
    "postgresql": "(pair->>0)::bigint, (pair->>1)::bigint, pair->>2{shared} "
    "FROM json_array_elements(%s::json) AS pair",
    "sqlite": "value->>0, value->>1, value->>2{shared} FROM json_each(%s)",
}
"""By database: `_OWN` and the shared columns of pairs that come as JSON."""


def store_pairs(pattern: ComputerMapping, matches: Sequence[Match]) -> None:
    """Rows like `pattern`, but of these pairs. A pair that conflicts with one that is there is left out:
    unique constraints decide every race. One statement, unless the audit log is told of each row."""
    rows = [(match.computer_id, match.asset_id, match.reason[:255]) for match in matches]
    if is_told(ComputerMapping):
        ComputerMapping.objects.bulk_create([_like(pattern, row) for row in rows], ignore_conflicts=True)
        return
    quote = connection.ops.quote_name
    fields = [field for field in pattern._meta.concrete_fields if not field.primary_key]
    shared = [field for field in fields if field.column not in _OWN]
    columns = ", ".join(quote(name) for name in (*_OWN, *(field.column for field in shared)))
    # A model's rows prepared one by one take longer than all else that matching does; one parameter holds
    # all pairs, because a statement with thousands of them takes long to take apart.
    sql = (
        f"INSERT INTO {quote(pattern._meta.db_table)} ({columns}) "
        f"SELECT {_PAIRS[connection.vendor].format(shared=', %s' * len(shared))} "
        "WHERE true ON CONFLICT DO NOTHING"
    )
    values = [field.get_db_prep_save(getattr(pattern, field.attname), connection) for field in shared]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, json.dumps(rows)])


def _like(pattern: ComputerMapping, row: tuple[int, int, str]) -> ComputerMapping:
    fields = pattern._meta.concrete_fields
    values = {field.attname: getattr(pattern, field.attname) for field in fields if not field.primary_key}
    return ComputerMapping(**{**values, **dict(zip(_OWN, row, strict=True))})
