"""Backup and restore: one file, whole or not at all; what is refused, and why."""

from __future__ import annotations

import gzip
import json
import shutil
import stat
import tarfile
import threading
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from integrations.backups import BackupProblem, contents, keys, make_backup, restore
from integrations.backups.marking import read_mark
from integrations.models import ApiToken, Console, HaloCredential
from tests.builders import make_console, make_credential
from tests.integrations.api.clients import make_account, make_token

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """Of one credential in write mode and one console."""
    make_credential(name="Main")
    make_console(name="Push", credentials={"key": "secret-of-the-console"})
    made = make_backup(tmp_path / "backup.tar.gz")
    assert made.rows > 2
    return made.path


def manifest_of(path: Path) -> dict[str, Any]:
    with tarfile.open(path) as archive:
        stream = archive.extractfile("manifest.json")
        assert stream
        return dict(json.load(stream))


def refused(backup: Path, *, replacing: bool = True) -> str:
    """The sentence; and the database is as it was."""
    before = set(Console.objects.values_list("name", flat=True))
    with pytest.raises(BackupProblem) as told:
        restore(backup, backup.parent / "var", replacing=replacing)
    assert set(Console.objects.values_list("name", flat=True)) == before
    assert read_mark() is None
    assert not HaloCredential.objects.exclude(held_since=None).exists()
    return str(told.value)


def test_everything_comes_back_and_what_was_replaced_is_kept(backup: Path) -> None:
    Console.objects.all().delete()
    make_console(name="Newer")
    done = restore(backup, backup.parent / "var", replacing=True)
    assert Console.objects.get().name == "Push"
    assert Console.objects.get().credentials == {"key": "secret-of-the-console"}
    assert done.kept
    restore(done.kept, backup.parent / "var", replacing=True)
    assert Console.objects.get().name == "Newer"


def test_every_credential_is_held_back_and_says_why(backup: Path) -> None:
    done = restore(backup, backup.parent / "var", replacing=True)
    credential = HaloCredential.objects.get()
    assert credential.held_since
    assert credential.held_reason == done.held
    assert done.held.startswith("The database was restored from a backup of ")
    assert credential.unknown_since
    assert credential.unknown_since.isoformat() == manifest_of(backup)["made_at"]
    assert not credential.may_write


@pytest.mark.migrates
def test_the_manifest_counts_the_rows_and_holds_no_secret(backup: Path) -> None:
    told = manifest_of(backup)
    assert told["rows"]["integrations_halocredential"] == 1
    assert told["engine"] == connection.vendor
    assert ["integrations", "0001_initial"] in told["migrations"]
    assert len(told["keys"]) == 1
    content = gzip.decompress(backup.read_bytes())
    assert b"secret-of-the-c" not in content
    assert b"MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE" not in content
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600


def test_a_database_that_is_not_empty_is_replaced_only_if_that_is_said(backup: Path) -> None:
    assert "add --replace" in refused(backup, replacing=False)


def test_other_keys_are_refused_before_anything_happens(backup: Path, settings: Any) -> None:
    settings.HALOBRIDGE_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    assert "HALOBRIDGE_ENCRYPTION_KEYS (1 missing)" in refused(backup)


def test_an_older_key_in_the_list_suffices(backup: Path, settings: Any) -> None:
    settings.HALOBRIDGE_ENCRYPTION_KEYS = [
        Fernet.generate_key().decode(),
        *settings.HALOBRIDGE_ENCRYPTION_KEYS,
    ]
    restore(backup, backup.parent / "var", replacing=True)
    assert HaloCredential.objects.get().client_secret == "secret-of-the-client"


