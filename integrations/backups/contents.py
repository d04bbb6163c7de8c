"""What is in a database that is being backed up, read in the very state that the backup holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from integrations.backups import keys
from integrations.backups.tables import MIGRATIONS, table_names

COUNT: Final = "SELECT COUNT(*) FROM {}"


@dataclass(frozen=True, slots=True)
class Contents:
    """`rows` by table; `migrations` as (app, name); `keys`, `unreadable`: see `integrations.backups.keys`."""

    rows: dict[str, int]
    migrations: list[list[str]]
    keys: list[str]
    unreadable: int


def contents_of(cursor: Any) -> Contents:
    """`cursor`: of the snapshot, or of the copy, that becomes the backup."""
    rows = rows_of(cursor)
    needed, unreadable = keys.proofs(cursor, rows.keys())
    return Contents(rows, _applied(cursor, rows), needed, unreadable)


def rows_of(cursor: Any) -> dict[str, int]:
    counts = {}
    for table in table_names(cursor):
        cursor.execute(COUNT.format(connection.ops.quote_name(table)))
        counts[table] = cursor.fetchone()[0]
    return counts


def _applied(cursor: Any, rows: dict[str, int]) -> list[list[str]]:
    if MIGRATIONS not in rows:
        return []
    cursor.execute(f"SELECT DISTINCT app, name FROM {MIGRATIONS}")  # noqa: S608
    return sorted([app, name] for app, name in cursor.fetchall())
