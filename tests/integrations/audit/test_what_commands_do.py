"""A backup, a restore and a rotation of keys are told in the audit log: by whom, from where, and what."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import DatabaseError

from halobridge.acting import by_command
from integrations.models import AuditEntry
from integrations.models.rotation import rotate_secrets
from tests.builders import make_console

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _anna(monkeypatch: pytest.MonkeyPatch) -> None:
    """Logged in at the machine; each test names the command."""
    monkeypatch.setattr("halobridge.acting.getpass.getuser", lambda: "anna")


def run(name: str, *arguments: str) -> None:
    with by_command(["manage.py", name]):
        call_command(name, *arguments, stdout=StringIO(), stderr=StringIO())


def entry(name: str) -> AuditEntry:
    found = AuditEntry.objects.get(name=name)
    assert found.source == "command"
    assert found.action == "act"
    return found


def test_a_backup_and_a_restore(tmp_path: Path, settings: Any) -> None:
    settings.VAR_DIR = tmp_path / "var"
    make_console(name="Push")
    path = tmp_path / "backup.tar.gz"
    run("backup", "--to", str(path))
    backup = entry("Backup")
    assert backup.who == "manage.py backup (anna)"
    assert f"rows to {path}." in backup.summary

    run("restore", str(path), "--replace")
    restored = entry("Restore")
    assert restored.who == "manage.py restore (anna)"
    assert restored.summary.startswith(f"Restored {path}, made at ")
    assert "What was there before is in " in restored.summary
    assert not AuditEntry.objects.filter(name="Backup").exists(), "it is not in the backup that it tells of"


def test_a_backup_of_tables_without_a_log_is_made_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise DatabaseError("no such table: integrations_auditentry")

    monkeypatch.setattr("integrations.backups.telling.note", fail)
    run("backup", "--to", str(tmp_path / "backup.tar.gz"))
    assert (tmp_path / "backup.tar.gz").exists()


def test_a_rotation_of_keys_counts_and_names_no_key(settings: Any) -> None:
    make_console(kind="push", credentials={"key": "secret-of-the-console"})
    new = Fernet.generate_key().decode()
    settings.HALOBRIDGE_ENCRYPTION_KEYS = [new, *settings.HALOBRIDGE_ENCRYPTION_KEYS]
    run("rotate_keys")
    told = entry("Rotation of keys")
    assert told.who == "manage.py rotate_keys (anna)"
    assert told.summary.startswith("1 stored secrets were encrypted with the newest key, ")
    assert not any(key in told.summary for key in settings.HALOBRIDGE_ENCRYPTION_KEYS)


def test_a_rotation_that_breaks_off_is_told_as_far_as_it_got(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_console(kind="push", credentials={"key": "secret-of-the-console"})
    keys = [Fernet.generate_key().decode(), *settings.HALOBRIDGE_ENCRYPTION_KEYS]
    settings.HALOBRIDGE_ENCRYPTION_KEYS = keys

    def broken(batch: int) -> Iterator[Any]:
        for found in rotate_secrets(batch):
            yield found
            if found.renewed:
                raise DatabaseError("the connection was lost")

    monkeypatch.setattr("integrations.management.commands.rotate_keys.rotate_secrets", broken)
    with pytest.raises(DatabaseError):
        run("rotate_keys")
    assert entry("Rotation of keys").summary.startswith("1 stored secrets were encrypted")
