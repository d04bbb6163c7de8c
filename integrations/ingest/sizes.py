"""What PostgreSQL knows of tables that have just been filled."""

from __future__ import annotations

from typing import Final

from django.db import connection, models

FEW: Final = 1000


def learn_sizes_of(*tables: type[models.Model]) -> None:
    """Have PostgreSQL look at those of the tables of which more than a tenth is new. It does so by itself
    after a minute, but a large set-based statement right after a first read would run for minutes by then.

    One statement if there is nothing to do. Nothing happens on SQLite, nor within a transaction.
    """
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        return
    names = [model._meta.db_table for model in tables]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_stat_user_tables "
            "WHERE relname = ANY(%s) AND relid = to_regclass(relname) "
            "AND n_mod_since_analyze > %s + n_live_tup / 10 ORDER BY relname",
            [names, FEW],
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"ANALYZE {connection.ops.quote_name(name)}")
