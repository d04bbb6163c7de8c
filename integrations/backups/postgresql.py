"""PostgreSQL by its own tools: `pg_dump` of one snapshot, and back in one transaction."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import IO, Final

from django.db import connection, transaction

from integrations.backups.errors import BackupProblem
from integrations.backups.marking import Mark, holding, marking

MEMBER: Final = "database.dump"
TOOLS: Final = ("pg_dump", "pg_restore", "psql")
MISSING: Final = (
    "{} is not installed here. On Debian and Ubuntu: sudo apt-get install postgresql-client; the version has "
    "to be that of the server ({}) or newer."
)
TOO_OLD: Final = "{} is version {}, the server is version {}. Install the client of version {} or newer."
IN_USE: Final = (
    "{} other connections to this database are open. Stop HaloBridge everywhere first, then restore."
)
BROKEN_OFF: Final = "PostgreSQL did not take the backup, and the database is as it was: {}"


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


def dump(to: Path) -> dict[str, int]:
    """Dump the database; rows by table, counted in the same snapshot."""
    check_tools()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        rows = _rows()
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        wanted = ["--format=custom", "--compress=0", "--no-owner", "--no-privileges"]
        _run(["pg_dump", *wanted, f"--snapshot={snapshot}", f"--file={to}"])
    return rows


def _rows() -> dict[str, int]:
    counts = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608
            counts[table] = cursor.fetchone()[0]
    return counts


def refuse_in_use() -> None:
    check_tools()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        others = cursor.fetchone()[0]
    if others:
        raise BackupProblem(IN_USE.format(others))


def put_back(source: Path, mark: Mark) -> dict[str, int]:
    """Drop all tables, make those of the backup, mark them and hold all credentials back, in one transaction;
    rows by table afterwards."""
    with connection.cursor() as cursor:
        tables = [connection.ops.quote_name(name) for name in connection.introspection.table_names(cursor)]
    connection.close()
    drop = f"DROP TABLE IF EXISTS {', '.join(tables)} CASCADE;\n" if tables else ""
    options = [
        "--no-psqlrc",
        "--quiet",
        "--single-transaction",
        "--set=ON_ERROR_STOP=1",
        "--output=/dev/null",
    ]
    with subprocess.Popen(  # noqa: S603
        ["psql", *options],  # noqa: S607
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(),
    ) as psql:
        told = _feed(psql, drop, source, _marking(mark))
        failed = psql.wait()
    if failed:
        raise BackupProblem(BROKEN_OFF.format(told))
    return _rows()


def _marking(mark: Mark) -> str:
    """The dump leaves an empty search path behind."""
    hold = (
        f"DO $hold$ BEGIN {holding(mark)}; "
        "EXCEPTION WHEN undefined_table OR undefined_column THEN NULL; END $hold$"
    )
    return ";\n".join(["RESET search_path", *marking(mark), hold, ""])


def _feed(psql: subprocess.Popen[bytes], first: str, source: Path, last: str) -> str:
    """The SQL of the dump between `first` and `last`. An end that is not announced by `pg_restore` leaves no
    end of input that could be taken for a success: psql is killed."""
    assert psql.stdin is not None  # noqa: S101  it is a pipe
    # A comment on an extension could be set by its owner alone, and the tables have none.
    options = ["--no-owner", "--no-privileges", "--no-comments", "--file=-", str(source)]
    try:
        psql.stdin.write(first.encode())
        psql.stdin.flush()
        with subprocess.Popen(["pg_restore", *options], stdout=psql.stdin, stderr=subprocess.PIPE) as reading:  # noqa: S603, S607
            words = _last_line(reading.stderr)
            if reading.wait():
                psql.kill()
                return words
        psql.stdin.write(last.encode())
        psql.stdin.close()
    except BrokenPipeError:
        pass  # psql has ended; its own words say why
    return _last_line(psql.stderr)


def _last_line(stream: IO[bytes] | None) -> str:
    lines = stream.read().decode(errors="replace").strip().splitlines() if stream else []
    return next((line for line in lines if "ERROR" in line), lines[-1] if lines else "")


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=_environment())  # noqa: S603
    if done.returncode:
        raise BackupProblem(f"{command[0]} failed: {done.stderr.strip()[-500:]}")


def _environment() -> dict[str, str]:
    """The server as the settings name it; a password is never an argument, which others could see."""
    wanted = connection.settings_dict
    given = {
        "PGHOST": wanted["HOST"],
        "PGPORT": str(wanted["PORT"] or ""),
        "PGUSER": wanted["USER"],
        "PGPASSWORD": wanted["PASSWORD"],
        "PGDATABASE": wanted["NAME"],
        "PGSSLMODE": wanted.get("OPTIONS", {}).get("sslmode", ""),
        "PGOPTIONS": "--client-min-messages=warning",
    }
    return {**os.environ, **{name: value for name, value in given.items() if value}}
