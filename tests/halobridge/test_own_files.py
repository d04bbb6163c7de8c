"""Other accounts of the machine read neither the `var` folder nor the database, wherever that is."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from halobridge.own_files import keep_private
from tests.installation import Installation


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def usual_rights() -> Iterator[None]:
    """What most machines give to new files; a process keeps what it was told last."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_a_folder_that_is_there_is_closed_and_so_is_what_comes(tmp_path: Path, usual_rights: None) -> None:
    var = tmp_path / "var"
    var.mkdir()
    assert mode_of(var) == 0o755
    keep_private(var)
    (var / "state").write_text("")
    assert (mode_of(var), mode_of(var / "state")) == (0o700, 0o600)


def test_a_folder_is_made(tmp_path: Path, usual_rights: None) -> None:
    keep_private(tmp_path / "new")
    assert mode_of(tmp_path / "new") == 0o700


def test_any_command_closes_a_database_that_it_makes_or_finds(tmp_path: Path, usual_rights: None) -> None:
    with Installation(tmp_path, DATABASE_URL=f"sqlite:///{tmp_path / 'own' / 'bridge.sqlite3'}") as made:
        made.manage("createcachetable")
        database = tmp_path / "own" / "bridge.sqlite3"
        assert mode_of(database.parent) == 0o700
        assert mode_of(database) == 0o600
        database.chmod(0o644)
        made.manage("createcachetable")
        assert mode_of(database) == 0o600


def test_an_installation_that_is_started_closes_its_folder(tmp_path: Path, usual_rights: None) -> None:
    tmp_path.chmod(0o755)
    with Installation(tmp_path, HALOBRIDGE_SANDBOX="0") as made:
        made.serve()
    assert mode_of(tmp_path) == 0o700
    assert {path.name for path in tmp_path.iterdir() if path.is_file() and mode_of(path) & 0o077} <= {
        "serve.log"
    }
