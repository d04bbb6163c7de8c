"""What the days brought: tickets opened, noted and closed, events by category. Each bar leads to its list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from django.db.models import F, Q, QuerySet
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils.http import urlencode

from halobridge.dashboard.figures import Figures
from integrations.catalogue import category_of
from integrations.choices import IntentionKind, IntentionState
from integrations.models import Event, Intention
from integrations.models.days import DAYS_TOLD, WEEK, last_days, on_days
from integrations.sync.charts import Bar, Chart
from ticketing.models import Ticket

_TICKETS: Final[tuple[tuple[str, str, str, str, Mapping[str, object]], ...]] = (
    ("opened", "Tickets opened", "ticketing_ticket", "created_at", {"is_test__exact": 0}),
    (
        "noted",
        "Notes added",
        "integrations_intention",
        "finished_at",
        {"kind__exact": IntentionKind.ADD_NOTE.value, "state__exact": IntentionState.DONE.value},
    ),
    ("ended", "Tickets closed", "ticketing_ticket", "closed_at", {"is_test__exact": 0}),
)


def chart_figures() -> dict[str, tuple[QuerySet[Any], Any]]:
    """What is counted by day and by event type, for the statement of all figures."""
    days = last_days(DAYS_TOLD)
    tickets = Ticket.objects.filter(is_test=False)
    notes = Intention.objects.filter(kind=IntentionKind.ADD_NOTE, state=IntentionState.DONE)
    opened = tickets.filter(on_days("created_at", days[0], days[-1]), halo_id__isnull=False)
    events = Event.objects.filter(_in_the_week())
    return {
        "opened": (opened, TruncDate("created_at")),
        "noted": (notes.filter(on_days("finished_at", days[0], days[-1])), TruncDate("finished_at")),
        "ended": (tickets.filter(on_days("closed_at", days[0], days[-1])), TruncDate("closed_at")),
        "events": (events, F("event_type")),
    }


def _in_the_week() -> Q:
    return on_days("received_at", last_days(7)[0], last_days(1)[0])


def ticket_charts(figures: Figures) -> list[Chart]:
    return [
        Chart(
            key,
            title,
            "Day",
            [_bar(figures.get(key, {}), day, model, field, query) for day in last_days(DAYS_TOLD)],
            upright=True,
            counted=title,
            small=True,
        )
        for key, title, model, field, query in _TICKETS
    ]


def _bar(by_day: Mapping[str, int], day: Any, model: str, field: str, query: Mapping[str, object]) -> Bar:
    known = {**query, f"{field}_on": day.isoformat()}
    url = f"{reverse(f'admin:{model}_changelist')}?{urlencode(known)}"
    return Bar(f"{day:%d %b}", by_day.get(day.isoformat(), 0), url)


def event_chart(figures: Figures) -> Chart:
    """The categories of the last seven days, the most frequent first."""
    counts: Counter[str] = Counter()
    for key, number in figures.get("events", {}).items():
        counts[category_of(key)] += number
    events = reverse("admin:integrations_event_changelist")
    bars = [
        Bar(name, number, f"{events}?{urlencode({'category': name, 'received_at_on': WEEK})}")
        for name, number in counts.most_common()
    ]
    return Chart("events", "Events by category, last 7 days", "Category", bars, counted="Events")
