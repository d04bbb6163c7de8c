"""Putting a backup back: looked at first, refused with a sentence, and what it replaces is kept."""

from __future__ import annotations

import json
import logging
import shutil
import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Final

from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader

from integrations.backups import keys
from integrations.backups.errors import PROBLEMS, BackupProblem, is_full, reason_of, sentence_of
from integrations.backups.files import work_folder
from integrations.backups.installation import start
from integrations.backups.making import (
    FORMAT,
    MANIFEST,
    Manifest,
    default_path,
    digest_of,
    engine,
    make_backup,
)
from integrations.backups.marking import TABLE, Mark
from integrations.backups.tables import own_tables
from integrations.backups.telling import tell
from integrations.models import Console, HaloCredential

log = logging.getLogger(__name__)

LARGEST_MANIFEST: Final = 10 * 1024 * 1024
NO_BACKUP: Final = "{} is no backup of HaloBridge, or is damaged: {}"
NOT_EMPTY: Final = (
    "This database is not empty. To replace it add --replace; what it holds is backed up before to {}."
)
WRONG_KEYS: Final = (
    "The secrets in this backup are encrypted with keys that are not in HALOBRIDGE_ENCRYPTION_KEYS "
    "({} missing). Add those that the installation had when the backup was made, then restore."
)
OTHER_ENGINE: Final = (
    "This backup is of {}, the database here is {}: set DATABASE_URL to one of the same kind."
)
NEWER: Final = (
    "This backup was made by a newer version ({}): install that version, then restore. Not known here: {}."
)
PUT_BACK_BUT: Final = (
    "The backup is in the database now, and every HaloPSA credential is held back until somebody releases "
    "it, but {} {}"
)
NOT_WHOLE: Final = "{} has {} rows instead of {}. Restore again, or take another backup."
NOT_UPGRADED: Final = (
    "its tables could not be brought up to this version: {} Start HaloBridge to try again, or restore with "
    "the version that made the backup ({})."
)
NOT_STARTED: Final = "it could not be started: {} Start HaloBridge to try again."
DAMAGED: Final = (
    "The database here is damaged: {}. To restore all the same add --replace; the damaged file is kept under "
    "another name."
)
NOTHING_THERE: Final = (
    "{} The damaged database that was there is now {}; there is no other one in its place yet."
)
BROKE_OFF: Final = "The backup was not restored: {}"
WAY_BACK: Final = "What was there before is in {}; restore --replace puts it back."
ASIDE: Final = "The damaged database that was there before is now {}."
RESTORED: Final = "Restored {}, made at {} by version {}. {}"
NOTHING_BEFORE: Final = "There was nothing before that could be put back."


@dataclass(frozen=True, slots=True)
class Restored:
    """`kept`: the backup of what was replaced, None where there was nothing; where that was `damaged` it is
    the very file under another name, and `damaged` tells what was wrong with it."""

    manifest: Manifest
    kept: Path | None
    rows: int
    held: str
    damaged: str = ""


def restore(path: Path, var: Path, *, replacing: bool = False) -> Restored:
    """Replace the database by the backup and bring it up to this version; all credentials are held back.

    Raises `BackupProblem`; then the database is as it was, unless that says otherwise. Broken off at any
    moment it is either the old one or the backup; the latter is held back from its first commit on, wherever
    it is started next.
    """
    try:
        manifest, before, rows = _put_in_place(path, var, replacing)
    except PROBLEMS as broken:
        raise BackupProblem(BROKE_OFF.format(reason_of(broken, var))) from broken
    problem = _not_whole(manifest, rows) or _not_upgraded(manifest)
    tell("Restore", RESTORED.format(path, manifest.made_at, manifest.version, before.told))
    if problem:
        raise _afterwards(problem, before)
    try:
        held = start(var)
    except (DatabaseError, OSError) as problem_of_start:
        raise _afterwards(NOT_STARTED.format(sentence_of(problem_of_start)), before) from problem_of_start
    return Restored(manifest, before.path, sum(manifest.rows.values()), held, before.damage)


@dataclass(frozen=True, slots=True)
class _Before:
    """Where is kept what was there; nothing, where nothing was."""

    path: Path | None
    damage: str = ""

    @property
    def told(self) -> str:
        if self.path is None:
            return NOTHING_BEFORE
        return (ASIDE if self.damage else WAY_BACK).format(self.path)


