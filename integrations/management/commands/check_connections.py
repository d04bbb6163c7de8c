"""`manage.py check_connections`: test every enabled credential and console now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from integrations.management.reporting import ReportingCommand, execute_here, row_of
from integrations.models import Console, HaloCredential
from integrations.runs.request import request_console_test, request_halo_test


class Command(ReportingCommand):
    help = "Test every enabled HaloPSA credential and console; exit 1 if one fails."

    def rows_of(self, **options: Any) -> Sequence[Mapping[str, Any]]:
        rows = []
        for credential in HaloCredential.objects.filter(enabled=True).select_related("instance"):
            rows.append(row_of(execute_here(request_halo_test(credential)), credential.name))
        for console in Console.objects.filter(enabled=True):
            rows.append(row_of(execute_here(request_console_test(console)), console.name))
        return rows
