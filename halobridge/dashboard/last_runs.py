"""The last runs that say something: not those that come and go by themselves every minute."""

from __future__ import annotations

from typing import Final

from django.db.models import QuerySet

from integrations.choices import RunKind, RunState
from integrations.models import Run

ROUTINE: Final = (
    RunKind.EVENTS,
    RunKind.DELIVERIES,
    RunKind.ROUTE,
    RunKind.DELIVER,
    RunKind.WATCH,
    RunKind.CANARY,
)
"""Asked for by each tick, or by whatever arrives: in three minutes they would push out an export."""
SHOWN: Final = 8


def last_runs() -> QuerySet[Run]:
    """The newest first: all that staff asked for, that failed or goes on, and that is no routine."""
    uneventful = {"kind__in": ROUTINE, "state": RunState.SUCCEEDED, "requested_by": None}
    rows = Run.objects.exclude(**uneventful)
    return rows.select_related("plan", "halo_credential", "console", "instance")[:SHOWN]
