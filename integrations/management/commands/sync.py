"""`manage.py sync`: read Halo and the consoles now, in this process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.management.base import CommandParser

from integrations.management.reporting import ReportingCommand, execute_here, named, row_of
from integrations.models import Console, HaloCredential
from integrations.registry import connector_class
from integrations.runs.request import request_console_sync, request_events, request_halo_sync


class Command(ReportingCommand):
    help = "Read HaloPSA credentials and consoles (all enabled ones, or the named)."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--halo", metavar="NAME", help="only this HaloPSA credential")
        parser.add_argument("--console", metavar="NAME", help="only this console")

    def rows_of(self, **options: Any) -> Sequence[Mapping[str, Any]]:
        halo, console = options["halo"], options["console"]
        everything = not halo and not console
        credentials = [named(HaloCredential, halo)] if halo else []
        consoles = [named(Console, console)] if console else []
        if everything:
            credentials = list(HaloCredential.objects.filter(enabled=True).select_related("instance"))
            consoles = list(Console.objects.filter(enabled=True))
        rows = [row_of(execute_here(request_halo_sync(row, full=True)), row.name) for row in credentials]
        for row in consoles:
            abilities = connector_class(row.kind).abilities
            if abilities.computers:
                rows.append(row_of(execute_here(request_console_sync(row)), row.name))
            if abilities.events or abilities.mails:
                rows.append(row_of(execute_here(request_events(row)), row.name))
        return rows
