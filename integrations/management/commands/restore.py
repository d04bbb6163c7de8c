"""`manage.py restore`: put a backup back; nothing is written to HaloPSA before somebody releases it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from integrations.backups import BackupProblem, restore
from integrations.management.reporting import ReportingCommand

HELD = (
    "All HaloPSA credentials are held back: start HaloBridge, look around, and press Release on each "
    "credential. Make sure that no other copy of this installation runs."
)
REVOKED = (
    "Tokens, staff accounts and rights are those of the backup: what was revoked or taken away since is "
    "valid again. Look through API tokens and staff accounts, and revoke it once more."
)
ASIDE = (
    "The database that was here was damaged ({}) and is kept as {}. Nothing of it was taken over: delete it "
    "when you do not need it any more."
)


class Command(ReportingCommand):
    help = "Replace the database by a backup. HaloBridge has to be stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--replace", action="store_true", help="also where the database is not empty; it is backed up"
        )

    def rows_of(self, **options: Any) -> Sequence[Mapping[str, Any]]:
        try:
            done = restore(options["file"], settings.VAR_DIR, replacing=options["replace"])
        except BackupProblem as problem:
            raise CommandError(str(problem)) from problem
        self.stderr.write(HELD)
        self.stderr.write(REVOKED)
        if done.damaged:
            self.stderr.write(ASIDE.format(done.damaged, done.kept))
        return [
            {
                "restored": str(options["file"]),
                "made": done.manifest.made_at,
                "version": done.manifest.version,
                "rows": done.rows,
                "kept": str(done.kept or "–"),
                "held": done.held,
            }
        ]
