"""A restore that ends at a bad moment: what the database is then, and that it writes nothing unasked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from integrations.backups import make_backup, release, restore, restoring, start
from integrations.backups.marking import TABLE, read_mark, remove_mark
from integrations.models import HaloCredential
from tests.builders import make_credential

pytestmark = pytest.mark.django_db(transaction=True)


class Died(Exception):
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
