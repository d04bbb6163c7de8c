"""What `psql` and `pg_restore` say when they fail is told, whichever of them fails first."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from integrations.backups import psql
from integrations.backups.psql import LastWords, put_in


def words_of(script: str) -> str:
    with subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.PIPE) as process:
        return LastWords(process.stderr).told()


def test_who_says_more_than_a_pipe_holds_is_not_waited_for() -> None:
    script = (
        "import sys; sys.stderr.write('warning\\n' * 100_000 + 'ERROR: disk full\\nDETAIL: none left\\n')"
    )
    assert words_of(script) == "ERROR: disk full DETAIL: none left"


def test_without_an_error_the_last_lines_are_told() -> None:
    assert words_of("import sys; sys.stderr.write('a\\nb\\n\\nc\\nd\\n')") == "b c d"
    assert words_of("") == ""


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """In their place scripts, so that they fail as is wanted."""
    monkeypatch.setattr(psql, "environment", lambda folder: None)
    monkeypatch.setattr(psql, "SECONDS_TO_END", 0.5)
    return monkeypatch


def run_as(tools: pytest.MonkeyPatch, *, psql_does: str, pg_restore_does: str) -> str:
    tools.setattr(psql, "PSQL", (sys.executable, "-c", f"import sys; {psql_does}"))
    tools.setattr(psql, "PG_RESTORE", (sys.executable, "-c", f"import sys; {pg_restore_does}"))
    return put_in("SELECT 1;\n", Path("dump"), "SELECT 2;\n")


MANY_ROWS = "sys.stdout.write('row\\n' * 1_000_000)"


def test_the_error_of_psql_is_told_where_most_of_the_dump_is_still_to_come(
    tools: pytest.MonkeyPatch,
) -> None:
    fails = "sys.stdin.readline(); sys.exit('psql:<stdin>:7: ERROR:  no space left on device')"
    told = run_as(tools, psql_does=fails, pg_restore_does=MANY_ROWS)
    assert told == "psql:<stdin>:7: ERROR:  no space left on device"


def test_a_dump_that_cannot_be_read_is_told_and_nothing_is_committed(
    tools: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    commits = f"sys.stdin.read(); open({str(tmp_path / 'committed')!r}, 'w')"
    told = run_as(tools, psql_does=commits, pg_restore_does="sys.exit('pg_restore: error: damaged')")
    assert told == "pg_restore: error: damaged"
    assert not (tmp_path / "committed").exists()


def test_a_server_that_cannot_be_reached_is_told_whatever_was_to_be_sent(tools: pytest.MonkeyPatch) -> None:
    tools.setattr(psql, "PSQL", (sys.executable, "-c", "import sys; sys.exit('connection refused')"))
    assert put_in("SELECT 1;\n" * 100_000, Path("dump"), "SELECT 2;\n") == "connection refused"


def test_who_fails_without_a_word_is_named(tools: pytest.MonkeyPatch) -> None:
    assert (
        run_as(tools, psql_does="sys.stdin.read(); sys.exit(3)", pg_restore_does="") == "psql ended with 3."
    )
    assert run_as(tools, psql_does="sys.stdin.read()", pg_restore_does="sys.exit(1)") == (
        "pg_restore ended with 1."
    )


def test_what_goes_well_has_nothing_to_tell(tools: pytest.MonkeyPatch) -> None:
    assert run_as(tools, psql_does="sys.stdin.read()", pg_restore_does=MANY_ROWS) == ""
