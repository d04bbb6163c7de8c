"""Alerts → wanted tickets, notes and closings, as intentions. Reads and writes the database only.

An alert's news is everything that happened since planning last looked: repeats become notes, the end of an
occurrence a closing, a new occurrence a new ticket. Alerts are looked at under their row locks, so that an
event that arrives meanwhile finds the alert planned and makes it pending again; what two planners could
still do at once, the unique constraints on tickets and intentions refuse, and the chunk is looked at again.
"""

from __future__ import annotations

from collections import Counter

from django.db import IntegrityError, transaction

from integrations.models import Instance, Run
from integrations.runs.acts import again_if_broken_off
from ticketing.models import Alert
from ticketing.planning.alerts import AlertPlanner
from ticketing.planning.closing import plan_closings
from ticketing.planning.drafts import Draft
from ticketing.planning.rejudging import judge_again_after_change
from ticketing.planning.situation import Situation, to_plan
from ticketing.refusals import follow_lanes

CHUNK = 500
MOST_TRIES = 3
"""How often a chunk is looked at when another planner gets in between."""


def plan_tickets(instance: Instance, run: Run | None = None) -> dict[str, int]:
    """Plan what the alerts of this instance need; counts by what was planned. Constant SQL per 500 alerts.

    Counts: creates, notes, closes, cancelled (resolved before they were sent), waiting, baseline, not_wanted.
    """
    counts: Counter[str] = Counter()
    judge_again_after_change(instance)
    after: int | None = 0
    while after is not None:
        after = _plan_chunk(instance, run, after, counts)
    counts.update(plan_closings(instance, run))
    follow_lanes(instance)
    return {name: number for name, number in counts.items() if number}


@again_if_broken_off
def _plan_chunk(instance: Instance, run: Run | None, after: int, counts: Counter[str]) -> int | None:
    """Plan the next alerts behind this primary key; return the last one's, or None if there were none."""
    for attempt in range(1, MOST_TRIES + 1):
        try:
            with transaction.atomic():
                alerts = list(to_plan(instance).filter(pk__gt=after)[:CHUNK])
                if not alerts:
                    return None
                draft = _draft(alerts, run)
                draft.store()
        except IntegrityError:
            if attempt == MOST_TRIES:
                raise
            continue
        counts.update(draft.counts)
        return alerts[-1].pk
    return None


def _draft(alerts: list[Alert], run: Run | None) -> Draft:
    seen = Situation.of(alerts)
    draft = Draft(run, seen.storms)
    # What has been open longest is sent first.
    for alert in sorted(alerts, key=lambda alert: (alert.opened_at, alert.pk)):
        AlertPlanner(alert, seen, draft).plan()
    return draft
