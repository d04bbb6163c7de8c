from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.sync.repeats import Last, Message, Repeats, chained_fingerprint, timed_fingerprint

T1 = datetime(2026, 3, 1, 9, tzinfo=UTC)
T2 = T1 + timedelta(hours=1)


def judged(
    *messages: Message, known: set[str] | None = None, last: dict[str, Last] | None = None
) -> list[bool]:
    repeats = Repeats(7, known or set(), last or {})
    return [repeats.fingerprint_of_new(message) is not None for message in messages]


def open_(sent_at: datetime | None = None, ended_at: datetime | None = None) -> Message:
    return Message("a", "open", sent_at, ended_at)


def resolved(sent_at: datetime | None = None) -> Message:
    return Message("a", "resolved", sent_at)


def test_the_same_id_state_and_time_is_a_repeat() -> None:
    assert judged(open_(T1), open_(T1), open_(T2), resolved(T2)) == [True, False, True, True]


def test_an_old_timed_message_is_a_repeat_even_after_the_end() -> None:
    assert judged(open_(T1), resolved(T2), open_(T1)) == [True, True, False]


def test_without_a_time_each_change_of_state_is_new() -> None:
    story = [open_(), open_(), resolved(), resolved(), open_(), open_(), resolved()]
    assert judged(*story) == [True, False, True, False, True, False, True]


def test_another_id_has_a_story_of_its_own() -> None:
    assert judged(open_(), Message("b", "open"), Message("b", "open")) == [True, True, False]


def test_it_goes_on_from_what_is_stored() -> None:
    last = {"a": Last("resolved", "f" * 64)}
    assert judged(resolved(), open_(), last=last) == [False, True]


def test_two_workers_who_see_the_same_change_make_the_same_fingerprint() -> None:
    last = {"a": Last("resolved", "f" * 64)}
    one, other = Repeats(7, (), last), Repeats(7, (), last)
    assert one.fingerprint_of_new(open_()) == other.fingerprint_of_new(open_()) is not None


def test_a_change_never_has_the_fingerprint_of_an_earlier_one() -> None:
    repeats = Repeats(7, (), {})
    found = [repeats.fingerprint_of_new(open_() if turn % 2 else resolved()) for turn in range(20)]
    assert None not in found
    assert len(set(found)) == 20


def test_an_open_message_of_a_series_that_was_called_ended_is_new_once() -> None:
    known = {timed_fingerprint(7, "a", "open", T1)}
    last = {"a": Last("resolved", "f" * 64)}
    back = open_(T1, ended_at=T2)
    assert judged(back, back, known=known, last=last) == [True, False]
    assert back.happened_at == T2 + timedelta(microseconds=1)


def test_a_later_message_of_an_ended_series_keeps_its_own_time() -> None:
    assert open_(T2, ended_at=T1).happened_at == T2


def test_consoles_and_kinds_of_fingerprint_never_meet() -> None:
    made = {
        timed_fingerprint(7, "a", "open", T1),
        timed_fingerprint(8, "a", "open", T1),
        timed_fingerprint(7, "a", "resolved", T1),
        chained_fingerprint(7, "a", "open", ""),
        chained_fingerprint(7, "a", "open", T1.isoformat()),
        chained_fingerprint(7, "aopen", "", ""),
    }
    assert len(made) == 6


STORIES = st.lists(
    st.builds(
        Message, st.sampled_from("ab"), st.sampled_from(["open", "resolved"]), st.sampled_from([None, T1, T2])
    ),
    max_size=30,
)


@given(STORIES)
@settings(deadline=None)
def test_no_message_is_new_twice_in_a_row(story: list[Message]) -> None:
    repeats = Repeats(7, (), {})
    for message in story:
        repeats.fingerprint_of_new(message)
        assert repeats.fingerprint_of_new(message) is None
