"""Promise 8: secrets go through the whole product and are searched for in everything that it leaves."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse

from halobridge import sandboxed
from integrations.choices import ConnectionState
from integrations.management.reporting import execute_here
from integrations.runs.request import (
    request_console_sync,
    request_events,
    request_halo_sync,
    request_routing,
)
from integrations.sandbox.server import Sandbox
from tests.connected import connect_console, connect_halo

pytestmark = pytest.mark.django_db
WRONG = "wrong-but-still-secret-4711"


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox.start(state_dir=tmp_path, seed=1) as running:
        yield running


def everything_stored() -> str:
    """All rows of all tables as text."""
    parts = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            parts += [repr(row) for row in cursor.fetchall()]
    return "\n".join(parts)


def every_page(client: Client) -> str:
    """Every list and change page of the admin, the dashboard, and every list of the REST API."""
    addresses = [reverse("admin:index"), "/metrics", "/readyz", "/api/v1/schema/"]
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        addresses.append(reverse(f"{name}_changelist"))
        for row in model._default_manager.all()[:2]:
            addresses.append(reverse(f"{name}_change", args=[row.pk]))
    for prefix in (
        "halo-credentials",
        "consoles",
        "runs",
        "events",
        "computers",
        "alerts",
        "tickets",
        "plans",
    ):
        try:
            addresses.append(reverse(f"{prefix}-list"))
        except NoReverseMatch:
            addresses.append(f"/api/v1/{prefix}/")
    pages = []
    for address in addresses:
        answer = client.get(address, follow=True)
        assert answer.status_code in {200, 403, 405}, (address, answer.status_code)
        pages.append(answer.content.decode(errors="replace"))
    return "\n".join(pages)


def test_no_secret_is_in_any_log_row_or_page(sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = [
        sandboxed.CLIENT_SECRET,
        sandboxed.MSP360["password"],
        sandboxed.MSP360["rmm_token"],
        WRONG,
    ]
    credential = connect_halo(sandbox, name="Right")
    assert credential.state == ConnectionState.WORKING
    assert connect_halo(sandbox, name="Wrong", client_secret=WRONG).state == ConnectionState.FAILED
    console = connect_console(sandbox, name="Right", rmm=True)
    assert console.state == ConnectionState.WORKING
    wrong = connect_console(sandbox, name="Wrong", password=WRONG)
    assert wrong.state == ConnectionState.FAILED
    for run in (request_halo_sync(credential), request_console_sync(console), request_events(console)):
        assert execute_here(run).state in {"succeeded", "partial"}
    execute_here(request_routing())
    credential.refresh_from_db()
    secrets.append(credential.access_token)
    assert credential.access_token

    User.objects.create_superuser("admin", password="x")
    client = Client()
    client.force_login(User.objects.get())
    places = {"log": caplog.text, "database": everything_stored(), "pages": every_page(client)}
    for place, text in places.items():
        for secret in secrets:
            assert secret not in text, f"a secret is in the {place}"
    assert "Computer" in places["pages"]
    assert "HTTP" in places["log"] or "http" in places["log"]
