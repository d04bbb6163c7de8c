"""A new version changes tables only after a backup: what goes wrong then is put back by one command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from integrations import __version__
from integrations.backups import BackupProblem, make_backup
from integrations.backups.making import ENDING, FOLDER, default_path

WHY: Final = "before-upgrade"
NOT_MADE: Final = (
    "{} The tables have not been changed. Mend that, or set HALOBRIDGE_UPGRADE_BACKUPS=0 to go on without a "
    "backup."
)


class NoBackup(Exception):
    """The text says why there is none and what to do."""


def back_up_before_upgrade(var: Path, say: Callable[[str], None]) -> Path | None:
    """Back up a database whose tables are about to be changed; keep the newest of such backups.

    None where nothing is to be changed, where there are no tables yet, or where it is switched off.
    Raises `NoBackup`; then nothing may be changed.
    """
    kept = settings.HALOBRIDGE_UPGRADE_BACKUPS
    if kept <= 0 or not _is_upgrade():
        return None
    path = default_path(var, WHY)
    say(f"Version {__version__} changes the tables; backing up before ...")
    try:
        make_backup(path)
    except BackupProblem as problem:
        raise NoBackup(NOT_MADE.format(problem)) from problem
    say(f"The backup is {path}. To go back: install the former version, manage.py restore --replace {path}")
    for old in sorted(var.joinpath(FOLDER).glob(f"halobridge-*-{WHY}{ENDING}"))[:-kept]:
        old.unlink(missing_ok=True)
    return path


def _is_upgrade() -> bool:
    executor = MigrationExecutor(connection)
    if not any(app == "integrations" for app, _ in executor.loader.applied_migrations):
        return False
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
