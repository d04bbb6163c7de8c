"""`manage.py import_config FILE`: shows what it would change, row by row; stores it with the checksum."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from integrations.management.reporting import ReportingCommand
from ticketing.configuration import BadFile, Imported, Verdict, import_config
from ticketing.configuration.verdicts import LEFT_OUT

PREVIEW = "Nothing was stored. To store what is new and changed: --apply --checksum {}"
OTHER = "Nothing was stored: file or database have changed since the preview with that checksum."


class Command(ReportingCommand):
    help = "Preview a configuration file, then apply it; repeatable. Exit 1 if a row can't be taken."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, help="-: what is piped in")
        parser.add_argument("--apply", action="store_true", help="store it; needs the preview's --checksum")
        parser.add_argument("--checksum", default="", help="as the preview has told it")
        parser.add_argument("--all", action="store_true", help="list unchanged rows as well")

    def rows_of(self, **options: Any) -> Sequence[Mapping[str, Any]]:
        if options["apply"] and not options["checksum"]:
            raise CommandError("--apply needs the --checksum of a preview: run the command without it first.")
        try:
            text = _read(options["file"])
            done = import_config(text, checksum=options["checksum"] if options["apply"] else "")
        except (OSError, UnicodeDecodeError) as problem:
            raise CommandError(f"{options['file']} can't be read: {problem}") from problem
        except BadFile as problem:
            raise CommandError(str(problem)) from problem
        return [*_rows(done, every=options["all"] or options["json"]), self._last(done, **options)]

    def _last(self, done: Imported, *, apply: bool, **_: Any) -> dict[str, Any]:
        counts = Counter(str(row.verdict) for row in done.rows)
        told = ", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict.values if counts[verdict])
        self.stderr.write("Stored." if done.stored else OTHER if apply else PREVIEW.format(done.checksum))
        return {
            "section": "all",
            "row": told or "no rows",
            "verdict": "stored" if done.stored else "not stored" if apply else "preview",
            "changes": done.checksum,
            "reason": "",
            "failed": apply and not done.stored,
        }


def _read(file: Path) -> str:
    """From a container, or under another account, a file of the caller's can't be opened, only piped in."""
    return (sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()).decode()


def _rows(done: Imported, *, every: bool) -> list[dict[str, Any]]:
    return [
        {
            "section": row.section,
            "row": row.row,
            "verdict": str(row.verdict),
            "changes": "; ".join(
                f"{name}: {_told(was)} → {_told(now)}" for name, (was, now) in row.changes.items()
            ),
            "reason": row.reason,
            "failed": row.verdict in LEFT_OUT,
        }
        for row in done.rows
        if every or row.verdict != Verdict.UNCHANGED
    ]


def _told(value: Any) -> str:
    if value in (None, "", []):
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
