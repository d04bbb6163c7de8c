"""Several workers at once, on a database that lets them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from integrations.ingest import console_side
from integrations.ingest.events import store_events
from integrations.models import Computer, Event
from tests.integrations.ingest import builders as make

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="needs a PostgreSQL server"),
]

WORKERS = 4


def at_once(work: Callable[[int], Any]) -> list[Any]:
    barrier = Barrier(WORKERS)

    def one(number: int) -> Any:
        try:
            barrier.wait(timeout=10)
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(one, range(WORKERS)))


def test_each_event_is_stored_once_and_told_so_to_one_worker_only() -> None:
    console = make.make_console()
    records = [
        make.make_event(f"e{number}", occurred_at=None if number % 2 else make.MORNING)
        for number in range(200)
    ]
    outcomes = at_once(lambda _: store_events(console, records))
    for number in range(200):
        assert sorted(told[number] for told in outcomes) == ["duplicate"] * (WORKERS - 1) + ["stored"]
    assert Event.objects.count() == 200


def test_the_same_computers_from_several_workers_are_stored_once() -> None:
    console = make.make_console()
    console_side.store_companies(console, make.make_companies(3))
    at_once(lambda _: console_side.store_computers(console, make.make_computers(150, companies=3), set()))
    assert Computer.objects.filter(product__isnull=False, company__isnull=False).count() == 150
