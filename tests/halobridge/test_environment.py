"""The first start writes its own keys, once, for its owner only."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.conf import settings
from django.test import override_settings

from halobridge.checks import encryption_keys_are_usable
from halobridge.environment import write_environment


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HALOBRIDGE_SECRET_KEY", "HALOBRIDGE_ENCRYPTION_KEYS"):
        monkeypatch.delenv(name, raising=False)


def test_it_writes_usable_keys_that_only_the_owner_can_read(tmp_path: Path) -> None:
    place = tmp_path / ".env"
    assert write_environment(place)
    values = dict(line.split("=", 1) for line in place.read_text().splitlines() if "=" in line)
    Fernet(values["HALOBRIDGE_ENCRYPTION_KEYS"])
    assert len(values["HALOBRIDGE_SECRET_KEY"]) >= 50
    assert stat.S_IMODE(place.stat().st_mode) == 0o600


def test_it_never_replaces_keys_that_are_there(tmp_path: Path) -> None:
    place = tmp_path / ".env"
    write_environment(place)
    before = place.read_text()
    assert not write_environment(place)
    assert place.read_text() == before


def test_keys_from_the_environment_need_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HALOBRIDGE_SECRET_KEY", "x")
    monkeypatch.setenv("HALOBRIDGE_ENCRYPTION_KEYS", "y")
    assert not write_environment(tmp_path / ".env")


@override_settings(HALOBRIDGE_ENCRYPTION_KEYS=["too-short"])
def test_a_bad_key_is_named_by_its_place_and_not_printed() -> None:
    (problem,) = encryption_keys_are_usable()
    assert "Key 1" in problem.msg
    assert "too-short" not in problem.msg


@pytest.mark.parametrize("missing", ["HALOBRIDGE_SECRET_KEY", "HALOBRIDGE_ENCRYPTION_KEYS"])
def test_without_a_key_a_command_ends_in_a_sentence(missing: str, tmp_path: Path) -> None:
    """In a process of its own, with no `.env` in sight."""
    given = {
        "HALOBRIDGE_SECRET_KEY": "x" * 50,
        "HALOBRIDGE_ENCRYPTION_KEYS": "x",
        "HALOBRIDGE_VAR": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "serve"],
        env={**os.environ, **given, missing: "", "DJANGO_SETTINGS_MODULE": "halobridge.settings"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == f"HaloBridge can't start: {missing} is not set; `make run` writes one into .env.\n"
