"""Machines that a database does not know: one more of an installation, or somebody with a copy of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from halobridge.life_signs import LifeSigns
from integrations.backups import installation, release, show_life, start
from integrations.backups.installation import MOVED, NEW_HOST, OLDER
from integrations.backups.notes import NOTE, Note, read_note, write_note
from integrations.models import HaloCredential, Installation
from tests.builders import make_credential

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
    """What happens in each second of looking for other machines; nothing else than that may take time."""
    happens: list[Callable[[], None]] = []
    monkeypatch.setattr(installation.time, "sleep", lambda _: [step() for step in happens])
    return happens


def is_held() -> bool:
    return HaloCredential.objects.get().held_since is not None


def release_all() -> None:
    for credential in HaloCredential.objects.all():
        release(credential)


@pytest.fixture
def used(tmp_path: Path) -> Path:
    """The var folder of a machine that has worked with the database."""
    make_credential()
    assert start(tmp_path / "one") == ""
    return tmp_path / "one"


def test_a_copy_that_starts_with_an_empty_var_folder_is_held_back_once(used: Path, tmp_path: Path) -> None:
    assert start(tmp_path / "empty") == NEW_HOST
    assert is_held()
    release_all()
    assert start(tmp_path / "empty") == ""
    assert not is_held()


def test_what_a_copy_took_along_is_no_sign_of_life_however_young(used: Path, tmp_path: Path) -> None:
    show_life()
    assert start(tmp_path / "empty") == NEW_HOST


def test_one_more_machine_beside_one_that_works_holds_nothing_back(
    used: Path, tmp_path: Path, clock: list[Callable[[], None]]
) -> None:
    clock.append(LifeSigns().look)
    assert start(tmp_path / "two") == ""
    clock.clear()
    assert start(tmp_path / "two") == "", "now it is known, and may start alone"
    assert not is_held()


def test_known_machines_do_not_look_for_others(used: Path, clock: list[Callable[[], None]]) -> None:
    clock.append(lambda: pytest.fail("It waited."))
    assert start(used) == ""


def test_without_a_credential_there_is_nothing_to_hold_back(tmp_path: Path) -> None:
    start(tmp_path / "one")
    assert start(tmp_path / "two") == ""
    make_credential()
    assert start(tmp_path / "two") == ""


def test_a_damaged_note_is_none(used: Path) -> None:
    (used / NOTE).write_text("[broken")
    assert start(used) == NEW_HOST
    write_note(used, Note("of another database", 99))
    assert start(used) == NEW_HOST


def test_a_release_is_for_all_machines(used: Path, tmp_path: Path, clock: list[Callable[[], None]]) -> None:
    """An older copy is put back by hand below two machines: the first that starts tells."""
    two = tmp_path / "two"
    clock.append(show_life)
    start(two)
    clock.clear()
    for _ in range(3):
        start(used)
        start(two)
    Installation.objects.update(starts=1)
    assert start(used) == OLDER
    release_all()
    assert start(two) == ""
    assert start(used) == ""
    assert not is_held()


def test_a_move_is_told_once_for_all_machines(
    used: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = tmp_path / "two"
    shutil.copytree(used, two)
    monkeypatch.setattr(installation, "place_of_database", lambda: "elsewhere")
    assert start(two) == MOVED
    release_all()
    assert start(used) == ""
    assert not is_held()


def test_the_state_from_before_a_release_is_known_as_older(used: Path, tmp_path: Path) -> None:
    before = Installation.objects.get()
    start(tmp_path / "empty")
    release_all()
    start(used)
    before.save()
    assert start(used) == OLDER
    assert is_held()


def test_what_a_note_and_the_database_have_told_is_kept_within_bounds(used: Path, tmp_path: Path) -> None:
    for number in range(installation.FORMER_KEYS + 5):
        assert start(tmp_path / str(number)) == NEW_HOST
        release_all()
    assert len(Installation.objects.get().former) == len(read_note(tmp_path / "54").former) == 50


def test_parts_that_start_a_new_database_at_once_agree_on_one_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = iter([None])
    real = installation._row
    monkeypatch.setattr(installation, "_row", lambda: next(looked, real()))
    assert start(tmp_path / "queue") == ""
    # Both had looked before either wrote.
    looked = iter([None, None])
    assert start(tmp_path / "web") == ""

    row = Installation.objects.get()
    assert row.starts == 2
    assert read_note(tmp_path / "queue").key == read_note(tmp_path / "web").key == row.key
