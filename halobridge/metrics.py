"""Numbers for Prometheus: one collector, a handful of aggregate queries at each scrape, nothing kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone
from django_q.models import OrmQ
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from integrations.models import (
    BudgetPermit,
    Console,
    Event,
    HaloCredential,
    Heartbeat,
    Instance,
    Intention,
    Run,
)
from ticketing.models import Alert, Ticket

DEFAULT_BUDGET = (180, 300)


class StateCollector(Collector):
    """Everything is a gauge: it is read from the tables, so every web process tells the same."""

    def describe(self) -> Iterable[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        yield counted("runs", "Runs by kind and state.", Run.objects.all(), "kind", "state")
        yield counted("events", "Stored events by status.", Event.objects.all(), "status")
        yield counted("alerts", "Alerts by state and decision.", Alert.objects.all(), "state", "decision")
        yield counted("tickets", "Tickets by state.", Ticket.objects.all(), "state")
        yield counted("intentions", "Writes by kind and state.", Intention.objects.all(), "kind", "state")
        yield counted(
            "halo_credentials", "HaloPSA credentials by state.", HaloCredential.objects.all(), "state"
        )
        yield counted("consoles", "Consoles by kind and state.", Console.objects.all(), "kind", "state")
        yield counted("queue_tasks", "Tasks that wait, by queue.", OrmQ.objects.all(), "key")
        yield from budgets()
        yield heartbeats()


def counted(name: str, help_text: str, rows: QuerySet[Any], *labels: str) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"halobridge_{name}", help_text, labels=labels)
    for *values, number in rows.order_by().values_list(*labels).annotate(number=Count("pk")):
        family.add_metric([str(value) for value in values], number)
    return family


def heartbeats() -> GaugeMetricFamily:
    family = GaugeMetricFamily(
        "halobridge_heartbeat_age_seconds", "Since a cluster was last at work.", labels=("host", "cluster")
    )
    now = timezone.now()
    for host, cluster, stamped in Heartbeat.objects.values_list("host", "cluster").annotate(
        Max("stamped_at")
    ):
        family.add_metric([host, cluster], max(0.0, (now - stamped).total_seconds()))
    return family


def budgets() -> Iterator[Metric]:
    """Size and use of each instance's window; the smallest size among its credentials counts."""
    instances = list(Instance.objects.order_by("pk"))
    windows = _windows()
    used = _used({row.pk: windows.get(row.pk, DEFAULT_BUDGET)[1] for row in instances})
    calls = _per_instance("budget_calls", "Calls that the window allows.")
    used_calls = _per_instance("budget_used_calls", "Calls in the present window.")
    stopped = _per_instance("writes_stopped", "1: all writing has been stopped.")
    paused = _per_instance("paused", "1: the instance rests until a probe succeeds.")
    for row in instances:
        label = [str(row.pk), str(row)]
        calls.add_metric(label, windows.get(row.pk, DEFAULT_BUDGET)[0])
        used_calls.add_metric(label, used.get(row.pk, 0))
        stopped.add_metric(label, row.writes_stopped)
        paused.add_metric(label, row.paused_since is not None)
    yield from (calls, used_calls, stopped, paused)


def _per_instance(name: str, help_text: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"halobridge_{name}", help_text, labels=("instance", "name"))


def _windows() -> dict[int, tuple[int, int]]:
    found: dict[int, tuple[int, int]] = {}
    rows = HaloCredential.objects.values_list("instance_id", "budget_calls", "budget_seconds")
    for instance, calls, seconds in rows:
        known = found.get(instance)
        if known is None or calls / seconds < known[0] / known[1]:
            found[instance] = (calls, seconds)
    return found


def _used(seconds_of: dict[int, int]) -> dict[int, int]:
    if not seconds_of:
        return {}
    now = timezone.now()
    in_window = (
        Q(instance=pk, taken_at__gt=now - timedelta(seconds=seconds)) for pk, seconds in seconds_of.items()
    )
    rows = BudgetPermit.objects.filter(reduce(or_, in_window))
    return dict(rows.order_by().values_list("instance").annotate(Count("pk")))
