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
from django.core.management import CommandError, get_commands, load_command_class

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


def test_the_queue_outwaits_any_upgrade_and_all_have_time_to_stop(compose: dict[str, Any]) -> None:
    """It ends while the tables are old, and is started again until the web part is done."""
    services = compose["services"]
    assert services["queue"]["depends_on"] == {"web": {"condition": "service_started"}}
    assert services["queue"]["restart"] == "unless-stopped"
    assert services["web"]["healthcheck"]["start_period"] == "30m"
    assert {unit(path)["Service"]["Restart"] for path in UNITS} == {"always"}
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
    named = re.findall(
        r"^(?:docker compose stop web queue && )?docker compose run --rm (?:-T )?web (.*)$", README, re.M
    )
    named += re.findall(r"^(?:systemctl stop .* && )?halobridge (.*)$", README, re.M)
    found = [re.split("[#<>]", line)[0].split() for line in named]
    once = ["backup", "create_token", "rotate_keys", "restore", "restore", "export_config", "import_config"]
    assert sorted(words[0] for words in found) == sorted(once * 2)
    for name, *arguments in found:
        app = get_commands()[name]
        load_command_class(app, name).create_parser("manage.py", name).parse_args(arguments)
    (target,) = re.findall(r"^docker compose cp web:/data/backups (\S+)", README, re.M)
    assert target.startswith("~/"), "inside of this folder it would get into the image"


def test_a_command_has_the_surroundings_of_the_units() -> None:
    """The wrapper in the README, for systemd."""
    for path in UNITS:
        service = unit(path)["Service"]
        for name in ("EnvironmentFile", "UMask", "StateDirectory", "StateDirectoryMode"):
            assert f"--property={name}={service[name]}" in README
        assert f"--uid={service['User']}" in README
        assert f"--working-directory={service['WorkingDirectory']}" in README
        for pair in service["Environment"].split():
            assert f"--setenv={pair}" in README or pair.startswith("PYTHON")


def test_a_backup_for_a_new_host_belongs_to_the_account_that_reads_it() -> None:
    accounts = {unit(path)["Service"]["User"] for path in UNITS}
    states = {unit(path)["Service"]["StateDirectory"] for path in UNITS}
    ((owner, group, where),) = re.findall(r"^install -o (\w+) -g (\w+) -m 600 FILE (\S+)/$", README, re.M)
    assert ({owner}, {group}, {where}) == (
        accounts,
        accounts,
        {f"/var/lib/{name}/backups" for name in states},
    )
    (piped,) = re.findall(r"^docker compose run --rm -T --entrypoint sh web -c '(.*)' < FILE$", README, re.M)
    assert piped.startswith("umask 077; ")
    assert "/data/backups/FILE" in piped


def test_the_readme_upgrades_either_way_with_the_web_part_first() -> None:
    assert re.search(r"docker compose build --pull && docker compose up --detach", README)
    assert "make .venv/.installed\nsystemctl start halobridge-web halobridge-queue\n" in README


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
