"""`manage.py serve --only`: which processes each part starts, and what it needs before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError

from halobridge import life_signs
from halobridge.health import CHECKS, NotReady
from halobridge.management.commands import serve
from halobridge.processes import Supervisor
from integrations.backups import start
from integrations.models import Installation


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Name → command of what would have been started; the watching ends at once."""
    found: dict[str, list[str]] = {}

    def add(self: Supervisor, name: str, command: list[str], environment: Any) -> None:
        found[name] = command

    monkeypatch.setattr(Supervisor, "add", add)
    monkeypatch.setattr(
        serve.Command, "_watch", lambda self, supervisor, clusters: found.update(seen=[*clusters])
    )
    monkeypatch.setattr(serve.Command, "_prepare", lambda self: found.update(prepared=[]))
    monkeypatch.setattr(serve.Command, "_open_database", lambda self: found.update(opened=[]))
    monkeypatch.setattr(serve.Command, "_refuse_taken_port", staticmethod(lambda port: None))
    monkeypatch.setattr(serve.signal, "signal", lambda *_: None)
    monkeypatch.setattr(serve.connection, "close", lambda: None)
    monkeypatch.setattr(serve.settings, "HALOBRIDGE_SANDBOX", False)
    return found


def test_everything_runs_unless_a_part_is_named(started: dict[str, list[str]]) -> None:
    call_command("serve")
    assert set(started) == {"prepared", "web", "halobridge", "delivery", "seen"}
    assert started["seen"] == ["halobridge", "delivery"]


def test_a_sandbox_is_started_where_the_setting_wants_one(
    started: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(serve.settings, "HALOBRIDGE_SANDBOX", True)
    monkeypatch.setattr(serve.settings, "VAR_DIR", tmp_path)
    monkeypatch.setattr(serve, "connect_sandbox", lambda say: None)
    call_command("serve", only="web")
    assert set(started) == {"prepared", "sandbox", "web", "seen"}


def test_the_web_part_makes_the_tables_and_works_at_nothing(started: dict[str, list[str]]) -> None:
    call_command("serve", only="web")
    assert set(started) == {"prepared", "web", "seen"}
    assert started["seen"] == []


def test_the_web_server_gets_its_workers_and_with_nothing_said_listens_here_only(
    started: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve.settings, "HALOBRIDGE_WEB_WORKERS", 5)
    monkeypatch.setenv("HALOBRIDGE_BIND", "")
    call_command("serve", only="web")
    command = started["web"]
    assert command[command.index("--workers") + 1] == "5"
    assert command[command.index("--bind") + 1].startswith("127.0.0.1:")


@pytest.mark.django_db
def test_the_queue_part_serves_no_pages_and_watches_its_own_clusters(started: dict[str, list[str]]) -> None:
    call_command("serve", only="queue")
    assert set(started) == {"opened", "halobridge", "delivery", "seen"}
    assert started["seen"] == ["halobridge", "delivery"]


def test_the_queue_part_does_not_begin_before_the_tables_are_there(
    started: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> str:
        raise NotReady("3 migrations have not been applied; run: manage.py migrate.")

    monkeypatch.setitem(CHECKS, "migrations", missing)
    with pytest.raises(CommandError, match="The web part does so"):
        call_command("serve", only="queue")
    assert started == {}


class Enough(Exception):
    """Ends the watching after one round."""


def watch_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def end(_: float) -> None:
        raise Enough

    with monkeypatch.context() as patch:
        patch.setattr(serve.time, "sleep", end)
        with pytest.raises(Enough):
            serve.Command()._watch(Supervisor(say=print), ())


@pytest.mark.django_db
def test_whatever_runs_shows_signs_of_life(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    start(tmp_path)
    Installation.objects.update(alive_at=None)
    watch_once(monkeypatch)
    assert Installation.objects.get().alive_at


@pytest.mark.django_db
def test_a_database_that_is_away_for_a_while_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("refused")

    monkeypatch.setattr(life_signs, "show_life", away)
    watch_once(monkeypatch)


def test_a_copy_is_told_before_the_queue_begins(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(serve, "start_installation", lambda var: "It is a copy.")
    monkeypatch.setattr(serve, "mark_unreadable", lambda: 3)
    serve.Command()._open_database()
    told = capsys.readouterr().out
    assert "It is a copy. All HaloPSA credentials are held back" in told
    assert "Connections whose stored secrets can't be read: 3." in told
