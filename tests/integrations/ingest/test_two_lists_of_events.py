"""A console that lists some series whole and others only while they are open: each list is judged on its own.

And what a read could not look at stays as it was: it is no miss, and it takes none back.
"""

from __future__ import annotations

import pytest

from integrations.choices import EventState
from integrations.ingest.events import derived_resolves, open_series, store_events
from integrations.ingest.losses import OPEN_SERIES, SERIES
from integrations.ingest.vanished import ENDED, USUAL_ENDS
from integrations.models import Console, Event, HeldLoss, KnownSeries
from integrations.records import EventRecord
from integrations.runs import approvals
from tests.integrations.ingest import builders as make
from tests.integrations.ingest.builders import captured_sql

pytestmark = pytest.mark.django_db

ALERTS = ("rmm:",)


def make_events(family: str, count: int, state: str = "open") -> list[EventRecord]:
    return [
        make.make_event(f"{family}{n}", state, series_key=f"{family}:pc{n}:1", occurred_at=make.MORNING)
        for n in range(count)
    ]


def read(
    console: Console,
    records: list[EventRecord],
    waiting: list[str] | None = None,
    unread: set[str] | None = None,
) -> set[str]:
    """What the pipeline does with one read; the series whose end was concluded."""
    store_events(console, records)
    seen = {record.series_key for record in records}
    ended = derived_resolves(console, seen, listed_while_open=ALERTS, unread=unread or set(), waiting=waiting)
    store_events(console, ended)
    return {record.series_key for record in ended}


def keys(records: list[EventRecord]) -> set[str]:
    return {record.series_key for record in records}


# ---- two lists ------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, USUAL_ENDS - 1])
def test_a_few_alerts_may_all_end_while_the_plans_stay(count: int) -> None:
    console, waiting = make.make_console(), list[str]()
    plans, alerts = make_events("plan", 12), make_events("rmm", count)
    read(console, [*plans, *alerts])

    assert read(console, plans, waiting) == set()
    assert read(console, plans, waiting) == keys(alerts)
    assert waiting == []


@pytest.mark.parametrize("alerts_stay", [True, False])
def test_plans_that_are_suddenly_none_are_held_whatever_the_alerts_do(alerts_stay: bool) -> None:
    console, waiting = make.make_console(), list[str]()
    plans, alerts = make_events("plan", 3), make_events("rmm", 4)
    read(console, [*plans, *alerts])
    rest = alerts if alerts_stay else []
    ended = [read(console, rest, waiting) for _ in range(3)]

    assert set().union(*ended) == (set() if alerts_stay else keys(alerts))
    assert waiting == ["The list came back without any of the 3 known series of events."] * 3
    assert [loss.resource for loss in HeldLoss.objects.all()] == [SERIES]


def test_many_alerts_that_end_at_once_are_held_and_the_plans_are_not() -> None:
    console, waiting = make.make_console(), list[str]()
    plans, alerts = make_events("plan", 12), make_events("rmm", USUAL_ENDS)
    read(console, [*plans, *alerts])
    ended = [read(console, plans[1:], waiting) for _ in range(2)]

    assert ended == [set(), keys(plans[:1])]
    assert len(waiting) == 2
    assert [loss.resource for loss in HeldLoss.objects.all()] == [OPEN_SERIES]
    assert str(HeldLoss.objects.get()) == "20 of 20 series of events (open) missing"


def test_alerts_do_not_make_a_loss_of_plans_look_smaller() -> None:
    console, waiting = make.make_console(), list[str]()
    plans, alerts = make_events("plan", 10), make_events("rmm", 90)
    read(console, [*plans, *alerts])
    for _ in range(2):
        ended = read(console, [*plans[4:], *alerts], waiting)

    assert ended == set()
    assert waiting[0].startswith("4 of 10 series of events are missing at once")


def test_a_held_loss_of_alerts_is_approved_like_any_other() -> None:
    console = make.make_console()
    plans, alerts = make_events("plan", 12), make_events("rmm", USUAL_ENDS)
    read(console, [*plans, *alerts])
    read(console, plans)
    run = approvals.approve(HeldLoss.objects.all(), None)

    assert run.kind == "events"
    assert read(console, plans) == keys(alerts)
    assert not HeldLoss.objects.exists()


def test_both_losses_wait_with_one_run_of_events() -> None:
    console = make.make_console()
    read(console, [*make_events("plan", 3), *make_events("rmm", USUAL_ENDS)])
    read(console, [])
    losses = {loss.resource for loss in HeldLoss.objects.all()}
    run = approvals.approve(HeldLoss.objects.all(), None)
    run.state = "waiting"
    HeldLoss.objects.update(approved_at=None)

    assert losses == {SERIES, OPEN_SERIES}
    assert {loss.resource for loss in approvals.losses_of(run)} == losses


