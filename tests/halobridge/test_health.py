"""`/healthz`, `/readyz`, `/metrics`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.utils import OperationalError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from halobridge import health
from integrations.choices import ConnectionState, Purpose
from integrations.models import BudgetPermit, HaloCredential, Heartbeat
from integrations.runs.budget import BudgetGate
from tests.builders import make_console, make_credential
from tests.halobridge.api.worlds import SECRETS, World


def beat(seconds_ago: float = 0, *clusters: str) -> None:
    for cluster in clusters or health.clusters():
        Heartbeat.objects.update_or_create(
            host="here",
            cluster=cluster,
            defaults={"stamped_at": timezone.now() - timedelta(seconds=seconds_ago)},
        )


def ready() -> tuple[int, Any]:
    answer = Client().get("/readyz")
    return answer.status_code, answer.json()


# ---- alive ----------------------------------------------------------------------------------


def test_being_alive_needs_no_database() -> None:
    # Without the mark for the database, a query fails this test.
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


# ---- ready ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_it_is_ready_when_everything_answers() -> None:
    beat()
    status, body = ready()
    assert (status, body["status"]) == (200, "ready")
    assert {"database", "migrations", "cache", "queue"} == set(body["components"])
    assert all(component["ok"] and component["detail"] for component in body["components"].values())


@pytest.mark.django_db
def test_each_cluster_has_to_be_at_work() -> None:
    beat(0, settings.Q_CLUSTER["name"])
    status, body = ready()
    assert status == 503
    assert f"“{settings.DELIVERY_CLUSTER}” has never been at work" in body["components"]["queue"]["detail"]
    beat(600, settings.DELIVERY_CLUSTER)
    detail = ready()[1]["components"]["queue"]["detail"]
    assert f"“{settings.DELIVERY_CLUSTER}” was last at work 600 s ago" in detail


@pytest.mark.django_db
def test_one_host_at_work_is_enough() -> None:
    beat()
    Heartbeat.objects.create(
        host="gone", cluster=settings.Q_CLUSTER["name"], stamped_at=timezone.now() - timedelta(days=1)
    )
    assert ready()[0] == 200


@pytest.mark.django_db
def test_a_cache_that_forgets_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    beat()
    monkeypatch.setattr(cache, "get", lambda key: None)
    status, body = ready()
    assert status == 503
    assert "does not keep" in body["components"]["cache"]["detail"]


@pytest.mark.django_db
def test_a_database_that_is_away_is_told_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> str:
        raise OperationalError("no route to postgres://user:swordfish@db")

    monkeypatch.setitem(health.CHECKS, "database", fail)
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["components"]["database"]["ok"] is False
    assert "swordfish" not in answer.content.decode()


@pytest.mark.django_db
def test_a_failing_credential_is_told_but_does_not_stop_the_machine() -> None:
    beat()
    make_credential(name="Main", state=ConnectionState.FAILED, state_reason="Wrong secret.")
    make_credential(state=ConnectionState.FAILED, enabled=False)
    make_console(name="Backup", state=ConnectionState.FAILED)
    status, body = ready()
    assert status == 200
    assert [row["name"] for row in body["failing_connections"]] == ["Main", "Backup"]


# ---- metrics --------------------------------------------------------------------------------


def scrape() -> dict[str, dict[tuple[str, ...], float]]:
    answer = Client().get("/metrics")
    assert answer.status_code == 200
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(answer.content.decode()):
        for sample in family.samples:
            labels = tuple(value for _, value in sorted(sample.labels.items()))
            found.setdefault(family.name, {})[labels] = sample.value
    return found


@pytest.mark.django_db
def test_the_numbers_are_those_of_the_tables() -> None:
    world = World()
    world.grow(3)
    beat(30)
    told = scrape()
    assert told["halobridge_runs"] == {("match", "queued"): 3, ("match", "running"): 1}
    assert told["halobridge_events"] == {("new",): 3}
    assert told["halobridge_alerts"] == {("undecided", "open"): 3}
    assert told["halobridge_tickets"] == {("planned",): 3}
    assert told["halobridge_halo_credentials"] == {("working",): HaloCredential.objects.count()}
    ages = told["halobridge_heartbeat_age_seconds"].values()
    assert all(30 <= age < 60 for age in ages)


@pytest.mark.django_db
def test_the_budget_is_the_fewest_calls_in_the_longest_window_of_any_credential() -> None:
    credential = make_credential(budget_calls=180, budget_seconds=300)
    make_credential(instance=credential.instance, budget_calls=20, budget_seconds=60)
    now = timezone.now()
    for seconds in (1, 30, 299, 301):
        BudgetPermit.objects.create(
            instance=credential.instance, taken_at=now - timedelta(seconds=seconds), purpose=60
        )
    told = scrape()
    label = (str(credential.instance_id), str(credential.instance))
    assert told["halobridge_budget_calls"][label] == 20
    assert told["halobridge_budget_window_seconds"][label] == 300
    assert told["halobridge_budget_used_calls"][label] == 3
    shares = told["halobridge_budget_share_calls"]
    assert shares[*label, "mirror"] == 12
    assert shares[*label, "assets"] == 16
    assert shares[*label, "tickets"] == 20


@pytest.mark.django_db
def test_a_budget_that_halo_found_too_large_is_told_beside_what_was_set() -> None:
    credential = make_credential(budget_calls=180)
    gate = BudgetGate(credential, Purpose.TICKETS)
    for _ in range(50):
        gate.take()
    gate.blocked(30)
    told = scrape()
    label = (str(credential.instance_id), str(credential.instance))
    assert told["halobridge_budget_calls"][label] == 45
    assert told["halobridge_budget_configured_calls"][label] == 180
    assert told["halobridge_budget_rate_limit_answers"][label] == 1


@pytest.mark.django_db
def test_a_scrape_costs_the_same_for_every_world_and_holds_no_secret() -> None:
    world = World()
    costs = []
    for count in (2, 20):
        world.grow(count)
        with CaptureQueriesContext(connection) as queries:
            text = Client().get("/metrics").content.decode()
        costs.append(len(queries))
        assert all(secret not in text for secret in SECRETS)
    assert costs[0] == costs[1] <= 15


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_they_are_only_read(path: str) -> None:
    assert Client().post(path).status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000", "bridge.example"])
def test_the_machine_itself_asks_by_loopback_whatever_name_the_world_uses(host: str, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["bridge.example"]
    settings.HALOBRIDGE_METRICS_TOKEN = "scraping"
    beat()
    caller = Client(headers={"host": host, "authorization": "Bearer scraping"})
    answers = [caller.get(path).status_code for path in ("/healthz", "/readyz", "/metrics")]
    assert answers == [200, 200, 200]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("host", "path"),
    [("127.0.0.1:8000", "/admin/login/"), ("127.0.0.1", "/api/v1/"), ("elsewhere.example", "/healthz")],
)
def test_all_else_is_asked_by_the_names_of_the_settings_only(host: str, path: str, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["bridge.example"]
    assert Client(headers={"host": host}).get(path).status_code == 400


@pytest.mark.django_db
def test_the_root_leads_to_the_admin() -> None:
    answer = Client().get("/")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
