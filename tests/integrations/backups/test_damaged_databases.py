"""A damaged SQLite database is the very case for a restore: it is kept under another name, and replaced."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from integrations.backups import sqlite
from tests.installation import ROOT, Installation

NAME = "halobridge.sqlite3"
STAFF = "SELECT username FROM auth_user"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with one staff account, and a backup of it."""
    folder = tmp_path_factory.mktemp("whole")
    with Installation(folder, DATABASE_URL=f"sqlite:///{folder / NAME}") as made:
        made.manage("migrate", "--verbosity", "0")
        with closing(sqlite3.connect(folder / NAME)) as database:
            database.execute(
                "INSERT INTO auth_user (username, password, first_name, last_name, email, is_superuser, "
                "is_staff, is_active, date_joined) VALUES ('anna', '', '', '', '', 1, 1, 1, '2026-01-01')"
            )
            database.commit()
        made.manage("backup", "--to", str(folder / "backup.tar.gz"))
    return folder


@pytest.fixture
def damaged(whole: Path, tmp_path: Path) -> Iterator[Installation]:
    """Its first page is overwritten: SQLite takes it for no database at all."""
    content = bytearray((whole / NAME).read_bytes())
    content[:200] = b"x" * 200
    (tmp_path / NAME).write_bytes(content)
    with Installation(tmp_path, DATABASE_URL=f"sqlite:///{tmp_path / NAME}") as made:
        yield made


def restoring(made: Installation, whole: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "manage.py"), "restore", str(whole / "backup.tar.gz"), *more]
    return subprocess.run(
        command, env=made.environment, capture_output=True, text=True, timeout=300, check=False
    )


def staff_of(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as database:
        return [row[0] for row in database.execute(STAFF)]


def kept_in(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"{NAME}.damaged-*"))


def test_it_is_kept_and_told_and_the_backup_takes_its_place(damaged: Installation, whole: Path) -> None:
    before = (damaged.folder / NAME).read_bytes()
    done = restoring(damaged, whole, "--replace", "--json")
    assert done.returncode == 0, done.stderr
    (kept,) = kept_in(damaged.folder)
    assert kept.read_bytes() == before
    assert json.loads(done.stdout)[0]["kept"] == str(kept)
    assert f"was damaged (file is not a database) and is kept as {kept}" in done.stderr
    assert staff_of(damaged.folder / NAME) == ["anna"]


def test_what_sqlite_keeps_beside_it_goes_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for ending in ("", "-wal", "-shm"):
        (tmp_path / f"{NAME}{ending}").write_text(f"damaged{ending}")
    here = SimpleNamespace(settings_dict={"NAME": tmp_path / NAME}, close=lambda: None)
    monkeypatch.setattr(sqlite, "connection", here)
    kept = sqlite.put_aside()
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        f"{kept.name}{ending}": f"damaged{ending}" for ending in ("", "-wal", "-shm")
    }


def test_it_is_replaced_only_if_that_is_said(damaged: Installation, whole: Path) -> None:
    before = (damaged.folder / NAME).read_bytes()
    done = restoring(damaged, whole)
    assert done.returncode == 1
    assert "The database here is damaged: file is not a database. To restore all the same add --replace" in (
        done.stderr
    )
    assert "Traceback" not in done.stderr
    assert (damaged.folder / NAME).read_bytes() == before
    assert kept_in(damaged.folder) == []


def test_pages_that_are_damaged_in_the_middle_count_as_well(
    whole: Path, tmp_path: Path, damaged: Installation
) -> None:
    content = bytearray((whole / NAME).read_bytes())
    content[4096 * 3 : 4096 * 60] = b"\xff" * (4096 * 57)
    (tmp_path / NAME).write_bytes(content)
    done = restoring(damaged, whole, "--replace")
    assert done.returncode == 0, done.stderr
    assert [path.read_bytes() for path in kept_in(tmp_path)] == [bytes(content)]
    assert staff_of(tmp_path / NAME) == ["anna"]


def test_nothing_is_moved_while_somebody_has_it_open(damaged: Installation, whole: Path) -> None:
    holding = (
        "import fcntl, sys, time; stream = open(sys.argv[1], 'r+b'); "
        "fcntl.lockf(stream, fcntl.LOCK_SH, 510, 0x40000002); print('holds', flush=True); time.sleep(120)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holding, str(damaged.folder / NAME)], stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline()
        done = restoring(damaged, whole, "--replace")
        holder.kill()
    assert done.returncode == 1
    assert "The database is in use." in done.stderr
    assert kept_in(damaged.folder) == []
    assert (damaged.folder / NAME).exists()


def test_a_backup_of_it_is_refused_in_a_sentence(damaged: Installation) -> None:
    command = [sys.executable, str(ROOT / "manage.py"), "backup"]
    done = subprocess.run(
        command, env=damaged.environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 1
    assert "The backup could not be written: file is not a database." in done.stderr
    assert "Traceback" not in done.stderr
