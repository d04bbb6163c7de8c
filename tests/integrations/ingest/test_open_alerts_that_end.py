"""A console that lists only its open alerts: few may all end in a day, many at once are held back."""

from __future__ import annotations

import pytest

from integrations.choices import EventState
from integrations.ingest.events import derived_resolves, store_events
from integrations.ingest.vanished import USUAL_ENDS
from integrations.models import Console, Event, KnownSeries
from integrations.records import EventRecord
from tests.integrations.ingest import builders as make
from tests.integrations.ingest.builders import captured_sql

pytestmark = pytest.mark.django_db


def make_alerts(count: int, state: str = "open") -> list[EventRecord]:
    return [
        make.make_event(f"alert{number}", state, series_key=f"alert:{number}", occurred_at=make.MORNING)
        for number in range(count)
    ]


def read(console: Console, records: list[EventRecord], waiting: list[str] | None = None) -> list[EventRecord]:
    """What the pipeline does with one complete list of what is open."""
    store_events(console, records)
    seen = {record.series_key for record in records if record.state == "open"}
    ended = derived_resolves(console, seen, only_open=True, waiting=waiting)
    store_events(console, ended)
    return ended


@pytest.mark.parametrize("count", [1, 3, USUAL_ENDS - 1])
def test_few_alerts_may_all_end_without_anybody_being_asked(count: int) -> None:
    console, waiting = make.make_console(), list[str]()
    read(console, make_alerts(count))

    assert read(console, [], waiting) == []
    assert len(read(console, [], waiting)) == count
    assert waiting == []


def test_a_single_empty_list_ends_nothing() -> None:
    console = make.make_console()
    for records in (make_alerts(3), [], make_alerts(3), [], make_alerts(3)):
        assert read(console, records) == []
    assert not Event.objects.filter(state=EventState.RESOLVED).exists()


@pytest.mark.parametrize(("kept", "held"), [(0, True), (9, True), (10, False)])
def test_of_many_alerts_half_may_end_at_once(kept: int, held: bool) -> None:
    console, waiting = make.make_console(), list[str]()
    read(console, make_alerts(USUAL_ENDS))
    for _ in range(2):
        ended = read(console, make_alerts(kept), waiting)

    assert len(ended) == (0 if held else USUAL_ENDS - kept)
    assert bool(waiting) == held


def test_alerts_whose_end_was_told_are_no_loss_when_they_leave_the_list() -> None:
    console, waiting = make.make_console(), list[str]()
    read(console, make_alerts(60))
    read(console, [*make_alerts(60, "resolved")[5:], *make_alerts(5)], waiting)

    assert len(read(console, make_alerts(4), waiting)) == 0
    assert len(read(console, make_alerts(4), waiting)) == 1
    assert waiting == []
    assert Event.objects.filter(state=EventState.RESOLVED).count() == 56


def test_an_alert_that_comes_back_after_its_end_is_followed_again() -> None:
    console = make.make_console()
    read(console, make_alerts(2))
    read(console, make_alerts(2, "resolved")[1:] + make_alerts(1))
    again = make.make_event("alert1b", series_key="alert:1")
    read(console, [*make_alerts(1), again])

    read(console, make_alerts(1))
    [ended] = read(console, make_alerts(1))
    assert ended.series_key == "alert:1"
    assert not KnownSeries.objects.filter(series_key="alert:0", misses__gt=0).exists()


def test_a_list_that_has_not_changed_writes_nothing() -> None:
    console = make.make_console()
    read(console, make_alerts(30))
    read(console, make_alerts(30, "resolved")[20:] + make_alerts(20))
    read(console, make_alerts(20))
    with captured_sql() as sql:
        read(console, make_alerts(20))
    assert sql.writes == []
