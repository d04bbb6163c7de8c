"""The settings of a real installation: the product's own module, in a process of its own, behind https."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCTION = {
    "HALOBRIDGE_SECRET_KEY": "r5Uu0w8SxO4bqJtC1yDgLk7mZaPfVhN2eXiQ9RnTlB3vYcWsGd6oHjKz",
    "HALOBRIDGE_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
    "HALOBRIDGE_ALLOWED_HOSTS": "bridge.example",
    "HALOBRIDGE_HTTPS": "1",
    "HALOBRIDGE_SANDBOX": "0",
}
Answers = dict[str, dict[str, Any]]
ASKED = """
import django, json
django.setup()
from django.test import Client
answers = {}
for path, https in (("/healthz", False), ("/admin/login/", False), ("/admin/login/", True)):
    answer = Client(headers={"host": "bridge.example"}).get(path, secure=https)
    answers[f"{path} {https}"] = {
        "status": answer.status_code,
        "headers": dict(answer.headers),
        "cookies": {name: dict(value) for name, value in answer.cookies.items()},
    }
from django.contrib.auth.hashers import make_password
answers["password"] = {"hash": make_password("a long password")}
print(json.dumps(answers, default=str))
"""


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("HALOBRIDGE_", "DJANGO_"))
    }
    environment = {
        **kept,
        **PRODUCTION,
        "HALOBRIDGE_VAR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/bridge.sqlite3",
        "DJANGO_SETTINGS_MODULE": "halobridge.settings",
    }
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def test_djangos_own_look_at_a_deployment_finds_nothing(tmp_path: Path) -> None:
    done = run(tmp_path, "manage.py", "check", "--deploy", "--fail-level", "INFO")
    assert (done.returncode, done.stderr) == (0, "")
    assert "no issues" in done.stdout


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    folder = tmp_path_factory.mktemp("deployed")
    collected = run(folder, "manage.py", "collectstatic", "--noinput", "-v", "0")
    assert collected.returncode == 0, collected.stderr
    done = run(folder, "-c", ASKED)
    assert done.returncode == 0, done.stderr
    found: Answers = json.loads(done.stdout.splitlines()[-1])
    return found


def test_plain_http_is_sent_on_to_https(answers: Answers) -> None:
    plain = answers["/admin/login/ False"]
    assert (plain["status"], plain["headers"]["Location"]) == (301, "https://bridge.example/admin/login/")


def test_what_watches_the_processes_needs_no_https(answers: Answers) -> None:
    assert answers["/healthz False"]["status"] == 200


def test_a_page_tells_the_browser_to_be_strict(answers: Answers) -> None:
    headers = answers["/admin/login/ True"]["headers"]
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert headers["X-Frame-Options"] == "DENY"
    allowed = headers["Content-Security-Policy"]
    sources = {name: sorted(rest) for name, *rest in map(str.split, allowed.split(";"))}
    assert sources["default-src"] == ["'none'"]
    assert sources["script-src"] == ["'self'", "'unsafe-eval'"]
    assert "http" not in allowed
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_cookies_are_for_this_host_over_https_only(answers: Answers) -> None:
    (cookie,) = answers["/admin/login/ True"]["cookies"].items()
    name, values = cookie
    assert name == "__Host-csrftoken"
    assert (values["secure"], values["samesite"], values["path"], values["domain"]) == (True, "Lax", "/", "")


def test_passwords_are_hashed_with_argon2(answers: Answers) -> None:
    assert str(answers["password"]["hash"]).startswith("argon2$argon2id$")
