"""Pairs of matching, as rows: many of them differ in three columns only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import connection

from integrations.models.audit.noting import is_told
from mappings.matching import Match
from mappings.models import ComputerMapping

_OWN: Final = ("computer_id", "halo_asset_id", "reason")


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
    pairs = ", ".join(["(%s, %s, %s)"] * len(rows))
    # A model's rows prepared one by one take longer than all else that matching does.
    sql = (
        f"INSERT INTO {quote(pattern._meta.db_table)} ({columns}) "  # noqa: S608  names of the model
        f"SELECT column1, column2, column3{', %s' * len(shared)} FROM (VALUES {pairs}) AS pairs "
        "WHERE true ON CONFLICT DO NOTHING"
    )
    values = [field.get_db_prep_save(getattr(pattern, field.attname), connection) for field in shared]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, *(value for row in rows for value in row)])


def _like(pattern: ComputerMapping, row: tuple[int, int, str]) -> ComputerMapping:
    fields = pattern._meta.concrete_fields
    values = {field.attname: getattr(pattern, field.attname) for field in fields if not field.primary_key}
    return ComputerMapping(**{**values, **dict(zip(_OWN, row, strict=True))})
