"""Events are stored before anybody is told that they were accepted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from integrations.choices import EventStatus
from integrations.ingest import console_side
from integrations.ingest.events import store_events
from integrations.models import Company, Computer, Console, Event
from integrations.records import FindingRecord
from tests.integrations.ingest import builders as make

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def make_inhabited_console() -> Console:
    console = make.make_console()
    console_side.store_companies(console, make.make_companies(2))
    console_side.store_computers(console, make.make_computers(2, companies=2))
    return console


def stored(console: Console, **values: Any) -> Event:
    assert store_events(console, [make.make_event(**values)], received_at=NOON) == ["stored"]
    return Event.objects.latest("pk")


def test_it_keeps_what_was_said_and_who_said_it() -> None:
    console = make_inhabited_console()
    event = stored(
        console,
        series_key="plan:1",
        severity="critical",
        message="Disk full",
        occurred_at=make.MORNING,
        company_external_id="c1",
        computer_external_id="pc1",
        raw={"PlanId": 1},
    )
    assert (event.console, event.external_id, event.event_type) == (console, "e1", "backup.failed")
    assert (event.series_key, event.severity, event.title, event.message) == (
        *("plan:1", "critical"),
        *("Backup failed", "Disk full"),
    )
    assert event.company == Company.objects.get(external_id="c1")
    assert event.computer == Computer.objects.get(external_id="pc1")
    assert (event.occurred_at, event.received_at, event.time_was_sent) == (make.MORNING, NOON, True)
    assert (event.status, event.reason, event.raw) == (EventStatus.NEW, "", {"PlanId": 1})
    assert not event.first_read


def test_the_first_read_of_a_console_is_marked() -> None:
    store_events(make.make_console(), [make.make_event()], first_read=True)
    assert Event.objects.get().first_read


def test_a_known_computer_tells_the_company() -> None:
    event = stored(make_inhabited_console(), computer_external_id="pc1")
    assert event.company == Company.objects.get(external_id="c1")
    assert event.company_external_id == ""


def test_a_company_that_was_named_wins_over_that_of_the_computer() -> None:
    event = stored(make_inhabited_console(), company_external_id="c0", computer_external_id="pc1")
    assert event.company == Company.objects.get(external_id="c0")


def test_an_unknown_company_and_computer_are_kept_by_name_with_a_reason() -> None:
    event = stored(make_inhabited_console(), company_external_id="acme", computer_external_id="PC-X")
    assert (event.company, event.computer) == (None, None)
    assert (event.company_external_id, event.computer_external_id) == ("acme", "PC-X")
    assert event.reason == (
        "The console does not know a company 'acme' (yet). The console does not know a computer 'PC-X' (yet)."
    )


def test_things_of_another_console_are_unknown() -> None:
    make_inhabited_console()
    event = stored(make.make_console("Other"), company_external_id="c1", computer_external_id="pc1")
    assert (event.company, event.computer) == (None, None)


def test_a_time_in_the_future_becomes_the_time_of_receipt() -> None:
    console = make.make_console()
    for sent in (
        NOON + timedelta(seconds=1),
        datetime(2100, 1, 1, tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
    ):
        event = stored(console, external_id=f"at {sent}", occurred_at=sent)
        assert (event.occurred_at, event.time_was_sent) == (NOON, True)


@pytest.mark.parametrize(
    "sent",
    [
        None,
        datetime(1899, 12, 30, tzinfo=UTC),
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(1999, 12, 31, 23, 59),  # noqa: DTZ001
        datetime.min,  # noqa: DTZ901
        datetime.max,  # noqa: DTZ901
    ],
)
def test_a_time_that_says_never_counts_as_not_sent(sent: datetime | None) -> None:
    console = make.make_console(time_zone="America/New_York")
    event = stored(console, occurred_at=sent)
    assert (event.occurred_at, event.time_was_sent) == (NOON, False)
    assert store_events(console, [make.make_event(occurred_at=sent)]) == ["duplicate"]


def test_a_naive_time_is_in_the_zone_of_its_console() -> None:
    naive = datetime(2026, 3, 1, 9)  # noqa: DTZ001
    console = make.make_console(time_zone="Europe/Berlin")
    assert stored(console, occurred_at=naive).occurred_at == datetime(2026, 3, 1, 8, tzinfo=UTC)
    same = naive.replace(tzinfo=ZoneInfo("Europe/Berlin"))
    assert store_events(console, [make.make_event(occurred_at=same)]) == ["duplicate"]


def test_a_console_with_an_impossible_zone_still_stores() -> None:
    naive = datetime(2026, 3, 1, 9)  # noqa: DTZ001
    event = stored(make.make_console(time_zone="Mars/Olympus"), occurred_at=naive)
    assert event.occurred_at == make.MORNING


def test_awkward_texts_are_made_to_fit() -> None:
    event = stored(
        make.make_console(),
        external_id="e" * 400,
        event_type="t" * 100,
        title="\x00" + "T" * 600,
        message="a\x00b",
        severity="terrible",
        series_key="s" * 400,
        computer_external_id="p" * 400,
        raw={"a\x00": float("inf")},
    )
    lengths = (event.external_id, event.event_type, event.title, event.series_key, event.computer_external_id)
    assert [len(text) for text in lengths] == [300, 80, 500, 300, 200]
    assert (event.message, event.severity, event.raw) == ("ab", "medium", {"a": "inf"})
    assert len(event.reason) <= 500


def test_an_event_without_a_title_is_called_by_its_type() -> None:
    assert stored(make.make_console(), title="").title == "backup.failed"


def test_a_state_that_nobody_knows_is_told_as_open() -> None:
    assert stored(make.make_console(), state="on fire for a long time").state == "open"


def test_no_events_are_no_problem() -> None:
    assert store_events(make.make_console(), []) == []


def test_findings_are_bounded_and_storable() -> None:
    finding = FindingRecord(product="7-Zip\x00", installed_version="1" * 300, cve="CVE-2024-11477")
    event = stored(make.make_console(), product="7-Zip\x00" * 100, findings=(finding,) * 250)
    assert len(event.findings) == 200
    assert event.findings[0] == {
        "product": "7-Zip",
        "installed_version": "1" * 200,
        "fixed_version": "",
        "severity": "",
        "asset": "",
        "cve": "CVE-2024-11477",
    }
    assert event.product == ("7-Zip" * 100)[:200]
