"""Indexes on tables that may hold a million rows: made while the application goes on writing to them."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import Error, migrations
from django.db.migrations.operations.base import Operation


class AddIndexToLongTable(AddIndexConcurrently):
    """As Django's own, which it is on SQLite; the migration has `atomic = False`. One that was interrupted
    may be repeated."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor != "postgresql":
            migrations.AddIndex.database_forwards(self, app_label, schema_editor, from_state, to_state)
            return
        # What an interrupted one leaves behind is an index of this name that nothing uses.
        name = schema_editor.quote_name(self.index.name)
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor != "postgresql":
            migrations.AddIndex.database_backwards(self, app_label, schema_editor, from_state, to_state)
            return
        super().database_backwards(app_label, schema_editor, from_state, to_state)


class IndexSearchedColumns(Operation):
    """One index of the database over the columns of a long table that are searched for words within them
    (`icontains`), by trigrams. The models know nothing of it.

    Nothing happens on SQLite, nor on a PostgreSQL that does not have the extension *pg_trgm* and does not let
    this account create it (it is a trusted one: the owner of a database may): searches then read the table.
    The migration has `atomic = False`. May be repeated.
    """

    reduces_to_sql = True

    def __init__(self, model: str, name: str, columns: list[str]) -> None:
        self.model, self.name, self.columns = model, name, columns

    def state_forwards(self, app_label: str, state: Any) -> None:
        pass

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor != "postgresql" or not _knows_trigrams(schema_editor):
            return
        quote = schema_editor.quote_name
        table = to_state.apps.get_model(app_label, self.model)._meta.db_table
        # As Django writes what it looks for; anything else would not be found by the index.
        parts = ", ".join(f"UPPER({quote(column)}::text) gin_trgm_ops" for column in self.columns)
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {quote(self.name)}")
        schema_editor.execute(
            f"CREATE INDEX CONCURRENTLY {quote(self.name)} ON {quote(table)} USING gin ({parts})"
        )

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {schema_editor.quote_name(self.name)}")

    def describe(self) -> str:
        return f"Index {', '.join(self.columns)} of {self.model} for searches"


def _knows_trigrams(schema_editor: Any) -> bool:
    with schema_editor.connection.cursor() as cursor:
        try:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        except Error:
            return False
        return True