# ---- what was not looked at -----------------------------------------------------------------


def test_a_series_that_was_not_looked_at_does_not_end() -> None:
    console = make.make_console()
    plans, alerts = make_events("plan", 3), make_events("rmm", 2)
    read(console, [*plans, *alerts])
    for _ in range(5):
        assert read(console, plans, unread=keys(alerts)) == set()
    assert not KnownSeries.objects.filter(misses__gt=0).exists()


def test_only_reads_that_looked_at_it_count_as_missing_it() -> None:
    """Missed, not looked at, missed: that is twice. Not looked at, whatever often, is never."""
    console = make.make_console()
    plans, alerts = make_events("plan", 3), make_events("rmm", 1)
    read(console, [*plans, *alerts])

    assert read(console, plans) == set()
    for _ in range(3):
        assert read(console, plans, unread=keys(alerts)) == set()
    assert KnownSeries.objects.get(series_key="rmm:pc0:1").misses == 1
    assert read(console, plans) == keys(alerts)


def test_a_series_that_is_seen_between_two_misses_starts_anew() -> None:
    console = make.make_console()
    plans, alerts = make_events("plan", 3), make_events("rmm", 1)
    read(console, [*plans, *alerts])
    for records in (plans, [*plans, *alerts], plans):
        assert read(console, records) == set()


def test_what_is_both_seen_and_unread_was_seen() -> None:
    console = make.make_console()
    alerts = make_events("rmm", 1)
    read(console, alerts)
    read(console, [])
    read(console, alerts, unread=keys(alerts))

    assert KnownSeries.objects.get().misses == 0


def test_a_loss_is_judged_by_what_was_looked_at() -> None:
    """Twenty-five of twenty-five are gone; a hundred that nobody looked at say nothing for it."""
    console, waiting = make.make_console(), list[str]()
    looked_at, others = make_events("rmm", 125)[:25], make_events("rmm", 125)[25:]
    read(console, [*looked_at, *others])
    for _ in range(2):
        assert read(console, [], waiting, unread=keys(others)) == set()

    assert waiting == ["The list came back without any of the 25 known open series of events."] * 2


def test_an_end_that_was_not_stored_is_given_again_though_nobody_looked() -> None:
    console = make.make_console()
    alerts = make_events("rmm", 1)
    read(console, alerts)
    read(console, [])
    [lost] = derived_resolves(console, set(), listed_while_open=ALERTS)
    [again] = derived_resolves(console, set(), listed_while_open=ALERTS, unread=keys(alerts))

    assert again == lost


def test_a_read_that_looks_at_a_part_each_time_writes_nothing_while_nothing_changes() -> None:
    console = make.make_console()
    plans, alerts = make_events("plan", 3), make_events("rmm", 6)
    read(console, [*plans, *alerts])
    with captured_sql() as sql:
        for part in (0, 2, 4):
            now = alerts[part : part + 2]
            read(console, [*plans, *now], unread=keys(alerts) - keys(now))
    assert sql.writes == []


# ---- what is open ---------------------------------------------------------------------------


def test_open_series_are_those_whose_last_event_is_open() -> None:
    console, other = make.make_console(), make.make_console("Other")
    read(console, [*make_events("plan", 2), *make_events("rmm", 4)])
    read(other, make_events("rmm", 9))
    over = make.make_event("rmm0", "resolved", series_key="rmm:pc0:1", occurred_at=make.MORNING)
    read(console, [*make_events("plan", 2), over, *make_events("rmm", 3)[1:]])
    assert open_series(console, ALERTS) == {"rmm:pc1:1", "rmm:pc2:1", "rmm:pc3:1"}

    read(console, [*make_events("plan", 2), *make_events("rmm", 3)[1:]])
    assert KnownSeries.objects.get(console=console, series_key="rmm:pc3:1").misses == ENDED
    assert open_series(console, ALERTS) == {"rmm:pc1:1", "rmm:pc2:1"}
    assert Event.objects.filter(console=console, state=EventState.RESOLVED).count() == 2


def test_a_console_that_lists_all_alike_is_not_asked() -> None:
    console = make.make_console()
    read(console, make_events("plan", 2))
    with captured_sql() as sql:
        assert open_series(console, ()) == frozenset()
    assert sql.statements == []
    assert open_series(console, ("plan:", "rmm:")) == {"plan:pc0:1", "plan:pc1:1"}
