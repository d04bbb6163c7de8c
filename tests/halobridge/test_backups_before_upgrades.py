"""A new version that changes tables makes a backup first, says where, and keeps the newest."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from halobridge import upgrading
from halobridge.management.commands import serve
from halobridge.upgrading import NoBackup, back_up_before_upgrade
from integrations.backups import BackupProblem
from tests.builders import make_console

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.migrates]


@pytest.fixture
def older() -> Iterator[str]:
    """As if the newest migrations had not been applied yet: nothing but the note of them is missing."""
    recorder = MigrationRecorder(connection)
    rows = recorder.migration_qs.filter(app="ticketing").order_by("-name")
    newest = rows[0]
    rows.filter(pk=newest.pk).delete()
    yield newest.name
    if not recorder.migration_qs.filter(app=newest.app, name=newest.name).exists():
        recorder.record_applied(newest.app, newest.name)


def test_where_nothing_is_to_be_changed_no_backup_is_made(tmp_path: Path) -> None:
    assert back_up_before_upgrade(tmp_path, print) is None
    assert list(tmp_path.iterdir()) == []


def test_an_upgrade_says_where_the_backup_of_the_former_state_is(tmp_path: Path, older: str) -> None:
    make_console(name="Kept")
    said: list[str] = []
    path = back_up_before_upgrade(tmp_path, said.append)
    assert path
    assert any(str(path) in line for line in said)
    with tarfile.open(path) as archive:
        stream = archive.extractfile("manifest.json")
        assert stream
        manifest = json.load(stream)
    assert manifest["rows"]["integrations_console"] == 1
    assert ["ticketing", "0001_initial"] in manifest["migrations"]
    assert ["ticketing", older] not in manifest["migrations"]


def test_only_the_newest_are_kept_and_no_other_backup_is_touched(
    tmp_path: Path, older: str, settings: Any
) -> None:
    settings.HALOBRIDGE_UPGRADE_BACKUPS = 2
    folder = tmp_path / "backups"
    folder.mkdir()
    names = [f"halobridge-2026010{day}T000000Z-before-upgrade.tar.gz" for day in (1, 2, 3)]
    for name in [*names, "halobridge-20260101T000000Z.tar.gz"]:
        (folder / name).touch()
    made = back_up_before_upgrade(tmp_path, print)
    assert made
    left = {path.name for path in folder.iterdir()}
    assert left == {names[2], made.name, "halobridge-20260101T000000Z.tar.gz"}


def test_it_can_be_switched_off(tmp_path: Path, older: str, settings: Any) -> None:
    settings.HALOBRIDGE_UPGRADE_BACKUPS = 0
    assert back_up_before_upgrade(tmp_path, print) is None


def test_without_its_backup_no_table_is_changed(
    tmp_path: Path, older: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path) -> None:
        raise BackupProblem("pg_dump is not installed here.")

    called: list[str] = []
    monkeypatch.setattr(upgrading, "make_backup", fail)
    monkeypatch.setattr(serve, "call_command", lambda name, **_: called.append(name))
    settings.VAR_DIR = tmp_path
    with pytest.raises(NoBackup, match="HALOBRIDGE_UPGRADE_BACKUPS=0"):
        back_up_before_upgrade(tmp_path, print)
    with pytest.raises(CommandError, match="The tables have not been changed"):
        serve.Command()._prepare()
    assert called == []
