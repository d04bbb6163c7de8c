"""Making a backup: one file with a manifest and the database, there whole or not at all."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from integrations import __version__
from integrations.backups import postgresql, sqlite
from integrations.backups.contents import Contents
from integrations.backups.errors import PROBLEMS, BackupProblem, reason_of
from integrations.backups.files import first_free, whole_file, work_folder

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
FOLDER: Final = "backups"
ENDING: Final = ".tar.gz"
ENGINES: Final[Mapping[str, ModuleType]] = {"sqlite": sqlite, "postgresql": postgresql}


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself. `keys`: see `integrations.backups.keys`."""

    format: int
    version: str
    engine: str
    server: str
    made_at: str
    digest: str
    migrations: list[list[str]]
    rows: dict[str, int]
    keys: list[str]
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class Made:
    path: Path
    size: int
    rows: int
    unreadable: int


def engine() -> ModuleType:
    return ENGINES[connection.vendor]


def default_path(var: Path, why: str = "") -> Path:
    """A name that is free; two of one second are told apart by a number."""
    stamp = f"{timezone.now():%Y%m%dT%H%M%SZ}"
    folder = var / FOLDER
    return first_free(
        lambda number: folder / ("-".join(filter(None, ("halobridge", stamp, number, why))) + ENDING)
    )


def make_backup(path: Path) -> Made:
    """Back up the database to a new file. Nothing has to be stopped. Raises `BackupProblem`."""
    if path.exists():
        raise BackupProblem(f"{path} is there already; name another file.")
    made_at = timezone.now()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with work_folder(path.parent, ".backup-") as folder:
            database = folder / engine().MEMBER
            manifest = _manifest(made_at, engine().dump(database), database)
            with whole_file(path, folder) as unfinished:
                _pack(unfinished, manifest, database)
    except PROBLEMS as problem:
        raise BackupProblem(
            f"The backup could not be written: {reason_of(problem, path.parent)}"
        ) from problem
    return Made(path, path.stat().st_size, sum(manifest.rows.values()), manifest.unreadable)


def _manifest(made_at: datetime, contents: Contents, database: Path) -> Manifest:
    return Manifest(
        format=FORMAT,
        version=__version__,
        engine=connection.vendor,
        server=engine().server_version(),
        made_at=made_at.isoformat(),
        digest=digest_of(database),
        **asdict(contents),
    )


def _pack(to: Path, manifest: Manifest, database: Path) -> None:
    with tarfile.open(to, "w:gz", compresslevel=5) as archive:
        told: Any = json.dumps(asdict(manifest), indent=1).encode()
        member = tarfile.TarInfo(MANIFEST)
        member.size, member.mode = len(told), 0o600
        archive.addfile(member, io.BytesIO(told))
        archive.add(database, arcname=engine().MEMBER)


def digest_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
