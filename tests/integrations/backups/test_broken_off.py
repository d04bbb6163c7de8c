"""A restore that ends at a bad moment: what the database is then, and that it writes nothing unasked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError, connection

from integrations.backups import (
    BackupProblem,
    make_backup,
    postgresql,
    release,
    restore,
    restoring,
    start,
)
from integrations.backups.marking import TABLE, read_mark, remove_mark
from integrations.models import HaloCredential
from tests.builders import make_credential

pytestmark = pytest.mark.django_db(transaction=True)
only_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no connection")


class Died(BaseException):
    """As if the process had been killed at this moment."""


@pytest.fixture(autouse=True)
def no_mark_is_left_behind() -> Iterator[None]:
    """No model, so nothing else empties it."""
    yield
    remove_mark()


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    make_credential(name="Main")
    return make_backup(tmp_path / "backup.tar.gz").path


def die(*_: Any, **__: Any) -> None:
    raise Died


def restore_and_die(backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the commit and whatever would come next."""
    with monkeypatch.context() as patch:
        patch.setattr(restoring, "call_command", die)
        with pytest.raises(Died):
            restore(backup, backup.parent / "var", replacing=True)


def test_from_its_first_commit_on_it_is_held_back(backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    restore_and_die(backup, monkeypatch)
    credential = HaloCredential.objects.get()
    assert credential.held_since
    assert credential.held_reason.startswith("The database was restored from a backup of ")
    assert credential.unknown_since
    assert not credential.may_write


def test_another_machine_that_starts_it_says_why(backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    restore_and_die(backup, monkeypatch)
    told = start(backup.parent / "another")
    assert told == HaloCredential.objects.get().held_reason
    assert read_mark() is None
    with connection.cursor() as cursor:
        assert TABLE not in connection.introspection.table_names(cursor)
    assert start(backup.parent / "another") == ""


def test_the_machine_where_it_was_broken_off_does_not_hold_again_what_was_released(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_credential()
    for _ in range(2):
        start(tmp_path / "var")
    backup = make_backup(tmp_path / "backup.tar.gz").path
    start(tmp_path / "var")
    restore_and_die(backup, monkeypatch)
    assert start(tmp_path / "another")
    release(HaloCredential.objects.get())
    assert start(tmp_path / "var") == ""
    assert HaloCredential.objects.get().held_since is None


def rename_columns(old: str, new: str) -> None:
    with connection.cursor() as cursor:
        for name in ("held_since", "held_reason", "unknown_since"):
            change = f"RENAME COLUMN {old.format(name)} TO {new.format(name)}"
            cursor.execute(f"ALTER TABLE integrations_halocredential {change}")


def test_a_backup_that_knows_of_no_holding_is_held_at_its_first_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_credential()
    rename_columns("{}", "later_{}")
    path = make_backup(tmp_path / "old.tar.gz").path
    restore_and_die(path, monkeypatch)
    rename_columns("later_{}", "{}")
    assert HaloCredential.objects.get().held_since is None
    assert start(tmp_path / "another")
    assert HaloCredential.objects.get().held_since


def test_what_was_put_back_and_backed_up_again_keeps_the_earlier_time(
    backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    restore_and_die(backup, monkeypatch)
    first = read_mark()
    again = make_backup(backup.parent / "second" / "again.tar.gz").path
    restore_and_die(again, monkeypatch)
    assert first
    assert read_mark() == first


def told_afterwards(backup: Path) -> str:
    with pytest.raises(BackupProblem) as told:
        restore(backup, backup.parent / "var", replacing=True)
    assert HaloCredential.objects.get().held_since
    return str(told.value)


def test_tables_that_cannot_be_changed_leave_the_backup_in_place_and_say_the_way_back(
    backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise DatabaseError("column x does not exist\nLINE 1")

    monkeypatch.setattr(restoring, "call_command", fail)
    told = told_afterwards(backup)
    assert told.startswith("The backup is in the database now, and every HaloPSA credential is held back")
    assert "could not be brought up to this version: column x does not exist LINE 1. Start HaloBridge" in told
    (kept,) = (backup.parent / "var" / "backups").iterdir()
    assert told.endswith(f"What was there before is in {kept}; restore --replace puts it back.")
    assert read_mark()


def test_a_backup_with_less_than_its_manifest_says_tells_how_the_database_is(
    backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = restoring.engine()
    real = engine.put_back
    monkeypatch.setattr(engine, "put_back", lambda *given: {**real(*given), "auth_user": 7})
    told = told_afterwards(backup)
    assert "in the database now" in told
    assert "auth_user has 7 rows instead of 0. Restore again" in told


def test_where_nothing_was_before_no_way_back_is_promised(
    backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Path) -> str:
        raise OSError(28, "No space left on device")

    HaloCredential.objects.all().delete()
    monkeypatch.setattr(restoring, "start", fail)
    told = told_afterwards(backup)
    assert "could not be started: [Errno 28] No space left on device. Start HaloBridge" in told
    assert told.endswith("There was nothing before that could be put back.")


@only_postgresql
def test_a_connection_that_broke_behind_the_commit_is_no_failure(
    backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = postgresql.put_in
    monkeypatch.setattr(postgresql, "put_in", lambda *given: real(*given) or "connection lost")
    assert restore(backup, backup.parent / "var", replacing=True).held
    monkeypatch.setattr(postgresql, "put_in", lambda *_: "connection lost")
    with pytest.raises(BackupProblem, match="the database is as it was: connection lost"):
        restore(make_backup(backup.parent / "2" / "b.tar.gz").path, backup.parent / "2", replacing=True)
    monkeypatch.setattr(postgresql, "is_marked", fail_to_connect)
    with pytest.raises(BackupProblem, match="holds either all of the backup"):
        restore(make_backup(backup.parent / "3" / "b.tar.gz").path, backup.parent / "3", replacing=True)


def fail_to_connect(_: Any) -> bool:
    raise OperationalError("refused")
