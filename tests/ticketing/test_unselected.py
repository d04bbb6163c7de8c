"""What consoles tell and no event set selects is listed for staff, and added to a set beside its row."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from integrations.models import Event
from tests.builders import make_console
from tests.integrations.admin.made import make_staff
from tests.integrations.api.clients import make_caller
from tests.integrations.ingest.builders import statements_of
from ticketing.models import EventSet
from ticketing.unselected import unselected

pytestmark = pytest.mark.django_db

PAGE = "admin:ticketing_eventset_unselected"
LIST = "/api/v1/event-sets/unselected/"


def make_events(count: int, event_type: str, code: str = "", console: Any = None, **more: Any) -> None:
    console = console or make_console()
    for number in range(count):
        values = {
            "external_id": f"{event_type}{code}{number}",
            "fingerprint": f"{console.pk}{event_type}{code}{number}",
            "state": "open",
            "title": "Something",
            "occurred_at": timezone.now(),
            **more,
        }
        Event.objects.create(console=console, event_type=event_type, vendor_code=code, **values)


def test_what_no_set_selects_is_listed_by_console_type_and_code_the_most_frequent_first() -> None:
    EventSet.objects.create(name="Backups", event_types=["backup.failed"])
    console = make_console()
    make_events(3, "backup.failed", console=console)
    make_events(1, "device.other", "new_thing", console=console)
    make_events(2, "device.other", "newer_thing", console=console)
    make_events(1, "device.other", "newer_thing")

    rows = unselected()

    assert [(row.vendor_code, row.events) for row in rows] == [
        ("newer_thing", 2),
        ("new_thing", 1),
        ("newer_thing", 1),
    ]
    assert rows[0].newest.vendor_code == "newer_thing"
    assert rows[0].event_type_name == "Monitoring: Other monitoring event"


def test_what_is_older_or_tells_of_an_end_does_not_count() -> None:
    make_events(1, "device.other", state="resolved")
    make_events(1, "agent.other", received_at=timezone.now() - timedelta(days=31))
    assert unselected() == []
    assert len(unselected(days=60)) == 1


def test_it_takes_four_statements_however_much_there_is() -> None:
    make_events(5, "device.other", "a")
    make_events(5, "agent.other", "b")
    assert statements_of(unselected) == 3 + 1


def test_a_type_is_added_to_a_set_beside_its_row_and_leaves_the_list(browser: Client) -> None:
    chosen = EventSet.objects.create(name="Devices", event_types=["backup.failed"])
    make_events(2, "device.other", "new_thing")
    assert "new_thing" in browser.get(reverse(PAGE)).content.decode()

    sent = {"event_set": chosen.pk, "event_type": "device.other"}
    page = browser.post(reverse(PAGE), sent, follow=True).content.decode()

    chosen.refresh_from_db()
    assert chosen.event_types == ["backup.failed", "device.other"]
    assert "selects “Other monitoring event” from now on" in page
    assert "is in an event set" in page
    assert "already" in browser.post(reverse(PAGE), sent, follow=True).content.decode()
    chosen.refresh_from_db()
    assert len(chosen.event_types) == 2


@pytest.mark.parametrize("sent", [{}, {"event_set": "99", "event_type": "device.other"}])
def test_a_set_that_is_gone_is_told(browser: Client, sent: dict[str, str]) -> None:
    assert "may be gone" in browser.post(reverse(PAGE), sent, follow=True).content.decode()


def test_an_event_type_that_nobody_knows_is_not_added(browser: Client) -> None:
    chosen = EventSet.objects.create(name="Devices", event_types=[])
    browser.post(reverse(PAGE), {"event_set": chosen.pk, "event_type": "nonsense"})
    chosen.refresh_from_db()
    assert chosen.event_types == []


def test_without_a_set_the_page_says_what_to_do(browser: Client) -> None:
    make_events(1, "device.other")
    assert "Make an event set first." in browser.get(reverse(PAGE)).content.decode()


def test_who_may_only_look_adds_nothing(client: Client) -> None:
    chosen = EventSet.objects.create(name="Devices", event_types=[])
    make_events(1, "device.other")
    client.force_login(make_staff("reader", "ticketing.view_eventset"))
    assert "<select" not in client.get(reverse(PAGE)).content.decode().split("Seen, in no event set", 2)[-1]
    answer = client.post(reverse(PAGE), {"event_set": chosen.pk, "event_type": "device.other"})
    assert answer.status_code == 403
    client.force_login(make_staff("stranger"))
    assert client.get(reverse(PAGE)).status_code == 403


def test_programs_read_the_same_list() -> None:
    make_events(2, "device.other", "new_thing")
    answer = make_caller().get(LIST, {"days": "7"})
    [row] = answer.json()
    assert (row["event_type"], row["vendor_code"], row["events"]) == ("device.other", "new_thing", 2)
    assert make_caller().get(LIST, {"days": "0"}).status_code == 400