def changed(backup: Path, **changes: Any) -> Path:
    """The same backup with another manifest."""
    folder, path = backup.parent / "changed", backup.parent / "changed.tar.gz"
    shutil.unpack_archive(backup, folder, filter="data")
    manifest = folder / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), **changes}))
    with tarfile.open(path, "w:gz") as archive:
        for member in sorted(folder.iterdir(), reverse=True):
            archive.add(member, arcname=member.name)
    return path


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"engine": "oracle"}, "This backup is of oracle, the database here is"),
        ({"migrations": [["ticketing", "0099_later"]]}, "Not known here: ticketing 0099_later"),
        ({"digest": "0"}, "its database is not what its manifest says"),
        ({"format": 2}, "its format is 2, this version reads 1"),
        ({"rows": None}, "its manifest has no rows"),
        ({"made_at": "2026-11-01T06:00:00"}, "its manifest does not say when it was made"),
    ],
)
def test_what_does_not_fit_is_refused(backup: Path, changes: dict[str, Any], sentence: str) -> None:
    assert sentence in refused(changed(backup, **changes))


def test_a_damaged_file_and_none_are_told(backup: Path) -> None:
    backup.write_bytes(backup.read_bytes()[:2000])
    assert "is no backup of HaloBridge, or is damaged" in refused(backup)
    backup.write_text("hello")
    assert "is no backup of HaloBridge, or is damaged" in refused(backup)
    backup.unlink()
    assert "There is no file" in refused(backup)


def test_what_the_manifest_says_is_of_the_state_that_was_dumped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """While it is being made somebody changes the key, enters secrets and upgrades."""
    make_console(name="First", credentials={"key": "one"})
    (old,) = settings.HALOBRIDGE_ENCRYPTION_KEYS
    really = contents.keys.proofs

    def with_others_at_work(*given: Any) -> Any:
        settings.HALOBRIDGE_ENCRYPTION_KEYS = [Fernet.generate_key().decode(), old]
        in_another_thread(make_console, name="Second", credentials={"key": "two"})
        return really(*given)

    monkeypatch.setattr(contents.keys, "proofs", with_others_at_work)
    told = manifest_of(make_backup(tmp_path / "backup.tar.gz").path)
    assert Console.objects.count() == 2
    assert told["rows"]["integrations_console"] == 1
    assert len(told["keys"]) == 1
    settings.HALOBRIDGE_ENCRYPTION_KEYS = [old]
    assert keys.missing(told["keys"]) == 0


def in_another_thread(work: Callable[..., Any], **given: Any) -> None:
    """On PostgreSQL with a connection of its own; SQLite's database in memory has but one."""

    def run() -> None:
        work(**given)
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def test_a_backup_is_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("integrations.backups.making._pack", full)
    with pytest.raises(BackupProblem, match="No space left on device"):
        make_backup(tmp_path / "backup.tar.gz")
    assert list(tmp_path.iterdir()) == []


def test_no_file_is_overwritten(backup: Path) -> None:
    with pytest.raises(BackupProblem, match="is there already"):
        make_backup(backup)


def test_the_commands_tell_json_and_name_the_keys(tmp_path: Path, settings: Any) -> None:
    make_credential()
    settings.VAR_DIR = tmp_path / "var"
    out, err = StringIO(), StringIO()
    call_command("backup", "--json", stdout=out, stderr=err)
    (row,) = json.loads(out.getvalue())
    assert Path(row["backup"]).parent == tmp_path / "var" / "backups"
    assert "HALOBRIDGE_ENCRYPTION_KEYS" in err.getvalue()
    with pytest.raises(CommandError, match="not empty"):
        call_command("restore", row["backup"])
    out = StringIO()
    call_command("restore", row["backup"], "--replace", "--json", stdout=out, stderr=err)
    assert json.loads(out.getvalue())[0]["rows"] == row["rows"]
    assert "press Release" in err.getvalue()


def test_whoever_restores_is_told_that_a_token_revoked_meanwhile_is_valid_again(
    tmp_path: Path, settings: Any
) -> None:
    settings.VAR_DIR = tmp_path / "var"
    make_token(make_account())
    path = make_backup(tmp_path / "backup.tar.gz").path
    ApiToken.objects.get().revoke()
    err = StringIO()
    call_command("restore", str(path), "--replace", "--json", stdout=StringIO(), stderr=err)
    assert ApiToken.objects.get().revoked_at is None
    assert "what was revoked or taken away since is valid again" in err.getvalue()
