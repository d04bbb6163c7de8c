"""What staff decide: about a storm, and that something which was held back may be looked at again."""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from integrations.choices import EventState
from integrations.models import Instance
from integrations.runs.request import request_delivery
from ticketing import lanes
from ticketing.models import Alert, Decision, Storm, StormState, Ticket
from ticketing.noise.gathering import QUIET_OCCURRENCE
from ticketing.planning.closing import Over, close

RELEASED: Final = "Released from a storm by staff: it gets a ticket of its own."
_WORDS: Final = {
    StormState.RELEASED: "Released by staff: each alert that is still open gets a ticket of its own.",
    StormState.DISSOLVED: "Dissolved by staff: its alerts get no tickets of their own.",
}
UNDECIDED: Final = (StormState.GOING_ON, StormState.OVER)


class NothingToDecide(Exception):
    """Somebody has decided already, or its ticket is closed. The text is a sentence for staff."""


def release(storm: Storm, by: Any) -> int:
    """Give each alert of it that is still open a ticket of its own and close the one that listed them.

    How many. The storm guard does not stop these tickets. Raises NothingToDecide.
    """
    return _decide(storm, by, StormState.RELEASED, decision=Decision.WANTED, reason=RELEASED, baseline=False)


def dissolve(storm: Storm, by: Any) -> int:
    """Close the ticket that lists them; the alerts that are open get none until they come back. How many."""
    quiet = {"decision": Decision.NOT_WANTED, "quiet_occurrence": F("occurrence")}
    return _decide(storm, by, StormState.DISSOLVED, reason=QUIET_OCCURRENCE, **quiet)


def _decide(storm: Storm, by: Any, state: StormState, **changes: Any) -> int:
    with transaction.atomic():
        waiting = Storm.objects.filter(pk=storm.pk, state__in=UNDECIDED)
        if storm.ticket_id is None or not Ticket.objects.filter(pk=storm.ticket_id, current=True).exists():
            raise NothingToDecide("Its ticket is closed: there is nothing to decide any more.")
        ended = {"ended_at": storm.ended_at or timezone.now()}
        if not waiting.update(state=state, decided_by=by if by and by.pk else None, **ended):
            raise NothingToDecide("Somebody else has decided about this storm.")
        rows = Alert.objects.filter(ticket=storm.ticket_id).select_for_update().order_by("pk")
        alerts = list(rows)
        ticket = Ticket.objects.select_for_update(of=("self",)).get(pk=storm.ticket_id)
        still = [alert for alert in alerts if alert.state == EventState.OPEN]
        if alerts:
            last = alerts[-1]
            over = Over(ticket, last.pk, last.occurrence, None, timezone.now(), words=_WORDS[state])
            close([over], None, release=True)
        lanes.free_creates(still)
        Alert.objects.filter(pk__in=[alert.pk for alert in still]).update(
            ticket=None, pending=True, look_again_at=None, **changes
        )
    request_delivery(ticket.instance)
    return len(still)


def noise_changed() -> None:
    """A window, a snooze or a setting has changed: what is held back is judged again at once."""
    held = Alert.objects.filter(decision=Decision.HELD, state=EventState.OPEN)
    held.update(look_again_at=timezone.now())
    for instance in Instance.objects.filter(credentials__enabled=True).distinct():
        request_delivery(instance)
