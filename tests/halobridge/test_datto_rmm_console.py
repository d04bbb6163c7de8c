"""A Datto RMM account from the credential to stored events: reads, the ends of alerts, deliveries."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from integrations.choices import ConnectionState, EventState, RunKind, RunState
from integrations.management.probing import probe_console
from integrations.management.reporting import execute_here
from integrations.models import ApiToken, Company, Computer, Console, Event, Run
from integrations.runs.request import request_deliveries, request_events
from integrations.sandbox.datto_rmm.console import DattoApplication
from integrations.sandbox.datto_rmm.constants import API_KEY, API_SECRET
from integrations.sandbox.datto_rmm.fleet import DELETED, ON_DEMAND
from integrations.sandbox.datto_rmm.world import DattoWorld
from integrations.sandbox.server import Sandbox
from tests.connected import connect_console, read_console

pytestmark = pytest.mark.django_db

TOKEN = "hook-token-of-this-console"
SECRET = "our-own-word"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start() as running:
        yield running


@pytest.fixture
def console(sandbox: Sandbox) -> Console:
    return connect_console(
        sandbox,
        name="Datto",
        kind="datto_rmm",
        base_url=sandbox.url("datto_rmm"),
        credentials={"api_key": API_KEY, "api_secret": API_SECRET, "webhook_secret": SECRET},
        hook_token_digest=ApiToken.digest_of(TOKEN),
    )


def read_events(console: Console) -> None:
    """As a run of its own: it asks for what has come since the one before."""
    run = execute_here(request_events(Console.objects.get(pk=console.pk)))
    assert run.state == RunState.SUCCEEDED, run.error


def states(console: Console, uid: str) -> list[str]:
    rows = Event.objects.filter(console=console, series_key=uid).order_by("occurred_at", "pk")
    return list(rows.values_list("state", flat=True))


def audits_asked_for(sandbox: Sandbox) -> int:
    return sum("/audit/" in exchange.path for exchange in sandbox.fronts["datto_rmm"].requests)


def deliver(uid: str, secret: str = SECRET, expected: int = 202) -> None:
    """As Datto RMM posts it."""
    body = {"platform": "merlot", "alert_uid": uid, "event": "raised"}
    headers = {"X-HaloBridge-Secret": secret}
    answer = Client().post(
        f"/hooks/consoles/{TOKEN}/", body, content_type="application/json", headers=headers
    )
    assert answer.status_code == expected


def read_deliveries(console: Console) -> None:
    run = execute_here(request_deliveries(console))
    assert run.state == RunState.SUCCEEDED, run.error


def waiting_reads(console: Console) -> int:
    return Run.objects.filter(console=console, kind=RunKind.EVENTS, state=RunState.QUEUED).count()


def test_everything_is_stored_where_it_belongs(sandbox: Sandbox, console: Console) -> None:
    datto = sandbox.world.of(DattoWorld)
    places = {uid for uid, row in datto.sites.items() if row["name"] not in (ON_DEMAND, DELETED)}
    owned = [row for row in datto.devices.values() if row["siteUid"] in places and not row["deleted"]]
    assert console.state == ConnectionState.WORKING, console.state_reason
    assert read_console(console).state == RunState.SUCCEEDED

    assert set(Company.objects.filter(console=console).values_list("external_id", flat=True)) == places
    assert Computer.objects.filter(console=console, company__isnull=False).count() == len(owned)
    waits = Computer.objects.get(console=console, eligible=False)
    assert (waits.name, waits.company) == ("AWAY-0", None)


def test_a_second_sync_audits_few_devices_and_keeps_the_hardware_of_the_others(
    sandbox: Sandbox, console: Console
) -> None:
    read_console(console)
    first = audits_asked_for(sandbox)
    stored = dict(Computer.objects.filter(console=console).values_list("external_id", "serial_number"))
    sandbox.fronts["datto_rmm"].requests.clear()
    read_console(console)

    assert first > 100
    assert audits_asked_for(sandbox) < first / 5
    again = dict(Computer.objects.filter(console=console).values_list("external_id", "serial_number"))
    assert again == stored
    assert sum(serial != "" for serial in again.values()) > 100


def test_a_new_device_is_audited_at_the_next_sync(sandbox: Sandbox, console: Console) -> None:
    datto = sandbox.world.of(DattoWorld)
    uid = next(uid for uid, row in datto.devices.items() if uid in datto.audits and not row["deleted"])
    kept = datto.devices.pop(uid)
    read_console(console)
    datto.devices[uid] = kept
    read_console(console)

    serial = datto.audits[uid]["bios"]["serialNumber"]
    assert Computer.objects.get(console=console, external_id=uid).serial_number == serial


def test_alerts_open_and_end_once_each(sandbox: Sandbox, console: Console) -> None:
    read_console(console)
    read_events(console)
    uid = sandbox.event("datto-alert", alert="offline")["alert"]
    for _ in range(2):
        read_events(console)
    assert states(console, uid) == [EventState.OPEN]
    sandbox.event("datto-resolve")
    for _ in range(3):
        read_events(console)

    assert states(console, uid) == [EventState.OPEN, EventState.RESOLVED]
    event = Event.objects.get(console=console, series_key=uid, state=EventState.OPEN)
    assert event.computer is not None
    assert event.company_id == event.computer.company_id


def test_what_ended_without_a_word_is_concluded_after_two_reads(sandbox: Sandbox, console: Console) -> None:
    read_events(console)
    ended, lasting = (sandbox.event("datto-alert")["alert"] for _ in range(2))
    read_events(console)
    with sandbox.lock:
        sandbox.console(DattoApplication).happenings.forget_alert(ended)
    read_events(console)
    assert states(console, ended) == [EventState.OPEN]
    read_events(console)

    assert states(console, ended) == [EventState.OPEN, EventState.RESOLVED]
    assert states(console, lasting) == [EventState.OPEN]


def test_what_is_guessed_is_looked_for_on_a_live_account(sandbox: Sandbox, console: Console) -> None:
    sandbox.event("datto-alert", alert="unheard-of")
    answers = dict(probe_console(console, 1).answers)

    assert "quantum_entanglement_ctx" in answers["5. Classes of alerts, that of the file system among them"]
    assert "250" in answers["5. Largest page"]
    assert "Laptop" in answers["Categories and classes of devices"]


# ---- deliveries -----------------------------------------------------------------------------


def test_a_delivery_makes_the_alert_be_read_at_once(sandbox: Sandbox, console: Console) -> None:
    read_console(console)
    Run.objects.all().delete()
    uid = sandbox.event("datto-alert")["alert"]
    deliver(uid)
    read_deliveries(console)
    assert states(console, uid) == [], "nothing in the delivery itself is believed"
    assert waiting_reads(console) == 1
    read_events(console)

    assert states(console, uid) == [EventState.OPEN]


def test_many_deliveries_wait_for_one_read(sandbox: Sandbox, console: Console) -> None:
    Run.objects.all().delete()
    for number in range(5):
        deliver(f"c8f1a2b3-4d5e-4f60-9a7b-8c9d0e1f2a3{number}")
        read_deliveries(console)

    assert waiting_reads(console) == 1


@pytest.mark.parametrize(
    ("uid", "secret", "status"),
    [("c8f1a2b3-4d5e-4f60-9a7b-8c9d0e1f2a3b", "a-guess", 401), ("[alert_uid]", SECRET, 202)],
)
def test_a_delivery_without_the_secret_or_an_alert_makes_nothing_be_read(
    sandbox: Sandbox, console: Console, uid: str, secret: str, status: int
) -> None:
    Run.objects.all().delete()
    deliver(uid, secret, status)
    read_deliveries(console)

    assert waiting_reads(console) == 0
