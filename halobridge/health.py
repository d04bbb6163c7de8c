"""Is it alive, is it ready, how is it doing: `/healthz`, `/readyz`, `/metrics`."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from halobridge.metrics import StateCollector
from halobridge.onlookers import may_look
from integrations.choices import ConnectionState
from integrations.models import Console, HaloCredential, Heartbeat

log = logging.getLogger(__name__)

STALE_AFTER = timedelta(minutes=3)
"""A cluster stamps at least once a minute; the watcher restarts it after the same time."""

NOT_OPEN = (
    "Figures are for callers on this machine, for those with a token (HALOBRIDGE_METRICS_TOKEN, or one of "
    "the REST API that may read), or for all where HALOBRIDGE_METRICS_OPEN is set.\n"
)

_registry = CollectorRegistry(auto_describe=False)
_registry.register(StateCollector())


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers. Touches nothing else."""
    return JsonResponse({"status": "alive"})


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Names of connections are labels, so it is for `may_look` only, unless the settings open it."""
    if not settings.HALOBRIDGE_METRICS_OPEN and not may_look(request):
        return HttpResponse(NOT_OPEN, "text/plain", 401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(generate_latest(_registry), content_type=CONTENT_TYPE_LATEST)


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 if it can do its work, else 503; a sentence for each component either way. Callers who are not
    known are told no more than which component is not."""
    components = {name: _judge(check) for name, check in CHECKS.items()}
    ready = all(component["ok"] for component in components.values())
    body: dict[str, Any] = {"status": "ready" if ready else "not ready", "components": components}
    if not may_look(request):
        body["components"] = {name: {"ok": component["ok"]} for name, component in components.items()}
    elif components["database"]["ok"]:
        body["failing_connections"] = _failing_connections()
    return JsonResponse(body, status=200 if ready else 503)


class NotReady(Exception):
    """A component is not fit for work; the text is the sentence for staff."""


def _judge(check: Callable[[], str]) -> dict[str, Any]:
    try:
        return {"ok": True, "detail": check()}
    except NotReady as problem:
        return {"ok": False, "detail": str(problem)}
    except Exception:
        # Drivers of database and cache raise what they like; the answer must name the component all the same.
        log.exception("A check of readiness failed")
        return {"ok": False, "detail": "It does not answer; the log of the server has the details."}


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return "The database answers."


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        raise NotReady(f"{len(waiting)} migrations have not been applied; run: manage.py migrate.")
    return "All migrations are applied."


def _cache() -> str:
    stamp = timezone.now().isoformat()
    cache.set("halobridge:ready", stamp, 60)
    if cache.get("halobridge:ready") is None:
        raise NotReady("The cache does not keep what is stored in it.")
    return "The cache answers."


def _queue() -> str:
    """Each of our clusters must have been seen at work, on whatever host."""
    now = timezone.now()
    if stopped := stopped_clusters(now):
        raise NotReady(" ".join(_silence(name, stamped, now) for name, stamped in stopped.items()))
    return "All queue clusters are at work."


def stopped_clusters(now: datetime) -> dict[str, datetime | None]:
    """Clusters that were at work on no host for minutes, and when they were last (None: never)."""
    seen = dict(Heartbeat.objects.order_by().values_list("cluster").annotate(Max("stamped_at")))
    last = {name: seen.get(name) for name in clusters()}
    return {name: at for name, at in last.items() if at is None or now - at > STALE_AFTER}


def clusters() -> list[str]:
    return [settings.Q_CLUSTER["name"], *settings.Q_CLUSTER.get("ALT_CLUSTERS", {})]


def _silence(name: str, stamped: Any, now: Any) -> str:
    if stamped is None:
        return f"The queue cluster “{name}” has never been at work."
    return f"The queue cluster “{name}” was last at work {(now - stamped).total_seconds():.0f} s ago."


def _failing_connections() -> list[dict[str, Any]]:
    """For information: a broken credential is no reason to take this machine out of service."""
    found: list[dict[str, Any]] = []
    for what, model in (("halo_credential", HaloCredential), ("console", Console)):
        rows = model.objects.filter(enabled=True, state=ConnectionState.FAILED)
        for name, since, reason in rows.values_list("name", "failing_since", "state_reason"):
            found.append({"kind": what, "name": name, "failing_since": since, "reason": reason})
    return found


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "migrations": _migrations,
    "cache": _cache,
    "queue": _queue,
}

__all__ = ["clusters", "healthz", "metrics", "readyz"]
