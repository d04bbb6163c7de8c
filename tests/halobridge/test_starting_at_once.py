"""Of parts that start at the same time one prepares the database; the others wait for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management.base import CommandError

from halobridge import preparing
from halobridge.management.commands import serve
from halobridge.preparing import WAITING, alone

pytestmark = pytest.mark.django_db


class Waits(Exception):
    """Raised where the second start would wait."""


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    def wait(_: float) -> None:
        raise Waits

    monkeypatch.setattr(preparing.time, "sleep", wait)


def is_taken(var: Path) -> bool:
    try:
        with alone(var, lambda _: None):
            return False
    except Waits:
        return True


def test_a_second_start_says_that_it_waits_and_goes_on_after_the_first(tmp_path: Path) -> None:
    said: list[str] = []
    with alone(tmp_path, said.append):
        assert said == []
        with pytest.raises(Waits), alone(tmp_path, said.append):
            pass
    assert said == [WAITING]
    assert not is_taken(tmp_path)


def test_one_that_failed_lets_the_next_try(tmp_path: Path) -> None:
    with pytest.raises(CommandError), alone(tmp_path, print):
        raise CommandError("The tables have not been changed.")
    assert not is_taken(tmp_path)


def test_everything_of_the_preparation_happens_alone(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.VAR_DIR = tmp_path
    seen: dict[str, bool] = {}

    def note(name: str) -> None:
        seen[name] = is_taken(tmp_path)

    monkeypatch.setattr(serve, "back_up_before_upgrade", lambda *_: note("backup"))
    monkeypatch.setattr(serve, "call_command", lambda name, **_: note(name))
    monkeypatch.setattr(serve, "ensure_schedules", lambda: note("schedules"))
    monkeypatch.setattr(serve.Command, "_open_database", lambda _: note("database"))
    monkeypatch.setattr(serve.Command, "_first_admin", lambda _: note("first admin"))
    serve.Command()._prepare()
    assert set(seen) == {
        "backup",
        "migrate",
        "createcachetable",
        "collectstatic",
        "schedules",
        "database",
        "first admin",
    }
    assert all(seen.values()), seen
