"""Numbers for Prometheus: one collector, a handful of aggregate queries at each scrape, nothing kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Count, Max, QuerySet
from django.utils import timezone
from django_q.models import OrmQ
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from halobridge import run_metrics
from integrations.choices import Purpose
from integrations.models import (
    Console,
    Event,
    HaloCredential,
    Heartbeat,
    Instance,
    Intention,
)
from integrations.runs.window import used_in, windows_of
from ticketing.models import Alert, Ticket


class StateCollector(Collector):
    """Everything is read from the tables, so every web process tells the same."""

    def describe(self) -> Iterable[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        yield from run_metrics.runs()
        yield run_metrics.failures()
        yield counted("events", "Stored events by status.", Event.objects.all(), "status")
        yield counted("alerts", "Alerts by state and decision.", Alert.objects.all(), "state", "decision")
        yield counted("tickets", "Tickets by state.", Ticket.objects.all(), "state")
        yield counted("intentions", "Writes by kind and state.", Intention.objects.all(), "kind", "state")
        yield counted(
            "halo_credentials", "HaloPSA credentials by state.", HaloCredential.objects.all(), "state"
        )
        yield counted("consoles", "Consoles by kind and state.", Console.objects.all(), "kind", "state")
        yield counted("queue_tasks", "Tasks that wait, by queue.", OrmQ.objects.all(), "key")
        yield run_metrics.queue_ages()
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
    """Size, shares and use of each instance's window, and how often HaloPSA found it too large."""
    instances = list(Instance.objects.order_by("pk"))
    windows = windows_of(instances)
    used = used_in(windows)
    calls = _per_instance("budget_calls", "Calls that the window allows at present.")
    configured = _per_instance("budget_configured_calls", "Calls that staff have set for the window.")
    seconds = _per_instance("budget_window_seconds", "Length of the window.")
    used_calls = _per_instance("budget_used_calls", "Calls in the present window.")
    shares = _per_instance(
        "budget_share_calls", "Calls up to which this work may fill the window.", "purpose"
    )
    refused = CounterMetricFamily(
        "halobridge_budget_rate_limit_answers",
        "Answers 429 (too many requests) of HaloPSA.",
        labels=("instance", "name"),
    )
    stopped = _per_instance("writes_stopped", "1: all writing has been stopped.")
    paused = _per_instance("paused", "1: the instance rests until a probe succeeds.")
    for row in instances:
        label, window = [str(row.pk), str(row)], windows[row.pk]
        calls.add_metric(label, window.calls)
        configured.add_metric(label, window.configured)
        seconds.add_metric(label, window.seconds)
        used_calls.add_metric(label, used.get(row.pk, 0))
        for purpose in Purpose:
            shares.add_metric([*label, purpose.name.lower()], window.room(purpose))
        refused.add_metric(label, row.rate_limit_answers)
        stopped.add_metric(label, row.writes_stopped)
        paused.add_metric(label, row.paused_since is not None)
    yield from (calls, configured, seconds, used_calls, shares, refused, stopped, paused)
    yield run_metrics.calls_of(instances)


def _per_instance(name: str, help_text: str, *more: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"halobridge_{name}", help_text, labels=("instance", "name", *more))
