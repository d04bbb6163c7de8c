"""SQLite's own online backup, both ways: one consistent state, while others read and write."""

from __future__ import annotations

import fcntl
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from django.db import connection
from django.utils import timezone

from integrations.backups.contents import Contents, contents_of, rows_of
from integrations.backups.errors import BackupProblem, reason_of, sqlite_code
from integrations.backups.files import first_free
from integrations.backups.marking import Mark, holding, marking

MEMBER = "database.sqlite3"
IN_USE = "The database is in use. Stop HaloBridge (web and queue) first, then restore."
NOT_PUT_BACK: Final = "SQLite did not take the backup, and the database is as it was: {}"
UNREADABLE: Final = "The database {} can't be read: {} Mend that, or move the file away, then restore."
DAMAGED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
BUSY: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
BESIDE: Final = ("", "-wal", "-shm", "-journal")
"""What SQLite keeps beside the database and reads together with it."""
FIRST_SHARED, SHARED = 0x40000002, 510
"""The bytes of the file that each connection locks a part of, as SQLite's file format says."""


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


def file() -> Path | None:
    """Where the database is; None where there is none yet, or it is in memory."""
    path = Path(str(connection.settings_dict["NAME"]))
    return path if "memory" not in str(path) and path.exists() else None


def damage() -> str:
    """What SQLite finds wrong with the database as it stands, in its own words, or ''.

    Raises `BackupProblem` where it can't be looked at: that says nothing of what is in it.
    """
    path = file()
    if path is None:
        return ""
    connection.close()
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True)) as looking:
            found = str(looking.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.Error as problem:
        if sqlite_code(problem) in BUSY:
            raise BackupProblem(IN_USE) from problem
        if sqlite_code(problem) not in DAMAGED:
            raise BackupProblem(UNREADABLE.format(path, reason_of(problem, path.parent))) from problem
        found = str(problem)
    return "" if found == "ok" else " ".join(found.split())


def put_aside() -> Path:
    """Give a damaged database another name, with what SQLite keeps beside it; that name.

    Raises `BackupProblem` where another process has it open; a damaged one can't be asked by SQL.
    """
    path = Path(str(connection.settings_dict["NAME"])).resolve()
    connection.close()
    with path.open("r+b") as stream:
        try:
            fcntl.lockf(stream, fcntl.LOCK_EX | fcntl.LOCK_NB, SHARED, FIRST_SHARED)
        except OSError as problem:
            raise BackupProblem(IN_USE) from problem
    name = f"{path.name}.damaged-{timezone.now():%Y%m%dT%H%M%SZ}"
    aside = first_free(lambda number: path.with_name("-".join(filter(None, (name, number)))))
    # What stays behind when this breaks off must not be taken for a part of the database to come.
    for ending in reversed(BESIDE):
        part = path.with_name(path.name + ending)
        if part.exists():
            part.rename(aside.with_name(aside.name + ending))
    return aside


def refuse_in_use() -> None:
    """Raises where another process has the database open: leaving WAL needs to be alone with it."""
    name = file()
    if name is None:
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
            why = IN_USE
            if sqlite_code(problem) not in BUSY:
                why = NOT_PUT_BACK.format(
                    reason_of(problem, Path(str(connection.settings_dict["NAME"])).parent)
                )
            raise BackupProblem(why) from problem
    with connection.cursor() as cursor:
        return rows_of(cursor)


def _mark(copy: sqlite3.Connection, mark: Mark) -> None:
    there = {row[1] for row in copy.execute("PRAGMA table_info(integrations_halocredential)")}
    for statement in (*marking(mark), *([holding(mark)] if "held_since" in there else [])):
        copy.execute(statement)
    copy.commit()
