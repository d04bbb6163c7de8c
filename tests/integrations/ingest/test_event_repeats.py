"""A repeat is told as a duplicate; what comes back after its end is news."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.ingest import events
from integrations.ingest.events import store_events
from integrations.models import Console, Event
from integrations.records import EventRecord
from tests.integrations.ingest import builders as make
from tests.integrations.ingest.test_any_order import undone

pytestmark = pytest.mark.django_db

T1 = make.MORNING
T2 = T1 + timedelta(hours=1)


def told(console: Console, *states_and_times: tuple[str, Any]) -> list[str]:
    """Outcomes of events of one external id, each in a call of its own."""
    return [
        store_events(console, [make.make_event(state=state, occurred_at=sent)])[0]
        for state, sent in states_and_times
    ]


def test_the_same_id_state_and_time_is_a_duplicate() -> None:
    assert told(make.make_console(), ("open", T1), ("open", T1), ("open", T2), ("resolved", T2)) == [
        *("stored", "duplicate", "stored", "stored")
    ]


def test_a_late_copy_of_an_old_timed_event_is_a_duplicate_after_the_end_too() -> None:
    assert told(make.make_console(), ("open", T1), ("resolved", T2), ("open", T1))[-1] == "duplicate"


def test_open_again_after_resolved_is_stored_anew_although_no_time_is_sent() -> None:
    states = ["open", "open", "resolved", "resolved", "open", "open", "resolved", "open"]
    outcomes = told(make.make_console(), *((state, None) for state in states))
    assert outcomes == ["stored", "duplicate"] * 3 + ["stored", "stored"]
    assert Event.objects.values("fingerprint").distinct().count() == Event.objects.count() == 5


def test_the_same_story_in_one_array_has_the_same_outcomes() -> None:
    states = ["open", "open", "resolved", "resolved", "open", "open"]
    records = [make.make_event(state=state) for state in states]
    assert store_events(make.make_console(), records) == ["stored", "duplicate"] * 3
    assert list(Event.objects.order_by("pk").values_list("state", flat=True)) == ["open", "resolved", "open"]


def test_timed_and_untimed_events_of_one_id_share_its_story() -> None:
    outcomes = told(make.make_console(), ("open", T1), ("open", None), ("resolved", None), ("open", None))
    assert outcomes == ["stored", "duplicate", "stored", "stored"]


def test_ids_of_two_consoles_are_two() -> None:
    for name in ("One", "Two"):
        assert told(make.make_console(name), ("open", T1), ("resolved", None)) == ["stored", "stored"]


def test_purging_old_events_never_makes_a_new_change_look_old() -> None:
    console = make.make_console()
    assert told(console, *[(state, None) for state in ("open", "resolved") * 4]) == ["stored"] * 8
    Event.objects.filter(pk__lte=Event.objects.latest("pk").pk - 3).delete()
    assert told(console, *[(state, None) for state in ("open", "resolved") * 4]) == ["stored"] * 8


def test_outcomes_stand_in_the_order_of_the_records_also_beyond_a_thousand() -> None:
    console = make.make_console()
    odd = [make.make_event(f"e{number}") for number in range(1, 1100, 2)]
    store_events(console, odd)
    everything = [make.make_event(f"e{number}") for number in range(1100)]
    assert store_events(console, everything) == ["stored", "duplicate"] * 550


def test_what_another_worker_stores_while_we_judge_is_a_duplicate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the first look and the lock somebody else stores the same: the second look sees it."""
    console, record = make.make_console(), make.make_event(occurred_at=T1)
    lock, rival = events._lock, [record]

    def slow_lock(locked: Console) -> None:
        if rival:
            assert store_events(console, [rival.pop()]) == ["stored"]
        lock(locked)

    monkeypatch.setattr(events, "_lock", slow_lock)
    assert store_events(console, [record, make.make_event("other")]) == ["duplicate", "stored"]
    assert Event.objects.count() == 2


def test_even_without_the_lock_no_event_is_stored_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The unique fingerprint is the floor: two who judged at once neither store twice nor fail."""
    console, record = make.make_console(), make.make_event()
    judge = events.fingerprints_of_new
    fresh = judge(console.pk, events.messages_of(console, [record]))
    monkeypatch.setattr(events, "fingerprints_of_new", lambda *_: list(fresh))
    for _ in range(2):
        store_events(console, [record])
    assert Event.objects.count() == 1


RECORDS = [
    make.make_event(external_id, state, occurred_at=sent)
    for external_id in "ab"
    for state in ("open", "resolved")
    for sent in (None, T1, T2)
]
STORIES = st.lists(st.sampled_from(RECORDS), max_size=12)


@given(STORIES, st.integers(1, 12))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_how_a_story_is_cut_into_calls_does_not_matter(story: list[EventRecord], cut: int) -> None:
    def tell(parts: list[list[EventRecord]]) -> tuple[list[str], list[Any]]:
        console = make.make_console()
        outcomes = [outcome for part in parts for outcome in store_events(console, part)]
        return outcomes, list(
            Event.objects.order_by("pk").values_list("external_id", "state", "time_was_sent")
        )

    outcomes, stored = undone(lambda: tell([story]))
    assert outcomes.count("stored") == len(stored)
    assert undone(lambda: tell([story[:cut], story[cut:]])) == (outcomes, stored)
    assert undone(lambda: tell([[record] for record in story])) == (outcomes, stored)


@given(st.lists(st.sampled_from([r for r in RECORDS if r.occurred_at]), max_size=10).flatmap(st.permutations))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_timed_events_leave_the_same_rows_in_any_order(story: list[EventRecord]) -> None:
    def tell(records: list[EventRecord]) -> set[str]:
        store_events(make.Console.objects.get_or_create(pk=1, name="Backup", kind="msp360")[0], records)
        return set(Event.objects.values_list("fingerprint", flat=True))

    assert undone(lambda: tell(story)) == undone(lambda: tell([*reversed(story), *story]))
