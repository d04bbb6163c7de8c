"""How runs fare and how long they wait, for Prometheus.

Runs, results and permits are cleaned up, so sums over all of them would shrink; told is the last hour.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Count, DurationField, ExpressionWrapper, F, Max, Min, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric

from integrations.choices import Purpose, RunState, StepState
from integrations.models import BudgetPermit, Entry, Instance, Run, Step
from integrations.runs.ends import BAD
from integrations.runs.request import TICKET_KINDS

HOUR: Final = timedelta(hours=1)
_TOOK: Final = ExpressionWrapper(F("ended_at") - F("started_at"), output_field=DurationField())


def _gauge(name: str, help_text: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"halobridge_{name}", help_text, labels=labels)


def runs() -> Iterator[Metric]:
    """One statement for all: the table is gone through once."""
    now = timezone.now()
    ended = Q(ended_at__gt=now - HOUR)
    counts = _gauge("runs", "Runs by kind and state.", "kind", "state")
    ends = _gauge("runs_ended_last_hour", "Runs that ended within the last hour.", "kind", "state")
    took = _gauge("run_seconds_last_hour", "Seconds that these took together.", "kind", "state")
    longest = _gauge("run_seconds_longest_last_hour", "Seconds of the longest of these.", "kind", "state")
    calls = _gauge("run_calls_last_hour", "Calls to HaloPSA that these took.", "kind", "state")
    going = _gauge("run_oldest_running_seconds", "Since the oldest running one has started.", "kind")
    rows = Run.objects.order_by().values("kind", "state")
    for row in rows.annotate(
        number=Count("pk"),
        ended=Count("pk", filter=ended),
        took=Sum(_TOOK, filter=ended),
        longest=Max(_TOOK, filter=ended),
        spent=Sum("calls", filter=ended),
        oldest=Min("started_at", filter=Q(state=RunState.RUNNING)),
    ):
        labels = [row["kind"], row["state"]]
        counts.add_metric(labels, row["number"])
        if row["ended"]:
            ends.add_metric(labels, row["ended"])
            took.add_metric(labels, _seconds(row["took"]))
            longest.add_metric(labels, _seconds(row["longest"]))
            calls.add_metric(labels, row["spent"])
        if row["oldest"]:
            going.add_metric(labels[:1], _since(row["oldest"], now))
    yield from (counts, ends, took, longest, calls, going)


def failures() -> GaugeMetricFamily:
    family = _gauge("failures_last_hour", "Results of these runs that were not done as wanted.", "outcome")
    found: dict[str, int] = dict(
        Entry.objects.filter(run__ended_at__gt=timezone.now() - HOUR, outcome__in=BAD)
        .order_by()
        .values_list("outcome")
        .annotate(Count("pk"))
    )
    for outcome in BAD:
        family.add_metric([outcome], found.get(outcome, 0))
    return family


def calls_of(instances: list[Instance]) -> GaugeMetricFamily:
    """Every attempt has taken a permit, also those of no run: tests, look-ups, choices of a page."""
    labels = ("instance", "name", "purpose")
    family = _gauge("calls_last_hour", "Calls to HaloPSA within the last hour.", *labels)
    found = {
        (instance, purpose): number
        for instance, purpose, number in BudgetPermit.objects.filter(taken_at__gt=timezone.now() - HOUR)
        .order_by()
        .values_list("instance", "purpose")
        .annotate(Count("pk"))
    }
    for row in instances:
        for purpose in Purpose:
            number = found.get((row.pk, int(purpose)), 0)
            family.add_metric([str(row.pk), str(row), purpose.name.lower()], number)
    return family


def queue_ages() -> GaugeMetricFamily:
    """How long the oldest work waits that could be done at once; what rests on purpose does not wait."""
    now = timezone.now()
    due = Q(run__state=RunState.QUEUED, not_before=None) | Q(
        run__state__in=(RunState.QUEUED, RunState.RUNNING), not_before__lte=now
    )
    waits: dict[str, Any] = dict(
        Step.objects.filter(due, state=StepState.QUEUED)
        .order_by()
        .values_list("run__kind")
        .annotate(since=Min(Coalesce("not_before", "run__requested_at")))
    )
    ages = dict.fromkeys((settings.Q_CLUSTER["name"], settings.DELIVERY_CLUSTER), 0.0)
    for kind, since in waits.items():
        queue = settings.DELIVERY_CLUSTER if kind in TICKET_KINDS else settings.Q_CLUSTER["name"]
        ages[queue] = max(ages[queue], _since(since, now))
    family = _gauge("queue_oldest_seconds", "How long the oldest work waits that could be done.", "queue")
    for queue, age in ages.items():
        family.add_metric([queue], age)
    return family


def _since(moment: datetime, now: datetime) -> float:
    return max(0.0, (now - moment).total_seconds())


def _seconds(took: timedelta | None) -> float:
    """A run that was cancelled before it began took no time."""
    return took.total_seconds() if took else 0.0
