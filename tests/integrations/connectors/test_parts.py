"""A read of many calls ends between two of them when its time is up, and another instance reads the rest."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from integrations.connectors.base import Abilities, ConsoleAccess
from integrations.connectors.base import Connector as Base
from integrations.connectors.parts import in_parts
from integrations.records import CheckResult, CompanyRecord


class Connector(Base):
    kind = "parted"
    label = "Parted"
    abilities = Abilities(companies=True)

    def __init__(self, numbers: list[str], at_once: int = 1) -> None:
        super().__init__(ConsoleAccess())
        self.numbers, self.at_once = numbers, at_once
        self.told: list[tuple[int, int]] = []

    def fetch_companies(self) -> Iterator[CompanyRecord]:
        for group in in_parts(self, self.numbers, str, self.at_once):
            yield from (CompanyRecord(number, number) for number in group)

    def _probe(self) -> CheckResult:
        return CheckResult(ok=True, message="Connected.")

    def read(self, until: int, at: dict[str, str]) -> list[str]:
        """As many groups as `until` says, from `at`."""

        def goes_on(done: int, of: int) -> bool:
            self.told.append((done, of))
            return len(self.told) < until

        self.begins_at, self.goes_on = at, goes_on
        return [record.external_id for record in self.fetch_companies()]


def read_all(numbers: list[str], stops: Iterator[int], at_once: int) -> tuple[list[str], int]:
    """(what all parts brought, how many there were)."""
    brought: list[str] = []
    at: dict[str, str] = {}
    for parts in range(1, 1000):
        connector = Connector(numbers, at_once)
        brought += connector.read(next(stops), at)
        if not connector.goes_on_at:
            return brought, parts
        at = dict(connector.goes_on_at)
    raise AssertionError("it never ends")


def forever(numbers: list[int]) -> Iterator[int]:
    while True:
        yield from numbers


@given(
    st.lists(st.text("abc12", min_size=1), unique=True),
    st.lists(st.integers(1, 4), min_size=1),
    st.integers(1, 3),
)
def test_wherever_it_stops_each_item_is_read_once(numbers: list[str], stops: list[int], at_once: int) -> None:
    brought, _ = read_all(numbers, forever(stops), at_once)
    assert brought == sorted(numbers)


def test_each_part_gets_on_by_one_group_at_least() -> None:
    brought, parts = read_all(["c", "a", "b"], forever([0]), 1)
    assert (brought, parts) == (["a", "b", "c"], 3)


def test_it_asks_between_two_groups_and_says_how_far_it_is() -> None:
    connector = Connector(list("abcde"), at_once=2)
    connector.read(99, {})
    assert connector.told == [(2, 5), (4, 5)]


def test_what_appears_and_vanishes_between_two_parts_harms_nothing() -> None:
    first = Connector(["a", "c", "d"])
    assert first.read(2, {}) == ["a", "c"]
    then = Connector(["b", "d", "e"])
    assert then.read(99, dict(first.goes_on_at)) == ["d", "e"]
    assert not then.goes_on_at


def test_nothing_to_read_is_a_whole_read() -> None:
    connector = Connector([])
    assert connector.read(0, {}) == []
    assert not connector.goes_on_at
