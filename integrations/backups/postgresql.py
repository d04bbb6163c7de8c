"""PostgreSQL by its own tools: `pg_dump` of one snapshot, and back in one transaction."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from django.db import OperationalError, connection, transaction

from integrations.backups.contents import Contents, contents_of, rows_of
from integrations.backups.errors import BackupProblem
from integrations.backups.marking import Mark, holding, is_marked, marking
from integrations.backups.psql import put_in
from integrations.backups.server import environment
from integrations.backups.tables import own_tables

MEMBER: Final = "database.dump"
TOOLS: Final = ("pg_dump", "pg_restore", "psql")
MISSING: Final = (
    "{} is not installed here. On Debian and Ubuntu: sudo apt-get install postgresql-client; the version has "
    "to be that of the server ({}) or newer."
)
TOO_OLD: Final = "{} is version {}, the server is version {}. Install the client of version {} or newer."
IN_USE: Final = "Others are connected to this database ({}). Stop HaloBridge everywhere first, then restore."
OTHERS: Final = (
    "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND backend_type = 'client backend' AND pid NOT IN (pg_backend_pid(), {})"
)
SAYS_IN_USE: Final = re.compile(r"HaloBridge finds (\d+) others|lock timeout")
LOCK_SECONDS: Final = 10
BROKEN_OFF: Final = "PostgreSQL did not take the backup, and the database is as it was: {}"
NOBODY_KNOWS: Final = (
    "The connection to PostgreSQL broke while it took the backup: {} The database holds either all of the "
    "backup, with all HaloPSA credentials held back, or what it held before. Restore again when it answers."
)


def server_version() -> str:
    connection.ensure_connection()
    return str(connection.pg_version)  # type: ignore[attr-defined]


def _major() -> int:
    return int(server_version()) // 10_000


def check_tools() -> None:
    """Raises a sentence where a tool is missing or too old for this server."""
    server = _major()
    for tool in TOOLS:
        if shutil.which(tool) is None:
            raise BackupProblem(MISSING.format(tool, server))
        told = subprocess.run([tool, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
        found = re.search(r"\(PostgreSQL\) (\d+)", told)
        if found is None or int(found[1]) < server:
            raise BackupProblem(TOO_OLD.format(tool, found[1] if found else "unknown", server, server))


def dump(to: Path) -> Contents:
    """Dump the database; what is told of it is read in the same snapshot."""
    check_tools()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        contents = contents_of(cursor)
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        wanted = ["--format=custom", "--compress=0", "--no-owner", "--no-privileges"]
        _run(["pg_dump", *wanted, f"--snapshot={snapshot}", f"--file={to}"], environment(to.parent))
    return contents


def damage() -> str:
    """The server looks after its own files: what is damaged there is mended there."""
    return ""


def refuse_in_use() -> None:
    check_tools()
    with connection.cursor() as cursor:
        cursor.execute(OTHERS.format(0))
        others = cursor.fetchone()[0]
    if others:
        raise BackupProblem(IN_USE.format(others))


def put_back(source: Path, mark: Mark) -> dict[str, int]:
    """Drop our tables, make those of the backup, mark them and hold all credentials back, in one transaction;
    rows by table afterwards."""
    drop = _dropping(own_tables())
    connection.close()
    told = put_in(drop, source, _marking(mark))
    if found := SAYS_IN_USE.search(told):
        raise BackupProblem(IN_USE.format(found[1] or "at work at this moment"))
    if told and not _is_there(mark, told):
        raise BackupProblem(BROKEN_OFF.format(told))
    with connection.cursor() as cursor:
        return rows_of(cursor)


def _is_there(mark: Mark, told: str) -> bool:
    """Where the connection broke at the very end, only the database knows whether it took the backup."""
    try:
        return is_marked(mark)
    except OperationalError as problem:
        raise BackupProblem(NOBODY_KNOWS.format(told)) from problem


def _dropping(tables: Sequence[str]) -> str:
    """Whoever connects after the look at who is connected waits for the locks, and then finds all of the
    backup. Nothing cascades: what others built upon our tables makes it fail."""
    names = ", ".join(connection.ops.quote_name(name) for name in tables)
    just_closed = connection.connection.info.backend_pid
    look = (
        f"DO $look$ DECLARE others integer := ({OTHERS.format(just_closed)}); BEGIN IF others > 0 THEN "
        "RAISE EXCEPTION 'HaloBridge finds % others', others; END IF; END $look$"
    )
    lock = [f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'", f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"]
    drop = [f"DROP TABLE {names}"]
    return ";\n".join([*(lock if names else []), look, *(drop if names else []), ""])


def _marking(mark: Mark) -> str:
    """The dump leaves an empty search path behind."""
    hold = (
        f"DO $hold$ BEGIN {holding(mark)}; "
        "EXCEPTION WHEN undefined_table OR undefined_column THEN NULL; END $hold$"
    )
    return ";\n".join(["RESET search_path", *marking(mark), hold, ""])


def _run(command: list[str], environment: Mapping[str, str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)  # noqa: S603
    if done.returncode:
        raise BackupProblem(f"{command[0]} failed: {done.stderr.strip()[-500:]}")
