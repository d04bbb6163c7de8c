"""`manage.py export_config`: the configuration as YAML, without secrets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from integrations.management.reporting import ReportingCommand
from ticketing.configuration import export_config


class Command(ReportingCommand):
    help = "Write event sets, profiles, mappings, rules and settings as YAML; secrets are never in it."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--to", type=Path, help="the file; without it the YAML itself is printed")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["to"] is None and not options["json"]:
            self.stdout.write(export_config()[0])
            return
        super().handle(*args, **options)

    def rows_of(self, **options: Any) -> Sequence[Mapping[str, Any]]:
        text, counts = export_config()
        if options["to"] is not None:
            try:
                options["to"].write_text(text, encoding="utf-8")
            except OSError as problem:
                raise CommandError(f"{options['to']} could not be written: {problem.strerror}.") from problem
        told = str(options["to"]) if options["to"] else text
        name = "file" if options["to"] else "yaml"
        return [{"section": section, "rows": number, name: told} for section, number in counts.items()]
