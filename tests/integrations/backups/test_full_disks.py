"""A full disk is told as one, wherever it is met, and nothing is left half done."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from halobridge.upgrading import NoBackup, back_up_before_upgrade
from integrations.backups import BackupProblem, make_backup, restore
from integrations.models import Console
from tests.builders import make_console

pytestmark = pytest.mark.django_db(transaction=True)
only_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's own tools tell it")


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    make_console(name="Push")
    return make_backup(tmp_path / "backup.tar.gz").path


@pytest.fixture
def small_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """No SQLite file may grow beyond a few pages: SQLite then says that the disk is full."""
    really = sqlite3.connect

    def connect(*given: Any, **more: Any) -> sqlite3.Connection:
        made = really(*given, **more)
        made.execute("PRAGMA max_page_count=8")
        return made

    monkeypatch.setattr(sqlite3, "connect", connect)


@only_sqlite
def test_a_backup_that_does_not_fit_is_told_in_a_sentence(tmp_path: Path, small_disk: None) -> None:
    folder = tmp_path / "backups"
    with pytest.raises(
        BackupProblem, match=f"written: No space left on device: the disk of {folder} is full"
    ):
        make_backup(folder / "backup.tar.gz")
    assert list(folder.iterdir()) == []
    with pytest.raises(CommandError, match="No space left on device: the disk of"):
        call_command("backup", to=folder / "backup.tar.gz", stdout=StringIO(), stderr=StringIO())


@only_sqlite
def test_without_space_for_its_backup_an_upgrade_changes_nothing(
    tmp_path: Path, small_disk: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("halobridge.upgrading._is_upgrade", lambda: True)
    with pytest.raises(NoBackup, match=r"No space left .* The tables have not been changed"):
        back_up_before_upgrade(tmp_path, lambda text: None)


@only_sqlite
def test_without_space_for_the_backup_of_what_it_replaces_a_restore_changes_nothing(
    backup: Path, small_disk: None
) -> None:
    make_console(name="Newer")
    with pytest.raises(BackupProblem, match="No space left on device: the disk of"):
        restore(backup, backup.parent / "var", replacing=True)
    assert set(Console.objects.values_list("name", flat=True)) == {"Push", "Newer"}


def test_unpacking_on_a_full_disk_is_not_told_as_damage(
    backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", full)
    with pytest.raises(BackupProblem) as told:
        restore(backup, backup.parent / "var", replacing=True)
    assert str(told.value).startswith("The backup was not restored: No space left on device: the disk of")
    assert "damaged" not in str(told.value)
    assert Console.objects.get().name == "Push"


def test_a_database_that_cannot_be_read_is_told_in_its_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise sqlite3.DatabaseError("file is not a database")

    monkeypatch.setattr("integrations.backups.contents.rows_of", fail)
    with pytest.raises(BackupProblem, match=r"could not be written: file is not a database\."):
        make_backup(tmp_path / "backup.tar.gz")
