"""Many workers at once, on a database that lets them: the window is never exceeded, tickets find room."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from integrations.choices import Purpose
from integrations.models import BudgetPermit, HaloCredential
from integrations.runs.budget import BudgetGate
from integrations.sync.safety import BudgetExhausted
from tests.builders import make_credential

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="needs a PostgreSQL server"),
]
WORKERS = 8


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """All begin in the same moment, each with a connection of its own."""
    barrier = Barrier(len(works))

    def one(work: Callable[[], Any]) -> Any:
        try:
            barrier.wait(timeout=10)
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def until_full(credential: HaloCredential, purpose: Purpose) -> Callable[[], int]:
    def take_all() -> int:
        gate, taken = BudgetGate(credential, purpose), 0
        while True:
            try:
                gate.take()
            except BudgetExhausted:
                return taken
            taken += 1

    return take_all


def test_workers_of_several_credentials_share_one_window_and_never_exceed_it() -> None:
    first = make_credential(budget_calls=100)
    second = make_credential(instance=first.instance, budget_calls=60)
    works = [until_full(row, Purpose.TICKETS) for row in (first, second) for _ in range(WORKERS // 2)]
    taken = at_once(*works)
    assert sum(taken) == BudgetPermit.objects.count() == 60


def test_tickets_get_their_room_while_mirror_and_assets_take_all_they_may() -> None:
    credential = make_credential(budget_calls=100)
    greedy = [until_full(credential, purpose) for purpose in (Purpose.MIRROR, Purpose.ASSETS) * 3]
    at_once(*greedy)
    assert BudgetPermit.objects.count() == 80
    assert sum(at_once(*[until_full(credential, Purpose.TICKETS)] * 2)) == 20


def test_a_429_in_the_middle_holds_for_all_at_once() -> None:
    credential = make_credential(budget_calls=200)

    def refused() -> int:
        BudgetGate(credential, Purpose.TICKETS).blocked(60)
        return 0

    at_once(*[until_full(credential, Purpose.TICKETS)] * 4, refused)
    before = BudgetPermit.objects.count()
    assert at_once(*[until_full(credential, Purpose.TICKETS)] * 4) == [0, 0, 0, 0]
    assert BudgetPermit.objects.count() == before