def _put_in_place(path: Path, var: Path, replacing: bool) -> tuple[Manifest, _Before, dict[str, int]]:
    var.mkdir(mode=0o700, parents=True, exist_ok=True)
    with work_folder(var, ".restore-") as folder:
        manifest, database = _unpack(path, folder)
        before = _make_room(var, replacing)
        try:
            rows = engine().put_back(database, Mark(datetime.fromisoformat(manifest.made_at)))
        except BackupProblem as problem:
            if before.damage:
                raise BackupProblem(NOTHING_THERE.format(problem, before.path)) from problem
            raise
    return manifest, before, rows


def _make_room(var: Path, replacing: bool) -> _Before:
    """Keep what is there. A damaged database can't be backed up, so it is kept as it is."""
    if damage := engine().damage():
        if not replacing:
            raise BackupProblem(DAMAGED.format(damage.rstrip(".")))
        return _Before(engine().put_aside(), damage)
    kept = default_path(var, "replaced") if _holds_something() else None
    if kept and not replacing:
        raise BackupProblem(NOT_EMPTY.format(kept.parent))
    own_tables()
    engine().refuse_in_use()
    if kept:
        make_backup(kept)
    return _Before(kept)


def _not_whole(manifest: Manifest, rows: Mapping[str, int]) -> str:
    for table, number in manifest.rows.items():
        if table != TABLE and rows.get(table) != number:
            return NOT_WHOLE.format(table, rows.get(table, "no"), number)
    return ""


def _not_upgraded(manifest: Manifest) -> str:
    """Bring the tables up to this version; the sentence if that fails. A migration may raise anything."""
    try:
        call_command("migrate", verbosity=0, interactive=False)
    except Exception as problem:
        log.exception("The tables of the backup could not be changed")
        return NOT_UPGRADED.format(sentence_of(problem), manifest.version)
    return ""


def _afterwards(problem: str, before: _Before) -> BackupProblem:
    return BackupProblem(PUT_BACK_BUT.format(problem, before.told))


# ---- looking first --------------------------------------------------------------------------


def _unpack(path: Path, folder: Path) -> tuple[Manifest, Path]:
    try:
        with tarfile.open(path, "r:gz") as archive:
            manifest = _manifest_of(archive)
            _refuse_unfit(manifest)
            member = f"database.{'dump' if manifest.engine == 'postgresql' else 'sqlite3'}"
            source = archive.extractfile(member)
            if source is None:
                raise KeyError(member)
            database = folder / member
            with database.open("wb") as to:
                shutil.copyfileobj(source, to, 1024 * 1024)
    except FileNotFoundError as problem:
        raise BackupProblem(f"There is no file {path}.") from problem
    except OSError as problem:
        why = (
            BROKE_OFF.format(reason_of(problem, folder))
            if is_full(problem)
            else NO_BACKUP.format(path, problem)
        )
        raise BackupProblem(why) from problem
    except (EOFError, zlib.error, tarfile.TarError, KeyError, TypeError, ValueError) as problem:
        raise BackupProblem(NO_BACKUP.format(path, problem)) from problem
    if digest_of(database) != manifest.digest:
        raise BackupProblem(NO_BACKUP.format(path, "its database is not what its manifest says."))
    return manifest, database


def _manifest_of(archive: tarfile.TarFile) -> Manifest:
    stream = archive.extractfile(MANIFEST)
    if stream is None:
        raise KeyError(MANIFEST)
    told = json.loads(stream.read(LARGEST_MANIFEST))
    if told.get("format") != FORMAT:
        raise ValueError(f"its format is {told.get('format')}, this version reads {FORMAT}")
    for name, kind in (("rows", dict), ("migrations", list), ("keys", list)):
        if not isinstance(told.get(name), kind):
            raise ValueError(f"its manifest has no {name}")
    if datetime.fromisoformat(told["made_at"]).tzinfo is None:
        raise ValueError("its manifest does not say when it was made")
    return Manifest(**{field.name: told[field.name] for field in fields(Manifest)})


def _refuse_unfit(manifest: Manifest) -> None:
    if manifest.engine != connection.vendor:
        raise BackupProblem(OTHER_ENGINE.format(manifest.engine, connection.vendor))
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    newer = [f"{app} {name}" for app, name in manifest.migrations if (app, name) not in known]
    if newer := [name for name in newer if name.split()[0] in {"integrations", "mappings", "ticketing"}]:
        raise BackupProblem(NEWER.format(manifest.version, ", ".join(newer[:3])))
    if number := keys.missing(manifest.keys):
        raise BackupProblem(WRONG_KEYS.format(number))


def _holds_something() -> bool:
    """Whether there is anything that somebody entered: connections or staff accounts."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for table in (HaloCredential._meta.db_table, Console._meta.db_table, "auth_user"):
            if table not in tables:
                continue
            cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} LIMIT 1")  # noqa: S608
            if cursor.fetchone():
                return True
    return False
