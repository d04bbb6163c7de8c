"""A restore drops what is HaloBridge's, and only while nobody else is at it."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from integrations.backups import BackupProblem, make_backup, postgresql, restore
from integrations.backups.marking import remove_mark
from integrations.models import Console
from tests.builders import make_console, make_credential
from tests.installation import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
only_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite locks the whole file")


@pytest.fixture
def backup(tmp_path: Path) -> Iterator[Path]:
    make_credential(name="Main")
    make_console(name="Push")
    yield make_backup(tmp_path / "backup.tar.gz").path
    remove_mark()


@contextmanager
def made(kind: str, name: str, meaning: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE {kind} {name} {meaning}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP {kind} IF EXISTS {name}")


def refused(backup: Path) -> str:
    with pytest.raises(BackupProblem) as told:
        restore(backup, backup.parent / "var", replacing=True)
    assert Console.objects.get().name == "Push"
    return str(told.value)


def test_tables_of_others_are_named_and_not_touched(backup: Path) -> None:
    with made("TABLE", "their_invoices", "(number integer)"):
        told = refused(backup)
        with connection.cursor() as cursor:
            assert "their_invoices" in connection.introspection.table_names(cursor)
    assert "not HaloBridge's: their_invoices. Nothing has been changed." in told


def test_tables_of_another_version_of_ours_are_replaced(backup: Path) -> None:
    with made("TABLE", "ticketing_of_a_later_version", "(number integer)"):
        restore(backup, backup.parent / "var", replacing=True)
        with connection.cursor() as cursor:
            assert "ticketing_of_a_later_version" not in connection.introspection.table_names(cursor)


@only_postgresql
def test_what_others_built_upon_our_tables_is_not_dropped_along(backup: Path) -> None:
    with made("VIEW", "their_consoles", "AS SELECT name FROM integrations_console"):
        told = refused(backup)
    assert "their_consoles" in told
    assert "the database is as it was" in told


@only_postgresql
def test_who_connects_after_the_first_look_is_seen_before_anything_is_dropped(
    backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "refuse_in_use", lambda: None)
    with closing(other_connection()):
        assert "Others are connected to this database (1)" in refused(backup)


def other_connection() -> Any:
    """Of somebody else: not the one that Django keeps for this thread."""
    return connection.copy().get_new_connection(connection.get_connection_params())


@only_postgresql
def test_who_connects_while_it_is_put_back_waits_for_all_of_it(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our tables are locked and dropped, and none of the backup's is there yet."""
    slow_pg_restore(tmp_path, monkeypatch)
    Console.objects.update(name="Since the backup")
    connection.close()
    restoring = threading.Thread(target=restore_here, args=(backup,))
    restoring.start()
    try:
        wait_until((tmp_path / "waiting").exists, 30, "pg_restore")
        with closing(other_connection()) as other:
            other.execute("SET lock_timeout = '300ms'")
            with pytest.raises(Exception, match="lock timeout"):
                other.execute("SELECT name FROM integrations_console")
            other.rollback()
            other.execute("SET lock_timeout = '60s'")
            (tmp_path / "go").touch()
            assert other.execute("SELECT name FROM integrations_console").fetchall() == [("Push",)]
    finally:
        (tmp_path / "go").touch()
        restoring.join()


def restore_here(backup: Path) -> None:
    restore(backup, backup.parent / "var", replacing=True)
    connection.close()


def slow_pg_restore(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it says first is carried out by `psql` behind all that comes before the dump."""
    real, waits = shutil.which("pg_restore"), folder / "bin" / "pg_restore"
    waits.parent.mkdir()
    waits.write_text(
        f'#!/bin/sh\n[ "$1" = --version ] && exec {real} "$@"\n'
        f"echo '\\\\! touch {folder}/waiting'\n"
        f'while [ ! -e {folder}/go ]; do sleep 0.05; done\nexec {real} "$@"\n'
    )
    waits.chmod(0o700)
    monkeypatch.setenv("PATH", f"{waits.parent}{os.pathsep}{os.environ['PATH']}")
