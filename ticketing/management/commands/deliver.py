"""`manage.py deliver`: events to tickets, once, in this process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from integrations.management.reporting import ReportingCommand, execute_here, row_of
from integrations.models import Instance
from integrations.runs.request import request_delivery, request_routing


class Command(ReportingCommand):
    help = (
        "Judge new events and bring what follows to HaloPSA: new tickets, notes and closings. What has to "
        "rest (a lost answer, a used-up API limit) is left to the queue. Exit 1 if something failed."
    )

    def rows_of(self, **_: Any) -> Sequence[Mapping[str, Any]]:
        rows = [row_of(execute_here(request_routing()), "all events")]
        for instance in Instance.objects.filter(credentials__enabled=True).distinct().order_by("pk"):
            rows.append(row_of(execute_here(request_delivery(instance)), str(instance)))
        return rows
