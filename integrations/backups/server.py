"""How PostgreSQL's tools reach the server: exactly as Django does, with nothing on the command line."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from django.db import connection
from psycopg import pq

from integrations.backups.errors import BackupProblem

SERVICE: Final = "halobridge"
SERVICE_FILE: Final = "service.conf"
OWN_OPTIONS: Final = "--client-min-messages=warning"
NOT_FOR_TOOLS: Final = ("client_encoding",)
"""Django sets it for itself; a dump is in the encoding of its database."""
OWN_SERVICE: Final = (
    "DATABASE_URL names the service “{}”: put {} into that service instead, or pg_dump and psql would not "
    "know of it."
)


def environment(folder: Path) -> Mapping[str, str]:
    """The variables under which the tools connect as Django does, with each option of `DATABASE_URL` that
    PostgreSQL's library knows. A password is never an argument, which others could see.

    `folder`: of ours alone, and there for as long as the tools run; what has no variable goes into a service
    file in it. Raises `BackupProblem` where that can't be.
    """
    given = _given()
    names = {option.keyword.decode(): option.envvar for option in pq.Conninfo.get_defaults()}
    variables = {}
    rest = {}
    for name in names.keys() & given.keys():
        if variable := names[name]:
            variables[variable.decode()] = given[name]
        else:
            rest[name] = given[name]
    options = (variables.get("PGOPTIONS", ""), OWN_OPTIONS)
    variables["PGOPTIONS"] = " ".join(filter(None, options))
    if rest:
        variables |= _service(folder, rest, given.get("service", ""))
    return {**os.environ, **variables}


def _given() -> dict[str, str]:
    told: Mapping[str, Any] = connection.get_connection_params()
    return {
        name: str(value)
        for name, value in told.items()
        if value not in (None, "") and name not in NOT_FOR_TOOLS
    }


def _service(folder: Path, options: Mapping[str, str], own: str) -> dict[str, str]:
    if own:
        raise BackupProblem(OWN_SERVICE.format(own, ", ".join(sorted(options))))
    path = folder / SERVICE_FILE
    lines = [f"[{SERVICE}]", *(f"{name}={value}" for name, value in sorted(options.items())), ""]
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as stream:
        stream.write("\n".join(lines))
    return {"PGSERVICEFILE": str(path), "PGSERVICE": SERVICE}
