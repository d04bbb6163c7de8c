"""SQLite's own online backup, both ways: one consistent state, while others read and write."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from django.db import connection

from integrations.backups.contents import Contents, contents_of, rows_of
from integrations.backups.errors import BackupProblem
from integrations.backups.marking import Mark, holding, marking

MEMBER = "database.sqlite3"
IN_USE = "The database is in use. Stop HaloBridge (web and queue) first, then restore."


def server_version() -> str:
    return sqlite3.sqlite_version


def dump(to: Path) -> Contents:
    """Copy the database into a new file; what is told of it is read in the copy."""
    connection.ensure_connection()
    with closing(sqlite3.connect(to)) as copy:
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        _check(copy)
        return contents_of(copy.cursor())


def _check(copy: sqlite3.Connection) -> None:
    found = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise BackupProblem(f"The copy of the database is damaged: {found}.")


def refuse_in_use() -> None:
    """Raises where another process has the database open: leaving WAL needs to be alone with it."""
    name = str(connection.settings_dict["NAME"])
    if "memory" in name or not Path(name).exists():
        return
    connection.close()
    with closing(sqlite3.connect(name, timeout=0, isolation_level=None)) as alone:
        try:
            alone.execute("PRAGMA journal_mode=DELETE").fetchone()
            alone.execute("BEGIN EXCLUSIVE")
            alone.execute("ROLLBACK")
        except sqlite3.OperationalError as problem:
            raise BackupProblem(IN_USE) from problem


def put_back(source: Path, mark: Mark) -> dict[str, int]:
    """Replace all of the database in one transaction of SQLite's own; rows by table as they are there now.

    The copy is marked and held back before it takes the database's place."""
    connection.ensure_connection()
    with closing(sqlite3.connect(source)) as copy:
        _check(copy)
        _mark(copy, mark)
        try:
            copy.backup(connection.connection)
        except sqlite3.OperationalError as problem:
            raise BackupProblem(IN_USE) from problem
    with connection.cursor() as cursor:
        return rows_of(cursor)


def _mark(copy: sqlite3.Connection, mark: Mark) -> None:
    there = {row[1] for row in copy.execute("PRAGMA table_info(integrations_halocredential)")}
    for statement in (*marking(mark), *([holding(mark)] if "held_since" in there else [])):
        copy.execute(statement)
    copy.commit()
