"""A database that is not the one that was used here last writes nothing before it is released."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from integrations.backups import NotHeld, hold, release, start
from integrations.backups import installation as places
from integrations.backups.installation import MOVED, OLDER
from integrations.backups.notes import Note, read_note, write_note
from integrations.choices import IntentionState
from integrations.models import HaloCredential, Heartbeat, Installation
from integrations.runs.writing import due
from tests.builders import make_credential, make_intention

pytestmark = pytest.mark.django_db


def is_held() -> bool:
    return HaloCredential.objects.get().held_since is not None


def test_starting_again_and_again_holds_nothing_back(tmp_path: Path) -> None:
    make_credential()
    assert [start(tmp_path) for _ in range(3)] == ["", "", ""]
    assert not is_held()
    assert Installation.objects.get().starts == read_note(tmp_path).starts == 3


def test_a_database_from_another_place_is_held_back_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    credential = make_credential()
    start(tmp_path)
    seen = timezone.now() + timedelta(hours=1)
    Heartbeat.objects.create(host="a", cluster="halobridge", stamped_at=seen)
    monkeypatch.setattr(places, "place_of_database", lambda: "elsewhere")
    assert start(tmp_path) == MOVED
    credential.refresh_from_db()
    assert (credential.held_reason, credential.unknown_since) == (MOVED, seen)
    release(credential)
    assert start(tmp_path) == ""
    assert not is_held()


def test_an_older_copy_that_was_put_back_by_hand_is_held_back(tmp_path: Path) -> None:
    make_credential()
    for _ in range(3):
        start(tmp_path)
    Installation.objects.update(starts=2)
    assert start(tmp_path) == OLDER
    assert is_held()
    assert start(tmp_path) == ""


def test_a_note_of_another_database_says_nothing_of_a_new_one(tmp_path: Path) -> None:
    make_credential()
    write_note(tmp_path, Note("another", 99))
    assert start(tmp_path) == ""
    assert start(tmp_path) == ""


def test_what_is_held_back_is_not_due_and_keeps_its_write_mode() -> None:
    credential = make_credential()
    intention = make_intention(credential)
    hold("Because.", timezone.now())
    credential.refresh_from_db()
    assert not due(credential.instance, [intention.kind]).exists()
    assert credential.write_mode == "write"


def test_a_release_has_what_was_planned_before_looked_up() -> None:
    credential = make_credential()
    before = make_intention(credential)
    hold("Because.", timezone.now())
    since = make_intention(credential)
    assert release(credential) == 1
    before.refresh_from_db()
    since.refresh_from_db()
    assert (before.state, since.state) == (IntentionState.UNCERTAIN, IntentionState.PLANNED)
    with pytest.raises(NotHeld):
        release(credential)


def test_who_is_held_twice_keeps_the_earlier_time_and_the_first_reason() -> None:
    credential = make_credential()
    now = timezone.now()
    hold("First.", now)
    hold("Second.", now - timedelta(days=1))
    credential.refresh_from_db()
    assert (credential.held_reason, credential.unknown_since) == ("First.", now - timedelta(days=1))
