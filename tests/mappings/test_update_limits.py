"""How large a scheduled update may be before it waits for an approval."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mappings.keeping.judging import Tally, in_words, why_it_waits
from mappings.models import SyncLimits

LIMITS = SyncLimits(most_share=20, always_allowed=5, most_deactivations=3)


def reasons(*tallies: Tally, limits: SyncLimits | None = LIMITS) -> dict[int, str]:
    return why_it_waits(limits, dict(enumerate(tallies)))


def test_few_changes_need_no_approval_whatever_their_share() -> None:
    assert reasons(Tally("A", assets=3, updates=3), Tally("B", creates=5)) == {}


def test_more_than_the_share_waits_and_exactly_the_share_does_not() -> None:
    found = reasons(Tally("A", assets=100, updates=20), Tally("B", assets=100, updates=21))
    assert found == {1: "21 of 100 assets would change, more than 20 %"}


def test_new_assets_count_among_those_that_there_will_be() -> None:
    assert reasons(Tally("A", assets=90, creates=10, updates=10)) == {}
    assert reasons(Tally("A", creates=60)) == {0: "60 of 60 assets would change, more than 20 %"}


def test_assets_made_inactive_are_limited_over_all_companies() -> None:
    two, one = Tally("A", assets=90, deactivations=2), Tally("B", assets=90, deactivations=1)
    assert reasons(two, one) == {}
    told = "4 assets would be made inactive in one run, more than 3"
    assert reasons(two, two, Tally("C", assets=9, updates=1)) == {0: told, 1: told}


def test_what_the_loss_guard_holds_back_waits() -> None:
    assert reasons(Tally("A", assets=9, held=9)) == {0: "9 assets would be made inactive at once"}


def test_as_long_as_nobody_has_set_limits_everything_waits() -> None:
    told = "nobody has set limits for updates without approval"
    assert reasons(Tally("A", assets=9, updates=1), Tally("B", assets=9), limits=None) == {0: told}


def test_the_sentence_names_companies_and_reasons() -> None:
    one = {1: Tally("Alder", assets=100, updates=21)}
    words = "21 asset changes of 1 company wait for an approval: Alder (too many)."
    assert in_words(one, {1: "too many"}, 21) == words
    many = {number: Tally(f"C{number}", assets=9, updates=1) for number in range(5)}
    words = "5 asset changes of 5 companies wait for an approval: C0, C1, C2 … (too many)."
    assert in_words(many, dict.fromkeys(many, "too many"), 5) == words


_numbers = st.integers(0, 50)
_tallies = st.lists(st.builds(Tally, st.just("A"), _numbers, _numbers, _numbers, _numbers, st.integers(0, 2)))
_limits = st.builds(
    SyncLimits, most_share=st.integers(0, 100), always_allowed=_numbers, most_deactivations=_numbers
)


@given(_limits, _tallies)
def test_what_happens_by_itself_is_always_within_the_limits(limits: SyncLimits, rows: list[Tally]) -> None:
    tallies = dict(enumerate(rows))
    waiting = why_it_waits(limits, tallies)
    free = [row for number, row in tallies.items() if number not in waiting]
    assert sum(row.deactivations for row in free) <= limits.most_deactivations
    for row in free:
        assert not row.held
        whole = row.assets + row.creates
        assert row.changes <= limits.always_allowed or row.changes * 100 <= limits.most_share * whole
    for number in waiting:
        assert tallies[number].changes or tallies[number].held


@given(_limits, _tallies, st.randoms())
def test_the_order_of_the_companies_does_not_matter(
    limits: SyncLimits, rows: list[Tally], chance: object
) -> None:
    numbered = list(enumerate(rows))
    first = why_it_waits(limits, dict(numbered))
    chance.shuffle(numbered)  # type: ignore[attr-defined]
    assert why_it_waits(limits, dict(numbered)) == first
