"""What a backup or restore that was killed has left behind is cleared by the next one."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from integrations.backups import files, make_backup
from integrations.backups.files import JUST_MADE, work_folder
from tests.builders import make_credential
from tests.installation import wait_until

HOLDS_ONE = """
import pathlib, runpy, sys, time
work_folder = runpy.run_path(sys.argv[1])["work_folder"]
with work_folder(pathlib.Path(sys.argv[2]), ".backup-") as folder:
    (folder / "database").write_text("half of it")
    time.sleep(60)
"""


def make_old(folder: Path) -> None:
    then = time.time() - JUST_MADE - 1
    os.utime(folder, (then, then))


@pytest.fixture
def killed(tmp_path: Path) -> Path:
    """The folder of a process that was killed; before that, nobody may take it away."""
    process = subprocess.Popen([sys.executable, "-c", HOLDS_ONE, files.__file__, str(tmp_path)])
    try:
        (file,) = wait_until(lambda: list(tmp_path.glob(".backup-*/database")), 20, "the folder")
        make_old(file.parent)
        with work_folder(tmp_path, ".backup-"):
            assert file.exists(), "its process is at work"
    finally:
        process.kill()
        process.wait()
    make_old(file.parent)
    return Path(file.parent)


def test_the_folder_of_a_killed_process_is_cleared(killed: Path) -> None:
    with work_folder(killed.parent, ".other-"):
        assert killed.exists()
    with work_folder(killed.parent, ".backup-"):
        assert not killed.exists()
    assert list(killed.parent.iterdir()) == []


def test_one_that_was_made_just_now_may_not_be_locked_yet(tmp_path: Path) -> None:
    (tmp_path / ".backup-new").mkdir()
    with work_folder(tmp_path, ".backup-"):
        assert (tmp_path / ".backup-new").exists()


@pytest.mark.django_db(transaction=True)
def test_a_backup_leaves_nothing_beside_itself_not_even_of_others(tmp_path: Path) -> None:
    make_credential()
    left = tmp_path / ".backup-left"
    left.mkdir()
    (left / "database.dump").write_text("half of it")
    make_old(left)
    made = make_backup(tmp_path / "backup.tar.gz")
    assert list(tmp_path.iterdir()) == [made.path]
