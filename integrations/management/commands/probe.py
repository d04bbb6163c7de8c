"""`manage.py probe`: what a live HaloPSA or console answers, as an anonymised report; reads only."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.management.probing import Report, probe_console, probe_halo
from integrations.management.reporting import named
from integrations.models import Console, HaloCredential


class Command(BaseCommand):
    help = (
        "Reads a little of HaloPSA and of the consoles (all enabled ones, or the named) and describes the "
        "answers: statuses, keys, types, codes, headers of rate limits. The report holds no name, address or "
        "number of anybody; read it before you send it to the project. Nothing is written anywhere."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--halo", metavar="NAME", help="only this HaloPSA credential")
        parser.add_argument("--console", metavar="NAME", help="only this console")
        parser.add_argument("--output", type=Path, metavar="FILE", help="write the report there")
        parser.add_argument("--json", action="store_true", help="as JSON instead of text")

    def handle(self, *_: Any, **options: Any) -> None:
        reports = list(_reports(options["halo"], options["console"]))
        if not reports:
            raise CommandError("There is no enabled HaloPSA credential and no enabled console.")
        data = [report.as_data() for report in reports]
        text = json.dumps(data, indent=2, ensure_ascii=False) if options["json"] else _as_text(data)
        if options["output"]:
            _write(options["output"], text)
            self.stdout.write(f"The report is in {options['output']}; read it before you send it.")
        else:
            self.stdout.write(text)
        if any(report.failed for report in reports):
            raise SystemExit(1)


def _reports(halo: str | None, console: str | None) -> Iterator[Report]:
    everything = not halo and not console
    credentials = HaloCredential.objects.filter(enabled=True) if everything else HaloCredential.objects.none()
    consoles = Console.objects.filter(enabled=True) if everything else Console.objects.none()
    for number, row in enumerate([named(HaloCredential, halo)] if halo else credentials, start=1):
        yield probe_halo(row, number)
    of_kind = Counter[str]()
    for console_row in [named(Console, console)] if console else consoles:
        of_kind[console_row.kind] += 1
        yield probe_console(console_row, of_kind[console_row.kind])


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise CommandError(f"The report could not be written to {path}: {error.strerror}.") from None


def _as_text(data: list[dict[str, Any]]) -> str:
    return "\n\n".join("\n".join(_lines(report)) for report in data)


def _lines(report: dict[str, Any]) -> Iterator[str]:
    yield f"=== {report['about']} ==="
    if report["failed"]:
        yield f"Failed: {report['failed']}"
    for row in report["answers"]:
        yield f"{row['question']}\n    {row['answer']}"
    for row in report["requests"]:
        statuses = ", ".join(f"{status} ×{number}" for status, number in row["statuses"].items())
        yield f"--- {row['request']}: {statuses}"
        yield from (f"    {path}: {line}" for path, line in row["shape"].items())
