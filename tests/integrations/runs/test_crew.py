"""Several threads at the same work: all come to their end, and the first problem ends the work."""

from __future__ import annotations

from threading import Barrier, Event, Lock

import pytest

from integrations.net.log_context import known, telling
from integrations.runs import crew

pytestmark = pytest.mark.pure


def test_all_of_them_work_at_once() -> None:
    together = Barrier(4, timeout=10)

    crew.work(lambda: together.wait() and None, 4, renew=lambda: None, stop=lambda: None)

    assert not together.broken


def test_the_lease_is_renewed_while_they_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "RENEW_EVERY", 0.01)
    renewed: list[int] = []
    enough = Event()

    def renew() -> None:
        renewed.append(1)
        if len(renewed) >= 3:
            enough.set()

    crew.work(lambda: enough.wait(10) and None, 2, renew=renew, stop=lambda: None)

    assert len(renewed) >= 3


def test_the_first_problem_stops_the_others_and_is_raised() -> None:
    stopped, lock, ended = Event(), Lock(), []

    def task() -> None:
        with lock:
            first = not ended
            ended.append(1)
        if first:
            raise ValueError("The budget is used up.")
        assert stopped.wait(10)

    with pytest.raises(ValueError, match="budget"):
        crew.work(task, 3, renew=lambda: None, stop=stopped.set)


def test_a_lost_lease_waits_for_what_is_on_its_way() -> None:
    stopped, finished = Event(), []

    def task() -> None:
        assert stopped.wait(10)
        finished.append(1)

    def renew() -> None:
        raise RuntimeError("The lease is lost.")

    with pytest.raises(RuntimeError, match="lease"):
        crew.work(task, 3, renew=renew, stop=stopped.set)
    assert finished == [1, 1, 1]


def test_what_its_threads_log_tells_of_the_run() -> None:
    told: list[object] = []
    with telling(run=7):
        crew.work(lambda: told.append(known()["run"]), 2, renew=lambda: None, stop=lambda: None)
    assert told == [7, 7]
