"""A series that a complete list of events does not hold any more has ended; a bad list ends nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from integrations.choices import EventState
from integrations.ingest.events import derived_resolves, store_events
from integrations.models import Console, Event, KnownSeries
from integrations.records import EventRecord
from tests.integrations.ingest import builders as make
from tests.integrations.ingest.builders import captured_sql

pytestmark = pytest.mark.django_db


def make_plans(count: int, state: str = "open") -> list[EventRecord]:
    return [
        make.make_event(
            f"plan{number}@run1",
            state,
            series_key=f"plan:{number}",
            occurred_at=make.MORNING,
            severity="critical",
            computer_external_id=f"pc{number}",
        )
        for number in range(count)
    ]


def read(console: Console, records: list[EventRecord]) -> list[EventRecord]:
    """What the pipeline does with one complete list; the derived resolves, stored."""
    store_events(console, records)
    vanished = derived_resolves(console, {record.series_key for record in records})
    assert store_events(console, vanished) == ["stored"] * len(vanished)
    return vanished


def make_console_with(records: list[EventRecord]) -> Console:
    console = make.make_console()
    assert read(console, records) == []
    return console


def test_a_series_that_two_complete_lists_miss_is_resolved_once() -> None:
    console = make_console_with(make_plans(10))
    assert read(console, make_plans(9)) == []
    [resolve] = read(console, make_plans(9))
    assert (resolve.external_id, resolve.state, resolve.series_key) == ("plan9@run1", "resolved", "plan:9")
    assert (resolve.event_type, resolve.severity) == ("backup.failed", "critical")
    assert resolve.computer_external_id == "pc9"
    assert "two complete reads" in resolve.message
    stored = Event.objects.latest("pk")
    assert (stored.state, stored.title) == (EventState.RESOLVED, "No longer listed: Backup failed")
    for _ in range(2):
        assert read(console, make_plans(9)) == []
    with captured_sql() as sql:
        assert read(console, make_plans(9)) == []
    assert sql.writes == []


def test_a_series_that_is_missed_once_and_seen_again_starts_anew() -> None:
    console = make_console_with(make_plans(10))
    for count in (9, 10, 9, 10):
        assert read(console, make_plans(count)) == []
    assert not KnownSeries.objects.filter(misses__gt=0).exists()
    assert not Event.objects.filter(state=EventState.RESOLVED).exists()


def test_a_series_that_was_resolved_before_it_vanished_needs_no_end() -> None:
    console = make_console_with(make_plans(10))
    done = make.make_event("plan9@run2", "resolved", series_key="plan:9")
    read(console, [*make_plans(9), done])
    for _ in range(3):
        assert read(console, make_plans(9)) == []
    assert Event.objects.filter(series_key="plan:9").count() == 2


def test_resolves_that_were_not_stored_are_given_again() -> None:
    """The worker died between concluding the end and storing it."""
    console = make_console_with(make_plans(10))
    read(console, make_plans(9))
    [lost] = derived_resolves(console, {record.series_key for record in make_plans(9)})
    [again] = derived_resolves(console, {record.series_key for record in make_plans(9)})
    assert again == lost
    assert store_events(console, [lost, again]) == ["stored", "duplicate"]
    assert read(console, make_plans(9)) == []


@pytest.mark.parametrize(("kept", "held"), [(0, True), (6, True), (7, False)])
def test_a_large_loss_ends_nothing_and_says_why(kept: int, held: bool) -> None:
    console = make_console_with(make_plans(10))
    for _ in range(3):
        waiting: list[str] = []
        seen = {record.series_key for record in make_plans(kept)}
        store_events(console, derived_resolves(console, seen, waiting=waiting))
    assert Event.objects.filter(state=EventState.RESOLVED).count() == (0 if held else 10 - kept)
    assert bool(waiting) == held
    if held:
        assert "series of events" in waiting[0]
        assert not KnownSeries.objects.filter(misses__gt=0).exists()


def test_resolved_series_count_as_known_when_a_loss_is_judged() -> None:
    console = make_console_with(make_plans(3) + make_plans(30, "resolved")[3:])
    for _ in range(2):
        vanished = read(console, make_plans(30, "resolved")[3:])
    assert len(vanished) == 3


def test_series_of_another_console_and_events_without_series_are_left_alone() -> None:
    console, other = make_console_with(make_plans(10)), make.make_console("Other")
    store_events(other, [*make_plans(10), make.make_event("loose")])
    for _ in range(3):
        assert derived_resolves(other, {"plan:0", ""}) == []
        read(console, make_plans(9))
    assert Event.objects.filter(console=other, state=EventState.RESOLVED).count() == 0


def test_a_series_that_comes_back_with_the_same_run_is_open_again_and_newer_than_its_end() -> None:
    console = make_console_with(make_plans(10))
    for _ in range(2):
        read(console, make_plans(9))
    ended = Event.objects.get(state=EventState.RESOLVED)
    assert read(console, make_plans(10)) == []
    reopened = Event.objects.latest("pk")
    assert (reopened.state, reopened.external_id) == (EventState.OPEN, "plan9@run1")
    assert reopened.occurred_at == ended.occurred_at + timedelta(microseconds=1)
    count = Event.objects.count()
    read(console, make_plans(10))
    assert Event.objects.count() == count
    for _ in range(2):
        vanished = read(console, make_plans(9))
    assert len(vanished) == 1


def test_a_series_that_comes_back_with_a_run_from_before_its_end_is_newer_than_its_end() -> None:
    console = make_console_with(make_plans(10))
    for _ in range(2):
        read(console, make_plans(9))
    run = make.make_event("plan9@run2", series_key="plan:9", occurred_at=make.MORNING + timedelta(minutes=5))
    read(console, [*make_plans(9), run])
    reopened, ended = Event.objects.order_by("-pk")[:2]
    assert (reopened.external_id, ended.state) == ("plan9@run2", EventState.RESOLVED)
    assert reopened.occurred_at > ended.occurred_at
    count = Event.objects.count()
    read(console, [*make_plans(9), run])
    assert Event.objects.count() == count


def test_a_very_long_series_key_is_known_again() -> None:
    console = make.make_console()
    long = {"plan:" + "x" * 400, "plan:" + "x" * 400 + "y"}
    derived_resolves(console, long)
    with captured_sql() as sql:
        derived_resolves(console, long)
    assert sql.writes == []
    assert KnownSeries.objects.count() == 2


def test_a_series_may_vanish_and_come_back_again_and_again() -> None:
    console = make_console_with(make_plans(10))
    for turn in range(1, 4):
        for _ in range(2):
            read(console, make_plans(9))
        read(console, make_plans(10))
        states = Event.objects.filter(series_key="plan:9").order_by("pk").values_list("state", flat=True)
        assert list(states) == ["open", *["resolved", "open"] * turn]
    times = list(
        Event.objects.filter(series_key="plan:9").order_by("pk").values_list("occurred_at", flat=True)
    )
    assert times == sorted(times)


def test_a_series_that_is_back_is_told_once_although_the_worker_died_right_after() -> None:
    console = make_console_with(make_plans(10))
    for _ in range(2):
        read(console, make_plans(9))
    outcomes = [store_events(console, make_plans(10))[9] for _ in range(2)]
    assert outcomes == ["stored", "duplicate"]


def test_an_old_resolve_that_comes_along_with_a_series_that_is_back_stays_a_repeat() -> None:
    console = make.make_console()
    old = make.make_event("plan9@run1", "resolved", series_key="plan:9", occurred_at=make.MORNING)
    read(console, [*make_plans(9), old])
    read(console, make_plans(10))
    for _ in range(2):
        read(console, make_plans(9))
    assert store_events(console, [make_plans(10)[9], old]) == ["stored", "duplicate"]


@pytest.mark.parametrize("timed", [True, False])
def test_an_older_occurrence_of_a_series_may_come_back_after_a_newer_one_bore_its_end(timed: bool) -> None:
    """The end is told with the id of the newest; the older one, listed again, is news all the same."""
    rest = make_plans(9)
    at = make.MORNING if timed else None
    older, newer = (
        make.make_event(name, "open", series_key="plan:9", occurred_at=at) for name in ("first", "second")
    )
    console = make_console_with([*rest, older])
    read(console, [*rest, newer])
    read(console, rest)
    [resolve] = read(console, rest)
    assert resolve.external_id == "second"

    assert store_events(console, [*rest, older])[-1] == "stored"
    assert store_events(console, [*rest, older])[-1] == "duplicate"
    read(console, [*rest, older])
    assert store_events(console, [*rest, older])[-1] == "duplicate"
    assert Event.objects.filter(external_id="first", state=EventState.OPEN).count() == 2
