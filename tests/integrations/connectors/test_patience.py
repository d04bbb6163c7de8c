"""A read is repeated when that may help, and only then."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from integrations.connectors import patience
from integrations.connectors.patience import patiently
from integrations.net.errors import (
    BadAnswer,
    Forbidden,
    LostAnswer,
    NetError,
    NotFound,
    RateLimited,
    Refused,
    ServerFailed,
    ShortList,
    Unauthorised,
    Unavailable,
    Unreachable,
)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    made: list[float] = []
    monkeypatch.setattr(patience, "sleep", made.append)
    return made


def make_read(*outcomes: NetError | str) -> Callable[[], str]:
    left = list(outcomes)

    def read() -> str:
        outcome = left.pop(0)
        if isinstance(outcome, NetError):
            raise outcome
        return outcome

    return read


@pytest.mark.parametrize("error", [Unreachable, LostAnswer, ServerFailed, Unavailable, RateLimited])
def test_what_may_pass_is_asked_again(error: type[NetError], pauses: list[float]) -> None:
    assert patiently(make_read(error("No."), error("No."), "rows")) == "rows"
    assert pauses == [1.0, 4.0]


@pytest.mark.parametrize("error", [Unreachable, LostAnswer, ServerFailed, RateLimited])
def test_it_gives_up_after_the_third_attempt(error: type[NetError], pauses: list[float]) -> None:
    with pytest.raises(error, match="Third"):
        patiently(make_read(error("First."), error("Second."), error("Third."), "never read"))


@pytest.mark.parametrize("error", [Unauthorised, Forbidden, NotFound, Refused, BadAnswer, ShortList])
def test_what_will_not_pass_is_not_repeated(error: type[NetError], pauses: list[float]) -> None:
    with pytest.raises(error):
        patiently(make_read(error("No."), "never read"))
    assert pauses == []


def test_it_waits_as_long_as_it_is_asked_to(pauses: list[float]) -> None:
    assert patiently(make_read(RateLimited("Slower.", retry_after=12.5), "rows")) == "rows"
    assert pauses == [12.5]


def test_it_does_not_wait_for_minutes(pauses: list[float]) -> None:
    with pytest.raises(RateLimited):
        patiently(make_read(RateLimited("Slower.", retry_after=300.0), "never read"))
    assert pauses == []
