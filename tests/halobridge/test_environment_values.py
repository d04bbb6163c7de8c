"""A value of the environment that can't be used is named in one sentence before anything starts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from halobridge.environment_values import Environment

NAME = "HALOBRIDGE_ANYTHING"


@pytest.fixture
def env() -> Environment:
    return Environment()


def given(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv(NAME, text)


@pytest.mark.parametrize(("text", "meaning"), [("yes", True), ("On", True), ("0", False), ("", False)])
def test_a_switch_is_yes_or_no(
    monkeypatch: pytest.MonkeyPatch, env: Environment, text: str, meaning: bool
) -> None:
    given(monkeypatch, text)
    assert env.switch(NAME, default=not meaning) is meaning


def test_a_switch_that_is_neither_is_refused_not_taken_for_no(
    monkeypatch: pytest.MonkeyPatch, env: Environment
) -> None:
    given(monkeypatch, "maybe")
    with pytest.raises(ImproperlyConfigured, match="HALOBRIDGE_ANYTHING is 'maybe': write yes or no"):
        env.switch(NAME, default=True)


@pytest.mark.parametrize(("text", "words"), [("ten", "whole number"), ("0", "at least 1"), ("-3", "least 1")])
def test_a_number_has_its_limits(
    monkeypatch: pytest.MonkeyPatch, env: Environment, text: str, words: str
) -> None:
    given(monkeypatch, text)
    with pytest.raises(ImproperlyConfigured, match=words):
        env.whole(NAME, default=5)


def test_what_is_left_empty_is_as_usual(monkeypatch: pytest.MonkeyPatch, env: Environment) -> None:
    given(monkeypatch, " ")
    assert env.whole(NAME, default=5) == 5
    assert env.number(NAME, default=1.5) == 1.5
    assert env.zone(NAME, default="UTC") == "UTC"
    assert env.one_of(NAME, "INFO", ("INFO", "ERROR")) == "INFO"


def test_zones_and_levels_are_known_ones(monkeypatch: pytest.MonkeyPatch, env: Environment) -> None:
    given(monkeypatch, "Europe/Atlantis")
    with pytest.raises(ImproperlyConfigured, match="time zone such as Europe/Berlin"):
        env.zone(NAME, default="UTC")
    with pytest.raises(ImproperlyConfigured, match="one of ERROR, INFO"):
        env.one_of(NAME, "INFO", ("INFO", "ERROR"))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("no", False), ("False", False), ("off", False), ("", False), ("0", False), ("1", True)],
)
def test_whoever_writes_no_gets_no_sandbox(text: str, wanted: bool, tmp_path: Path) -> None:
    """In a process of its own, which asks as `serve` does."""
    asked = "from django.conf import settings; print(settings.HALOBRIDGE_SANDBOX)"
    done = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "HALOBRIDGE_SANDBOX": text,
            "HALOBRIDGE_VAR": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "halobridge.settings",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.strip() == str(wanted)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("HALOBRIDGE_HTTPS", "maybe"),
        ("HALOBRIDGE_SANDBOX", "perhaps"),
        ("HALOBRIDGE_SANDBOX_PORT", "abc"),
        ("HALOBRIDGE_WORKERS", "0"),
        ("HALOBRIDGE_WEB_WORKERS", "abc"),
        ("HALOBRIDGE_SESSION_HOURS", "0"),
        ("HALOBRIDGE_RETENTION_DAYS", "0"),
        ("HALOBRIDGE_AUDIT_DAYS", "-1"),
        ("HALOBRIDGE_LOG_LEVEL", "LOUD"),
    ],
)
def test_no_command_begins_with_such_a_value(name: str, text: str, tmp_path: Path) -> None:
    """In a process of its own."""
    more = {name: text, "HALOBRIDGE_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "halobridge.settings"}
    done = subprocess.run(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "check"],
        env={**os.environ, **more},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"HaloBridge can't start: {name} is ")
    assert done.stderr.count("\n") == 1
