"""App configuration of the integrations floor."""

from __future__ import annotations

import sqlite3
from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class IntegrationsConfig(AppConfig):
    name = "integrations"

    def ready(self) -> None:
        connection_created.connect(_know_sqlites_limit, dispatch_uid="halobridge-sqlite-limit")
        connection_created.connect(_compile_nothing, dispatch_uid="halobridge-no-compiling")


def _know_sqlites_limit(connection: Any, **_: Any) -> None:
    """Django cuts a statement at 999 values, which SQLite outgrew in 2020: a page is one statement then."""
    if connection.vendor == "sqlite":
        limit = connection.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
        connection.features.max_query_params = min(limit, 32766)


def _compile_nothing(connection: Any, **_: Any) -> None:
    """PostgreSQL compiles a statement whose estimate is high, whatever it costs: for the first page of a list
    of a million rows that takes ten times as long as reading it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET jit = off")
