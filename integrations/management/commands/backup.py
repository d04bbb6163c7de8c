"""`manage.py backup`: the whole database as one file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from integrations.backups import BackupProblem, make_backup
from integrations.backups.making import default_path
from integrations.backups.telling import tell
from integrations.management.reporting import ReportingCommand

KEYS = (
    "HALOBRIDGE_ENCRYPTION_KEYS and HALOBRIDGE_SECRET_KEY are not in it: keep a copy of them apart from the "
    "backups. Without the first the credentials in a backup can't be read."
)
UNREADABLE = "{} stored secrets can't be read with the present keys, and won't be after a restore either."


class Command(ReportingCommand):
    help = "Back up the database to one file, while everything runs."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--to", type=Path, help="the new file; without it one under var/backups/")

    def rows_of(self, **options: Any) -> Sequence[Mapping[str, Any]]:
        try:
            made = make_backup(options["to"] or default_path(settings.VAR_DIR))
        except BackupProblem as problem:
            raise CommandError(str(problem)) from problem
        tell("Backup", f"Backed up {made.rows:,} rows to {made.path}.")
        self.stderr.write(KEYS)
        if made.unreadable:
            self.stderr.write(UNREADABLE.format(made.unreadable))
        return [{"backup": str(made.path), "size": made.size, "rows": made.rows}]
