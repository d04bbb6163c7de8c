"""`pg_dump` and `psql` get every option of `DATABASE_URL` that Django connects with; no argument does."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path
from typing import Any

import environ
import pytest
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper

from integrations.backups import BackupProblem, make_backup, postgresql, psql, restore, server
from integrations.models import Console
from tests.builders import make_console

only_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="of PostgreSQL's tools")
URL = "postgres://staff:swordfish@db.example:6432/bridge"
TLS = (
    "sslmode=verify-full&sslrootcert=/etc/ca.pem&sslcert=/etc/own.pem&sslkey=/etc/own.key"
    "&target_session_attrs=read-write&connect_timeout=5"
)


def environment_of(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What the tools get besides what this process has anyway."""
    given = {"OPTIONS": {}, "TIME_ZONE": None, **environ.Env.db_url_config(url)}
    monkeypatch.setattr(server, "connection", DatabaseWrapper(given))
    return {name: value for name, value in server.environment(folder).items() if name.startswith("PG")}


def test_each_option_has_its_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)
    assert environment_of(f"{URL}?{TLS}", tmp_path, monkeypatch) == {
        "PGHOST": "db.example",
        "PGPORT": "6432",
        "PGUSER": "staff",
        "PGPASSWORD": "swordfish",
        "PGDATABASE": "bridge",
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": "/etc/ca.pem",
        "PGSSLCERT": "/etc/own.pem",
        "PGSSLKEY": "/etc/own.key",
        "PGTARGETSESSIONATTRS": "read-write",
        "PGCONNECT_TIMEOUT": "5",
        "PGOPTIONS": "--client-min-messages=warning",
    }
    assert list(tmp_path.iterdir()) == []


def test_options_of_the_session_are_kept_beside_our_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = environment_of(f"{URL}?options=-c%20search_path%3Dbridge", tmp_path, monkeypatch)
    assert told["PGOPTIONS"] == "-c search_path=bridge --client-min-messages=warning"


def test_what_has_no_variable_goes_into_a_file_that_only_we_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = environment_of(f"{URL}?keepalives_idle=30&sslpassword=herring", tmp_path, monkeypatch)
    path = Path(told["PGSERVICEFILE"])
    assert path.parent == tmp_path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() == "[halobridge]\nkeepalives_idle=30\nsslpassword=herring\n"
    assert told["PGSERVICE"] == "halobridge"


def test_a_service_of_ones_own_is_used_and_not_mixed_with_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = environment_of(f"{URL}?service=bridge", tmp_path, monkeypatch)
    assert told["PGSERVICE"] == "bridge"
    with pytest.raises(BackupProblem, match="put keepalives into that service"):
        environment_of(f"{URL}?service=bridge&keepalives=1", tmp_path, monkeypatch)


@only_postgresql
@pytest.mark.django_db(transaction=True)
def test_the_tools_take_all_of_it_and_show_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_console(name="Push")
    more = {
        "application_name": "halobridge-backup",
        "keepalives_idle": 30,
        "sslpassword": "herring",
        "options": "-c geqo=off",
    }
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {**connection.settings_dict["OPTIONS"], **more})
    shown: list[Any] = []
    really = subprocess.Popen

    class Watched(really):  # type: ignore[misc,valid-type]
        def __init__(self, command: Any, **given: Any) -> None:
            shown.extend(command)
            super().__init__(command, **given)

    monkeypatch.setattr(subprocess, "Popen", Watched)
    made = make_backup(tmp_path / "backup.tar.gz")
    Console.objects.all().delete()
    restore(made.path, tmp_path / "var", replacing=True)
    assert Console.objects.get().name == "Push"
    assert {"pg_dump", *psql.PSQL} <= set(shown)
    assert not any("herring" in str(word) or "geqo" in str(word) for word in shown)
    assert postgresql.damage() == ""
