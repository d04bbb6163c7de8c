"""Alerts and tickets by REST."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from django.utils import timezone

from integrations.choices import RunKind
from integrations.models import Run
from tests.builders import make_console, make_credential
from tests.integrations.api.clients import make_caller
from ticketing.models import Alert, Decision, Ticket

pytestmark = pytest.mark.django_db

ALERTS = "/api/v1/alerts/"
TICKETS = "/api/v1/tickets/"
_numbers = count(1)


def make_alert(**values: Any) -> Alert:
    number, now = next(_numbers), timezone.now()
    defaults = {
        "identity": f"identity{number}",
        "halo_credential": values.get("halo_credential") or make_credential(),
        "console": make_console(),
        "series_key": f"plan:{number}",
        "event_type": "backup.failed",
        "title": f"Alert {number}",
        "state": "open",
        "opened_at": now,
        "newest_at": now,
    }
    return Alert.objects.create(**{**defaults, **values})


def make_ticket(**values: Any) -> Ticket:
    credential = make_credential()
    number = next(_numbers)
    defaults = {
        "instance": credential.instance,
        "halo_credential": credential,
        "group_key": f"key{number}",
        "marker": f"HB-{number}",
        "summary": f"Ticket {number}",
    }
    return Ticket.objects.create(**{**defaults, **values})


def test_an_alert_says_what_was_decided_and_why() -> None:
    alert = make_alert(decision=Decision.WAITING, reason="The company is not mapped.")
    make_alert(state="resolved")
    rows = make_caller().get(f"{ALERTS}?state=open").json()["results"]
    assert [row["id"] for row in rows] == [alert.pk]
    assert (rows[0]["decision"], rows[0]["reason"]) == ("waiting", "The company is not mapped.")


def test_a_ticket_names_its_alerts() -> None:
    ticket = make_ticket(halo_id=2042, state="open")
    alerts = [make_alert(ticket=ticket, halo_credential=ticket.halo_credential) for _ in range(2)]
    told = make_caller().get(f"{TICKETS}{ticket.pk}/").json()
    assert sorted(told["alerts"]) == sorted(alert.pk for alert in alerts)
    assert (told["halo_id"], told["marker"], told["state"]) == (2042, ticket.marker, "open")
    assert make_caller().get(f"{TICKETS}?halo_id=2042").json()["count"] == 1


def test_an_alert_of_the_baseline_can_be_chosen() -> None:
    alert = make_alert(decision=Decision.BASELINE, baseline=True)
    answer = make_caller().post(f"{ALERTS}{alert.pk}/choose/")
    assert answer.status_code == 200, answer.content
    assert (answer.json()["baseline"], answer.json()["decision"]) == (False, "wanted")
    assert Run.objects.get().kind == RunKind.DELIVER


def test_any_other_alert_cannot() -> None:
    alert = make_alert(decision=Decision.NOT_WANTED)
    assert make_caller().post(f"{ALERTS}{alert.pk}/choose/").status_code == 409
    assert not Run.objects.exists()


def test_alerts_and_tickets_are_read_only() -> None:
    alert, ticket, caller = make_alert(), make_ticket(), make_caller()
    for path in (f"{ALERTS}{alert.pk}/", f"{TICKETS}{ticket.pk}/"):
        assert caller.patch(path, {"state": "closed"}, format="json").status_code == 405
        assert caller.delete(path).status_code == 405
