"""Polls of details that take one call each: everybody in rounds, and what is urgent each time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from integrations.connectors.turns import A_ROUND, ROUND, ROUNDS, Turns, in_turn

START = datetime(2026, 3, 4, 6, 0, tzinfo=UTC)
AT_ONCE, URGENT_FIRST = 60, 40


def make_fleet(count: int) -> list[str]:
    return [f"computer-{n}" for n in range(count)]


def minutes(count: int) -> list[datetime]:
    return [START + timedelta(minutes=n) for n in range(count)]


def poll(
    fleet: list[str], at: datetime, urgent: Iterable[str] = (), apart: timedelta = timedelta(minutes=1)
) -> list[str]:
    return in_turn(fleet, frozenset(urgent), at, at - apart, at_once=AT_ONCE, urgent_first=URGENT_FIRST)


def longest_waits(fleet: list[str], polls: list[datetime], reached: int = AT_ONCE) -> dict[str, float]:
    """The longest time in minutes between two looks at each computer, where polls get to the first ones."""
    last = dict.fromkeys(fleet, polls[0])
    longest = dict.fromkeys(fleet, 0.0)
    for before, at in pairwise(polls):
        for number in poll(fleet, at, apart=at - before)[:reached]:
            longest[number] = max(longest[number], (at - last[number]).total_seconds() / 60)
            last[number] = at
    return {n: max(wait, (polls[-1] - last[n]).total_seconds() / 60) for n, wait in longest.items()}


def test_a_poll_asks_for_so_many_and_never_twice() -> None:
    found = poll(make_fleet(500), START, urgent=make_fleet(30))

    assert len(found) == len(set(found)) == AT_ONCE


def test_a_small_fleet_is_looked_at_whole_each_time() -> None:
    assert set(poll(make_fleet(AT_ONCE), START)) == set(make_fleet(AT_ONCE))
    assert poll([], START) == []


def test_at_five_hundred_computers_everybody_has_a_turn_in_a_quarter_of_an_hour() -> None:
    assert max(longest_waits(make_fleet(500), minutes(120)).values()) <= 15


def test_polls_that_come_late_make_no_gap() -> None:
    polls = [at + timedelta(seconds=40 * (n % 3 == 1)) for n, at in enumerate(minutes(120))]

    assert max(longest_waits(make_fleet(500), polls).values()) <= 16


def test_polls_that_are_left_out_cost_few_a_round() -> None:
    polls = [at for n, at in enumerate(minutes(120)) if n != 61]
    waits = longest_waits(make_fleet(500), polls)

    assert sum(wait > 16 for wait in waits.values()) < 20
    assert max(waits.values()) <= 31


@pytest.mark.parametrize("interval", [2, 5, 15, 60, 240])
@pytest.mark.parametrize("count", [100, 500, 1500])
def test_polls_that_are_further_apart_reach_everybody_in_as_many_polls(interval: int, count: int) -> None:
    """A poll reaches 60; what it takes at the least, three times: rounds are doubled, and polls overlap."""
    late = (0, 40, 15, 55)
    polls = [START + timedelta(minutes=interval * n, seconds=late[n % 4]) for n in range(400)]
    waits = longest_waits(make_fleet(count), polls)

    assert max(waits.values()) <= max(16, 3.2 * interval * count / AT_ONCE + interval)


@pytest.mark.parametrize("count", [480, 500, 600])
def test_nobody_is_left_out_for_ever_where_a_slow_console_lets_a_poll_reach_few(count: int) -> None:
    """They come to 20 of the 30 to 40 whose turn it is; whom they miss is not always the same."""
    waits = longest_waits(make_fleet(count), minutes(300), reached=20)

    assert max(waits.values()) < 90


@pytest.mark.parametrize(("count", "rounds"), [(A_ROUND, 1), (A_ROUND + 1, 2), (2000, 4), (10_000, 32)])
def test_many_computers_take_longer_rounds(count: int, rounds: int) -> None:
    fleet = make_fleet(count)
    polls = minutes(round(rounds * ROUND / 60) + 1)
    seen = {number for at in polls for number in poll(fleet, at)}

    assert len(seen) > 0.97 * count


def test_those_with_something_urgent_are_looked_at_in_every_poll_and_first() -> None:
    fleet, urgent = make_fleet(500), {"computer-7", "computer-123", "computer-499"}
    for at in minutes(20):
        assert set(poll(fleet, at, urgent)[:3]) == urgent


def test_much_that_is_urgent_leaves_room_for_the_others() -> None:
    fleet = make_fleet(500)
    urgent = set(fleet[:200])
    looks = Counter(number for at in minutes(60) for number in poll(fleet, at, urgent))
    others = [looks[number] for number in fleet if number not in urgent]

    assert sum(others) >= 60 * (AT_ONCE - URGENT_FIRST) * 0.5
    assert min(looks[number] for number in urgent) >= 4


def test_what_is_urgent_but_not_in_the_list_is_not_asked_for() -> None:
    assert poll(make_fleet(3), START, urgent=["gone"]) == poll(make_fleet(3), START)


def test_what_hardly_has_details_is_asked_for_as_seldom_as_what_is_known() -> None:
    fleet = make_fleet(600)
    turns = Turns(frozenset(), START)
    asked = [number for number in fleet if turns.take(number, seldom=True)]

    assert 0 < len(asked) < 3 * len(fleet) / ROUNDS
    assert turns.sentences("Hardware data") == []


def test_one_computer_more_moves_the_turns_of_the_others_hardly() -> None:
    fleet = make_fleet(500)
    before, after = poll(fleet, START), poll([*fleet, "new"], START)

    assert len(set(before) & set(after)) >= AT_ONCE - 2


def test_the_order_of_the_list_does_not_matter() -> None:
    fleet = make_fleet(500)

    assert poll(fleet, START) == poll(fleet[::-1], START)
