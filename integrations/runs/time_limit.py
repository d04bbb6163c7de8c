"""The total time that a run may take."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.utils import timezone

from integrations.choices import RunKind
from integrations.models import Run

READING: Final = frozenset(
    {
        RunKind.TEST_HALO,
        RunKind.TEST_CONSOLE,
        RunKind.SYNC_HALO,
        RunKind.SYNC_CONSOLE,
        RunKind.EVENTS,
        RunKind.MATCH,
        RunKind.PLAN_ASSETS,
        RunKind.SOFTWARE,
        RunKind.SWEEP,
        RunKind.LOOK_UPLOAD,
        RunKind.LOOK_SHEET,
    }
)
"""Kinds that are cut when they take too long: what they leave undone the next one does.

Deliveries and asset exports are not. What they write may have no answer yet, which has to be looked up in
the run that sent it, and while a HaloPSA is away they rest for as long as that lasts: cut off, a ticket
would come late or never, and an export would leave staff with a part of what they had confirmed.
"""


def over_time(run: Run) -> str:
    """The sentence for staff where a run has been at it for too long; '' otherwise.

    Counted from its start. What rests for the API limit is counted, too: such a run would never end.
    """
    hours = settings.HALOBRIDGE_RUN_HOURS
    if run.kind not in READING or run.started_at is None:
        return ""
    if timezone.now() - run.started_at < timedelta(hours=hours):
        return ""
    return (
        f"It was ended after {hours:g} hours, the total limit of a run. What it has read until then is kept; "
        "the next one goes on. If the API limit held it up, read less or allow more calls."
    )
