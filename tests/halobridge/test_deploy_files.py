"""Containers and units: what they name exists in the settings and on the command line."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, load_command_class

ROOT = Path(__file__).resolve().parent.parent.parent
README = (ROOT / "README.md").read_text()
UNITS = sorted((ROOT / "halobridge" / "deploy").glob("*.service"))
KNOWN = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
NOT_OURS = {"POSTGRES_PASSWORD", "PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}


def unit(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(path.read_text())
    return parser


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return found


def commands(compose: dict[str, Any]) -> list[list[str]]:
    own = [compose["services"][name]["command"].split() for name in ("web", "queue")]
    return own + [unit(path)["Service"]["ExecStart"].split("manage.py ")[1].split() for path in UNITS]


def making_env() -> str:
    """What the README has one type to make a `.env`."""
    found = re.search(r"^[^\n]*cat > \.env.*?^END\n", README, re.DOTALL | re.MULTILINE)
    assert found
    return found[0]


def test_each_names_a_part_that_serve_knows(compose: dict[str, Any]) -> None:
    parts = []
    for name, *arguments in commands(compose):
        parser = load_command_class("halobridge", name).create_parser("manage.py", name)
        parts.append(parser.parse_args(arguments).only)
    assert parts == ["web", "queue", "queue", "web"]
    with pytest.raises(CommandError):
        load_command_class("halobridge", "serve").create_parser("manage.py", "serve").parse_args(
            ["--only", "x"]
        )


def test_every_variable_is_one_of_the_settings(compose: dict[str, Any]) -> None:
    image = (ROOT / "Dockerfile").read_text()
    named = set(re.findall(r"^(?:ENV|   ) ([A-Z_]+)=", image, re.MULTILINE))
    named |= set(compose["x-halobridge"]["environment"])
    for path in UNITS:
        named |= {pair.split("=")[0] for pair in unit(path)["Service"]["Environment"].split()}
    assert {"HALOBRIDGE_VAR", "HALOBRIDGE_SANDBOX", "DATABASE_URL", "HALOBRIDGE_BIND"} <= named
    assert named - KNOWN <= NOT_OURS
    written = set(re.findall(r"^([A-Z_]+)=", making_env(), re.MULTILINE))
    assert "POSTGRES_PASSWORD" in written
    assert written - KNOWN <= NOT_OURS


def test_making_an_env_file_never_overwrites_one_with_its_keys(tmp_path: Path) -> None:
    def make() -> int:
        command = ["sh", "-c", making_env()]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode

    assert make() == 0
    made = tmp_path / ".env"
    first = made.read_text()
    assert "HALOBRIDGE_HTTPS=1" in first
    assert made.stat().st_mode & 0o777 == 0o600
    assert make() != 0
    assert made.read_text() == first


def test_the_health_check_asks_where_the_web_part_listens_whatever_the_env_file_says(
    compose: dict[str, Any],
) -> None:
    web = compose["services"]["web"]
    port = web["environment"]["PORT"]
    assert f"http://127.0.0.1:{port}/healthz" in web["healthcheck"]["test"][-1]
    assert web["ports"] == [f"127.0.0.1:8000:{port}"]
    compile(web["healthcheck"]["test"][-1], "healthcheck", "exec")
    assert (web["environment"]["HALOBRIDGE_BIND"], web["environment"]["HALOBRIDGE_VAR"]) == (
        "0.0.0.0",
        "/data",
    )


def test_the_queue_waits_for_the_web_part_and_all_have_time_to_stop(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert services["queue"]["depends_on"] == {"web": {"condition": "service_healthy"}}
    for name in ("web", "queue"):
        assert services[name]["stop_grace_period"] == "60s"
        assert services[name]["environment"]["DATABASE_URL"].startswith("postgres://")
    for path in UNITS:
        assert unit(path)["Service"]["TimeoutStopSec"] == "60"
        assert unit(path)["Service"]["KillMode"] == "mixed"


def test_what_is_stored_is_for_its_owner_alone() -> None:
    for path in UNITS:
        service = unit(path)["Service"]
        assert (service["UMask"], service["StateDirectoryMode"]) == ("0077", "0700")
    assert "install -d -o halobridge -m 700 /data" in (ROOT / "Dockerfile").read_text()


def test_the_readme_runs_commands_that_there_are_with_options_that_they_have() -> None:
    readme = (ROOT / "README.md").read_text()
    named = re.findall(
        r"^(?:docker compose stop web queue && )?docker compose run --rm web (.*)$", readme, re.M
    )
    named += re.findall(r"^(?:systemctl stop .* && )?halobridge (.*)$", readme, re.M)
    found = [line.partition("#")[0].split() for line in named]
    assert sorted(words[0] for words in found) == sorted(
        ["backup", "create_token", "rotate_keys", "restore"] * 2
    )
    for name, *arguments in found:
        load_command_class("integrations", name).create_parser("manage.py", name).parse_args(arguments)
    (target,) = re.findall(r"^docker compose cp web:/data/backups (\S+)", readme, re.M)
    assert target.startswith("~/"), "inside of this folder it would get into the image"


def test_a_command_has_the_surroundings_of_the_units() -> None:
    """The wrapper in the README, for systemd."""
    readme = (ROOT / "README.md").read_text()
    for path in UNITS:
        service = unit(path)["Service"]
        assert f"--property=EnvironmentFile={service['EnvironmentFile']}" in readme
        assert f"--property=UMask={service['UMask']}" in readme
        assert f"--uid={service['User']}" in readme
        assert f"--working-directory={service['WorkingDirectory']}" in readme
        for pair in service["Environment"].split():
            assert f"--setenv={pair}" in readme or pair.startswith("PYTHON")


def test_no_secret_gets_into_the_image() -> None:
    left_out = (ROOT / ".dockerignore").read_text().split()
    assert {".env", ".env.*", "var", ".git", "backups", "**/*.tar.gz", "**/*.sqlite3*"} <= set(left_out)


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed here")
def test_no_secret_and_no_backup_gets_into_a_commit(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    shutil.copy(ROOT / ".gitignore", tmp_path)
    secret = [".env", ".env.old", "var/x", "backups/x", "halobridge-20260101.tar.gz", "copy.sqlite3-wal"]
    ours = [".env.example", "integrations/backups/making.py", "tests/integrations/backups/__init__.py"]
    asked = subprocess.run(
        ["git", "check-ignore", *secret, *ours], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert asked.stdout.split() == secret
